import { RecentMap, selectTop } from "@palate/numeric";
import {
  ItemBinding,
  PopularityFallback,
  type Artifact,
  type Explanation,
  type ItemVectors,
  type Query,
  type RankedItems,
  type ReplicaView,
} from "@palate/recipe";
import { explainByItems, modelHistory, softmax } from "@palate/sequence";
import { historyEffects } from "./explain-hrnn.js";
import { fromHrnnArtifact, type IdentifiedHrnn } from "./hrnn-artifact.js";
import { MAX_HISTORY, type HrnnHistory, type UntrainedOrder } from "./hrnn-model.js";

/** Users whose states are kept: some 700 bytes each at the default size. */
const CACHED_USERS = 50_000;

/** A user's state and what it was computed from. */
interface KnownState {
  readonly version: number;
  readonly state: Float32Array | undefined;
  readonly length: number;
  readonly lastItem: number;
  readonly lastTime: number;
}

/**
 * A model on the recurrent network bound to one replica: scores of all items for a user as they are now, the newest event
 * included, items that arrived after training included where metadata can speak for them. What the recipes answer with is
 * made from these scores.
 */
export class HrnnServing {
  /** What the recipe added to its artefact. */
  readonly settings: IdentifiedHrnn["settings"];
  readonly #identified: IdentifiedHrnn;
  readonly #replica: ReplicaView;
  readonly #binding: ItemBinding;
  readonly #filler: PopularityFallback;
  readonly #states = new RecentMap<number, KnownState>(CACHED_USERS);
  /** Replica index of each item that the model was not trained with, from number `itemCount` on, and the way back. */
  readonly #addedItems: number[] = [];
  readonly #addedNumbers = new Map<number, number>();
  readonly #endListening: (() => void) | undefined;
  #looked = 0;
  #scores: Float32Array;

  readonly #untrained: UntrainedOrder;

  /**
   * @param untrained what orders items that were never trained
   * @throws PalateError `invalid_argument` on an artefact it cannot read
   */
  constructor(artifact: Artifact, replica: ReplicaView, untrained: UntrainedOrder = "everything") {
    this.#untrained = untrained;
    this.#identified = fromHrnnArtifact(artifact);
    const { itemIds, model, settings } = this.#identified;
    this.settings = settings;
    this.#replica = replica;
    this.#binding = new ItemBinding(itemIds, replica);
    this.#filler = new PopularityFallback(replica);
    this.#scores = new Float32Array(itemIds.length);
    if (model.parts.taste === undefined) return;
    this.#endListening = replica.onItemChange((item) => {
      const added = this.#addedNumbers.get(item);
      if (added !== undefined) model.updateItem(added, (column) => replica.itemAttribute(item, column));
    });
  }

  /** The model, whose item numbers scores are in the order of. */
  get model(): IdentifiedHrnn["model"] {
    return this.#identified.model;
  }

  /** Popular items, for those of whom nothing is known. */
  get filler(): PopularityFallback {
    return this.#filler;
  }

  /** The model's number of a replica item; -1 for one that it cannot score. */
  modelIndex(replicaItem: number): number {
    this.#extend();
    const trained = this.#binding.modelIndex(replicaItem);
    return trained >= 0 ? trained : (this.#addedNumbers.get(replicaItem) ?? -1);
  }

  /** The replica's index of a model item; -1 when the replica does not hold it. */
  replicaIndex(modelItem: number): number {
    const trained = this.#identified.itemIds.length;
    return modelItem < trained ? this.#binding.replicaIndex(modelItem) : this.#addedItems[modelItem - trained]!;
  }

  /**
   * The score of every item for a user; higher is better, and only comparisons within one call mean anything. Items that
   * cannot be scored have -Infinity. `exp(model.parts.inverseTemperature * score)` is proportional to how probable an item is.
   * @returns a view that the next call overwrites, by model item number; undefined for a user of whom nothing is known
   */
  scores(user: number): Float32Array | undefined {
    this.#extend();
    const { model, users } = this.#identified;
    const history = this.historyOf(user);
    if (history.items.length === 0 && (users === undefined || user < 0 || !this.#hasMetadata(user))) return undefined;
    const state = this.#stateOf(user, history);
    if (history.items.length === 0 && state === undefined) return undefined;
    if (this.#scores.length < model.count) this.#scores = new Float32Array(2 * model.count);
    const scores = this.#scores.subarray(0, model.count);
    model.scoreAll(history, state, scores, this.#untrained);
    return scores;
  }

  /** A user's interactions with items that the model can score, by its own numbers; a copy. */
  historyOf(user: number): HrnnHistory {
    return modelHistory(this.#replica, user, (item) => this.modelIndex(item));
  }

  /**
   * What the user is likely to want next. Scores are probabilities, which sum to 1 over all items that may be recommended.
   * A user without any history or metadata gets popular items, and they fill up an answer for which the model has too few.
   * @param eligible which model items may be in the answer, of those that may be recommended. Default: all
   */
  recommend(query: Query, eligible?: (modelItem: number) => boolean): RankedItems {
    const { limit, excluded } = query;
    const scores = this.scores(query.user);
    if (scores === undefined) return eligible ? NOTHING : this.#filler.list(query);
    const isExcluded = (item: number): boolean => {
      const index = this.replicaIndex(item);
      return index < 0 || excluded[index] === 1 || scores[item] === -Infinity || eligible?.(item) === false;
    };
    const { indices, scores: best } = selectTop(scores, limit, isExcluded);
    const answer = {
      items: indices.map((item) => this.replicaIndex(item)),
      scores: softmax(best, scores, isExcluded, this.model.parts.inverseTemperature),
    };
    return eligible ? answer : this.#filler.fill(answer, query);
  }

  /**
   * Which of the user's items speak for each item; popularity where none does.
   * @param items replica items, as in an answer
   */
  explain({ user }: Pick<Query, "user">, items: Int32Array): Explanation[] {
    const history = this.historyOf(user);
    if (history.items.length === 0) return Array.from(items, (): Explanation => []);
    const modelIndex = (item: number): number => this.modelIndex(item);
    return explainByItems(this.#replica, items, modelIndex, (targets) => {
      const { items: own, effects } = historyEffects(this.model, history, targets);
      return {
        items: own.map((item) => this.replicaIndex(item)),
        amountOf: (row, k) => effects[row]![k]!,
      };
    });
  }

  /** Vectors that say how alike items are: the network's, or where they stand by metadata before there is one. */
  get itemVectors(): ItemVectors | undefined {
    const { gru } = this.model.parts;
    if (gru === undefined) return undefined;
    return {
      dimension: gru.shape.width,
      read: (item, out) => {
        const index = this.modelIndex(item);
        if (index < 0 || !this.model.knows(index)) return false;
        out.set(gru.items.vector(index));
        return true;
      },
    };
  }

  /** Stops listening to the replica. */
  close(): void {
    this.#endListening?.();
  }

  /** Takes in items that the replica has got since the last look. */
  #extend(): void {
    const { model } = this.#identified;
    const { itemCount } = this.#replica;
    for (; this.#looked < itemCount; this.#looked++) {
      const item = this.#looked;
      if (model.parts.taste === undefined || this.#binding.modelIndex(item) >= 0) continue;
      this.#addedNumbers.set(
        item,
        model.addItem((column) => this.#replica.itemAttribute(item, column)),
      );
      this.#addedItems.push(item);
    }
  }

  #hasMetadata(user: number): boolean {
    return this.#replica.userColumns.some((column) => this.#replica.userAttribute(user, column) !== "");
  }

  /** The user's state, gone on from the one before where the user only went on. */
  #stateOf(user: number, history: HrnnHistory): Float32Array | undefined {
    const { items, times } = history;
    const version = this.#replica.historyVersion(user);
    const held = this.#states.get(user);
    const length = items.length;
    if (held?.version === version && held.length === length) return held.state;
    const { model } = this.#identified;
    const goesOn =
      held?.state !== undefined &&
      held.length <= length &&
      length <= MAX_HISTORY &&
      (held.length === 0 || (items[held.length - 1] === held.lastItem && times[held.length - 1] === held.lastTime));
    const known = goesOn ? { state: held.state!, length: held.length } : undefined;
    const state = model.state(history, this.#userVector(user), known);
    this.#states.set(user, {
      version,
      state,
      length,
      lastItem: items[length - 1] ?? -1,
      lastTime: times[length - 1] ?? 0,
    });
    return state;
  }

  #userVector(user: number): Float32Array | undefined {
    const { users, model } = this.#identified;
    if (users === undefined) return undefined;
    const features = new Float32Array(users.width);
    const { columns, values } = users.encode((column) => this.#replica.userAttribute(user, column));
    columns.forEach((column, k) => (features[column] = values[k]!));
    return model.userVector(features);
  }
}

const NOTHING: RankedItems = { items: new Int32Array(0), scores: new Float32Array(0) };
