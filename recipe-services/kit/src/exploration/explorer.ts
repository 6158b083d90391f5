import type { Query, RankedItems, Reason, ReplicaView } from "../recipe/index.js";
import { Random, selectTop } from "../tensor/index.js";
import { logGamma } from "./gamma.js";
import { ImpressionCounts } from "./impressions.js";
import { ItemAges } from "./item-ages.js";

/** Shape of what is believed of an item that nothing is known of: how often it is chosen, by what the model expects. */
const PRIOR = 1;
/** Median of that belief, as a logarithm: half of the draws promote a new item. */
const PRIOR_MEDIAN = Math.log(Math.LN2);
/** Draws that propensities are estimated from, the one that was shown included. */
const DRAWS = 50;
/** Items beyond the answer that propensities are estimated among: those nearest to it. */
const NEAREST = 100;
/** Young items that draws are made for in one answer: where there are more, those that the model expects most of. */
const MOST_DRAWN = 2000;
const HOUR = 3600;
/** Least weight of the model's scores. */
const LEAST_KEPT = 0.001;

/** What the model says, for exploring from it. */
export interface ModelScores {
  /** A score of every item by replica item index, higher is better; -Infinity or NaN where the model has none. */
  readonly scores: Float32Array;
  /** `exp(sharpness * score)` is proportional to how probable an item is. */
  readonly sharpness: number;
  /** Reason of items that are where the scores have them. */
  readonly reason: Reason;
}

/** What is known of the items that may be explored, as it was at one hour. */
interface Hour {
  readonly hour: number;
  readonly itemCount: number;
  readonly ageCutOffDays: number;
  readonly items: Int32Array;
  /** Shape of the belief, and the logarithm of its mean. */
  readonly shapes: Float64Array;
  readonly logMeans: Float64Array;
}

/**
 * Shows new items to learn about them, after Thompson (1933): for each item that is young enough it draws how well it may do
 * against what the model expects of it (of a new item by its metadata), and ranks by that. What is believed of an item is a
 * Gamma distribution: its mean falls as the item is shown without being chosen, and it narrows with every interaction and
 * impression, so an item is explored less the more is known of it. Draws are seeded by user, item and hour and counts are
 * taken once an hour, so that pages fit together.
 */
export class Explorer {
  readonly #replica: ReplicaView;
  readonly #ages: ItemAges;
  readonly #impressions: ImpressionCounts;
  readonly #hours = new Map<number, Hour>();
  #seeds = new Int32Array(0);

  constructor(replica: ReplicaView) {
    this.#replica = replica;
    this.#ages = new ItemAges(replica);
    this.#impressions = new ImpressionCounts(replica);
  }

  /**
   * The answer with exploration.
   * With weight w an item counts `(1 - w) score + w bonus`, where only items that are young enough have a bonus: the
   * logarithm of the draw, in the units of scores. With 0 it is the model's list.
   */
  explore(query: Query, { scores, sharpness, reason }: ModelScores): RankedItems {
    const { weight, ageCutOffDays } = query.exploration ?? { weight: 0, ageCutOffDays: 0 };
    const { excluded, limit } = query;
    const left = (item: number): boolean => excluded[item] === 1 || !(adjusted[item]! > -Infinity);
    const hour = Math.floor(query.timestamp / HOUR);
    const known = this.#at(hour, ageCutOffDays);
    const adjusted = scores.slice(0, this.#replica.itemCount);
    const unknown = meanOf(adjusted);
    // Never quite nothing, so that equal items stay in the model's order.
    const keep = Math.max(LEAST_KEPT, 1 - weight);
    for (let item = 0; item < adjusted.length; item++) adjusted[item]! *= keep;
    const user = hashOf(this.#replica.userId(query.user), hour);
    const bonus = (k: number, draw: number): number => {
      const random = new Random(this.#seedOf(known.items[k]!) ^ user ^ Math.imul(draw, 0x9e3779b9));
      return known.logMeans[k]! + logGamma(random, known.shapes[k]!) - PRIOR_MEDIAN;
    };
    /** Score of the k-th young item before its bonus; what the model knows nothing of is taken for average. */
    const base = (k: number): number => {
      const score = scores[known.items[k]!]!;
      return keep * (Number.isFinite(score) ? score : unknown);
    };
    if (weight > 0) {
      const drawn = this.#drawn(known, base, excluded);
      for (const k of drawn) adjusted[known.items[k]!] = base(k) + (weight * bonus(k, 0)) / sharpness;
    }
    const { indices, scores: best } = selectTop(adjusted, limit, left);
    const young = new Set(weight > 0 ? known.items : []);
    // An item is explored when it would not be here without its bonus.
    const plain = weight > 0 ? new Set(selectTop(scores.subarray(0, adjusted.length), limit, left).indices) : undefined;
    const reasons = Array.from(indices, (item): Reason =>
      young.has(item) && plain?.has(item) === false ? "exploration" : reason,
    );
    const answer = {
      items: indices,
      scores: shares(best, adjusted, left, sharpness),
      ...(reasons.some((one) => one !== "model") && { reasons }),
    };
    if (query.recommendationId) this.#impressions.remember(query.recommendationId, indices.slice(0, limit - 1));
    if (weight === 0 || !query.recommendationId) return answer;
    return {
      ...answer,
      propensities: this.#propensities(answer.items, adjusted, left, known, base, bonus, weight / sharpness),
    };
  }

  /** Which of the young items draws are made for: all, or the best of very many. */
  #drawn({ items }: Hour, base: (k: number) => number, excluded: Uint8Array): Iterable<number> {
    if (items.length <= MOST_DRAWN) return items.keys();
    return selectTop(
      Float32Array.from(items, (_, k) => base(k)),
      MOST_DRAWN,
      (k) => excluded[items[k]!] === 1,
    ).indices;
  }

  /** Stops listening to the replica. */
  close(): void {
    this.#ages.close();
    this.#impressions.close();
  }

  /**
   * How probable it was that each item would be in the answer: its share of a number of draws. An item of the answer was in
   * one of them at least, so none is 0.
   */
  #propensities(
    items: Int32Array,
    adjusted: Float32Array,
    left: (item: number) => boolean,
    known: Hour,
    base: (k: number) => number,
    bonus: (k: number, draw: number) => number,
    scale: number,
  ): Float32Array {
    const places = new Map(Array.from(known.items, (item, k) => [item, k]));
    const near = selectTop(adjusted, items.length + NEAREST, left).indices;
    const counts = new Map<number, number>(Array.from(items, (item) => [item, 1]));
    const drawn = new Float32Array(near.length);
    for (let draw = 1; draw < DRAWS; draw++) {
      near.forEach((item, at) => {
        const k = places.get(item);
        drawn[at] = k === undefined ? adjusted[item]! : base(k) + scale * bonus(k, draw);
      });
      for (const at of selectTop(drawn, items.length).indices) {
        const count = counts.get(near[at]!);
        if (count !== undefined) counts.set(near[at]!, count + 1);
      }
    }
    return Float32Array.from(items, (item) => counts.get(item)! / DRAWS);
  }

  /** What is known of young items, once an hour; new items are taken in at once. */
  #at(hour: number, ageCutOffDays: number): Hour {
    const replica = this.#replica;
    const held = this.#hours.get(ageCutOffDays);
    if (held?.hour === hour && held.itemCount === replica.itemCount) return held;
    const items: number[] = [];
    for (let item = 0; item < replica.itemCount; item++) if (this.#ages.daysOf(item) <= ageCutOffDays) items.push(item);
    const { rate } = this.#impressions;
    const shapes = new Float64Array(items.length);
    const logMeans = new Float64Array(items.length);
    items.forEach((item, k) => {
      const expected = rate * this.#impressions.shown(item);
      const chosen = this.#impressions.chosen(item);
      shapes[k] = PRIOR + (replica.usersPerItem[item] ?? 0) + expected;
      logMeans[k] = Math.log((PRIOR + chosen) / (PRIOR + expected));
    });
    const known = {
      hour,
      itemCount: replica.itemCount,
      ageCutOffDays,
      items: Int32Array.from(items),
      shapes,
      logMeans,
    };
    if (this.#hours.size > MOST_CUT_OFFS) this.#hours.clear();
    this.#hours.set(ageCutOffDays, known);
    return known;
  }

  /** A seed of each item that is the same wherever it stands in a replica. */
  #seedOf(item: number): number {
    if (item >= this.#seeds.length) {
      const longer = new Int32Array(Math.max(item + 1, this.#replica.itemCount));
      longer.set(this.#seeds);
      for (let at = this.#seeds.length; at < longer.length; at++) longer[at] = hashOf(this.#replica.itemId(at), 0);
      this.#seeds = longer;
    }
    return this.#seeds[item]!;
  }
}

/** Different cut-offs held at one time; each campaign has one, and requests may name others. */
const MOST_CUT_OFFS = 16;

/** FNV-1a (Fowler, Noll and Vo) of a text, begun with a number. */
function hashOf(text: string, start: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(start, 0x9e3779b9);
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}

function meanOf(scores: Float32Array): number {
  let [sum, count] = [0, 0];
  for (const score of scores) {
    if (!Number.isFinite(score)) continue;
    sum += score;
    count++;
  }
  return count > 0 ? sum / count : 0;
}

/** Scores as shares of everything that may be recommended. */
function shares(
  best: Float32Array,
  all: Float32Array,
  left: (item: number) => boolean,
  sharpness: number,
): Float32Array {
  const largest = best[0] ?? 0;
  let sum = 0;
  for (let item = 0; item < all.length; item++) if (!left(item)) sum += Math.exp(sharpness * (all[item]! - largest));
  return best.map((score) => Math.exp(sharpness * (score - largest)) / sum);
}
