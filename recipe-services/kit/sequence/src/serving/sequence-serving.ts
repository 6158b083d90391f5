import { CoarseScan } from "@palate/numeric";
import {
  ItemBinding,
  PopularityFallback,
  type Artifact,
  type Explanation,
  type ItemVectors,
  type QueryContext,
  type Query,
  type RankedItems,
  type ReplicaView,
} from "@palate/recipe";
import { traced } from "@palate/telemetry";
import { fromSequenceArtifact } from "../model/sequence-artifact.js";
import type { Logits, SequenceModel } from "../model/sequence-model.js";
import { modelHistory } from "../sequences/model-history.js";
import type { UserHistory } from "../sequences/user-history.js";
import { explainByItems } from "./explain-by-items.js";
import { ObjectiveBoost } from "./objective-boost.js";
import { ScoreList } from "./score-list.js";
import { historyEffects } from "./sequence-reasons.js";
import { ServingContext } from "./serving-context.js";
import { UserStateCache } from "./user-state-cache.js";

/** Users whose states are cached: 256 bytes each at the default size. */
const CACHED_USERS = 50_000;
/** Items from which a coarse scan with an exact check of the remaining ones is faster than the exact scan of all. */
const COARSE_FROM = 12_000;

/** One in so many items can be scored by itself before scoring all of them is as fast. */
const ITEMS_PER_SCORED = 8;

/** How a model is to be served. */
export interface SequenceServingOptions {
  /**
   * Items from which lists are made by a coarse scan of the item vectors and an exact check of the remaining ones, which gives the
   * same lists. `Infinity`: never, for recipes that make no lists. Default 12 000.
   */
  readonly coarseFrom?: number;
}

/**
 * A sequence model bound to one replica: scores of all of its items for a user as they are now, the newest event included.
 * What recipes on the sequence model answer with is made from these scores.
 */
export class SequenceServing {
  /** Ties the model's item indices, which scores are in the order of, to the replica's. */
  readonly binding: ItemBinding;
  readonly model: SequenceModel;
  readonly #replica: ReplicaView;
  readonly #states = new UserStateCache(CACHED_USERS);
  readonly #scores: ScoreList;
  /** Replica items whose metadata has been read already. */
  #adopted = 0;
  readonly #boost: ObjectiveBoost | undefined;
  readonly #unlisten: (() => void) | undefined;
  readonly #filler: PopularityFallback;
  readonly #context: ServingContext | undefined;

  /** @throws PalateError `invalid_argument` on an artefact it cannot read */
  constructor(artifact: Artifact, replica: ReplicaView, { coarseFrom = COARSE_FROM }: SequenceServingOptions = {}) {
    const { itemIds, model, objective } = fromSequenceArtifact(artifact);
    if (itemIds.length >= coarseFrom) model.scanCoarsely();
    this.#scores = new ScoreList(model.coarse);
    this.#boost = objective && new ObjectiveBoost(objective, replica);
    this.model = model;
    this.binding = new ItemBinding(itemIds, replica);
    this.#replica = replica;
    this.#filler = new PopularityFallback(replica);
    this.#context = model.context && new ServingContext(model.context, replica);
    this.#unlisten = model.knowsContent ? replica.onItemChange((item) => this.#learn(item)) : undefined;
    this.#adoptNew();
  }

  /** Lets go of the replica. */
  close(): void {
    this.#unlisten?.();
  }

  /** Reads the metadata of items that are new in the replica. */
  #adoptNew(): void {
    if (!this.model.knowsContent) return;
    const { itemCount } = this.#replica;
    for (; this.#adopted < itemCount; this.#adopted++) {
      if (this.binding.modelIndex(this.#adopted) < 0) this.#learn(this.#adopted);
    }
  }

  /** Gives an item that the model was not trained on a vector from its metadata. */
  #learn(replicaItem: number): void {
    const own = this.binding.modelIndex(replicaItem);
    if (own >= 0 && own < this.model.trainedItems) return;
    const item = this.model.learnItem((column) => this.#replica.itemAttribute(replicaItem, column), own);
    if (own < 0 && item >= 0) this.binding.append(replicaItem);
  }

  /**
   * The score of every item of the model for a user, and of new items that it can tell from their metadata; higher is better,
   * and only comparisons within one call mean anything. `exp(model.inverseTemperature * score)` is proportional to how probable an item
   * is as the user's next.
   * @param moment whose user, by replica index, and the time it is for
   * @returns a view that the next call overwrites, by model item index; undefined for a user of whom the model knows
   *   nothing
   */
  scores(moment: QueryContext): Float32Array | undefined {
    const begun = this.#begin(moment);
    begun?.logits?.addTo(begun.scores);
    return begun?.scores;
  }

  /**
   * The same scores for some items, without scanning the vectors of all others if they are few.
   * @param items replica item indices
   * @returns a score for each, NaN for items that the model does not know; undefined as in `scores`
   */
  scoresOf(moment: QueryContext, items: Int32Array): Float32Array | undefined {
    const begun = this.#begin(moment);
    if (begun === undefined) return undefined;
    const own = items.map((item) => this.binding.modelIndex(item));
    if (items.length * ITEMS_PER_SCORED > begun.scores.length) {
      begun.logits?.addTo(begun.scores);
      return Float32Array.from(own, (item) => begun.scores[item] ?? Number.NaN);
    }
    const known = own.filter((item) => item >= 0);
    const logits = new Float32Array(known.length);
    begun.logits?.of(known, logits);
    let at = 0;
    return Float32Array.from(own, (item) => (item < 0 ? Number.NaN : logits[at++]! + begun.scores[item]!));
  }

  /** Whether `prepare` is of any use. */
  get sharesScans(): boolean {
    return this.model.coarse !== undefined;
  }

  /**
   * Says whom it is about to be asked about, so that what they have in common is done once; answers are the same without.
   * @returns how many of the moments, from the first, are prepared; the others are to be said after those were asked about
   */
  prepare(moments: readonly QueryContext[]): number {
    this.#adoptNew();
    const states = moments
      .slice(0, CoarseScan.atOnce)
      .map((moment) => this.#stateOf(this.historyOf(moment.user, moment.context), moment));
    this.model.coarse?.prepare(states.filter((state) => state !== undefined));
    return states.length;
  }

  /** The scores without the network's logits, which are still to be added; undefined as in `scores`. */
  #begin(moment: QueryContext): { readonly scores: Float32Array; readonly logits: Logits | undefined } | undefined {
    this.#adoptNew();
    const history = this.historyOf(moment.user, moment.context);
    const { model } = this;
    if (!model.knows(history)) return undefined;
    const scores = this.#scores.room(model.itemCount);
    model.ridgeInto(history, scores);
    this.#boost?.addTo(scores, (item) => this.binding.replicaIndex(item), model.inverseTemperature);
    const state = this.#stateOf(history, moment);
    return { scores, logits: state && model.logitsAfter(state) };
  }

  /** The network's state for a user's history, cached until something changes. */
  #stateOf(history: UserHistory, { user, timestamp, untimed }: QueryContext): Float32Array | undefined {
    const now = untimed === true ? NaN : timestamp;
    const version = this.#replica.historyVersion(user);
    const compute = () => this.model.userState(history, now);
    return this.#states.get(user, version, compute, this.model.queryKey(history, now));
  }

  /** The network's vectors of items, which say how alike they are; undefined without a network. */
  get itemVectors(): ItemVectors | undefined {
    const vectors = this.model.itemVectors;
    if (vectors === undefined) return undefined;
    const { width } = vectors;
    return {
      dimension: width,
      read: (item, out) => {
        const own = this.binding.modelIndex(item);
        if (own < 0) return false;
        // Looked up each time: new items move the rows to where there is room.
        out.set(this.model.itemVectors!.rows.subarray(own * width, (own + 1) * width));
        return true;
      },
    };
  }

  /**
   * A user's interactions with items that the model knows, by its own item numbers, and what else it is told; a copy.
   * @param context of the request, by column
   */
  historyOf(user: number, context?: Query["context"]): UserHistory {
    const { items, times, positions } = modelHistory(this.#replica, user, (item) => this.binding.modelIndex(item));
    return { items, times, ...this.#context?.of(user, positions, context) };
  }

  /**
   * What the user is likely to want next. Scores are probabilities, which sum to 1 over all items that may be recommended. A user
   * without any history or context that the model knows gets popular items, and they fill up an answer that is too short; the reason
   * says so.
   */
  recommend(query: Query): RankedItems {
    const { limit, excluded } = query;
    const begun = this.#begin(query);
    if (begun === undefined) return this.#filler.list(query);
    this.#scores.exclude(excluded, this.binding);
    const best = traced("palate.kernel.scan", () => this.#scores.top(limit, begun.logits));
    const answer = {
      items: best.indices.map((item) => this.binding.replicaIndex(item)),
      scores: this.#scores.probabilitiesOf(best, this.model.inverseTemperature),
    };
    return this.#filler.fill(answer, query);
  }

  /**
   * Which of the user's items speak for each of the given ones, and that it is popular where none does; nothing for items that
   * the model does not know and for users without a history. Weights of items only: an item that stands alone has all of it.
   * @param items replica item indices
   */
  explain({ user, timestamp, untimed, context }: QueryContext, items: Int32Array): Explanation[] {
    const history = this.historyOf(user, context);
    if (history.items.length === 0) return Array.from(items, (): Explanation => []);
    const now = untimed === true ? NaN : timestamp;
    const modelIndex = (item: number): number => this.binding.modelIndex(item);
    return explainByItems(this.#replica, items, modelIndex, (targets) => {
      const { items: own, effects } = historyEffects(this.model, history, now, targets);
      return {
        items: Array.from(own, (item) => this.binding.replicaIndex(item)),
        // Without its only item there is no history to compare with.
        amountOf: (row, k) => (own.length === 1 ? 1 : effects[row * targets.length + k]!),
      };
    });
  }
}
