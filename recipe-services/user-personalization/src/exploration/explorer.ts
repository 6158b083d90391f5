import { fnv1a, fnv1aSeeded, logGammaDraw, Random, selectTop } from "@palate/numeric";
import type { Query, RankedItems, ItemSource, ReplicaView } from "@palate/recipe";
import { softmax } from "@palate/sequence";
import { ImpressionCounts } from "./impressions.js";
import { ItemAges } from "./item-ages.js";

/** Shape of the prior: the Gamma distribution of how often an item without data is chosen, against what the model expects. */
const PRIOR = 1;
/** Draws that propensities are estimated from, the one that was shown included. */
const DRAWS = 40;
/** Young items that may come into an answer when propensities are estimated: those nearest to it. */
const NEAREST = 100;
/** Young items that draws are made for in one answer: where there are more, those that the model expects most of. */
const MAX_DRAWN = 2000;
/** Different cut-offs held at one time; each campaign has one, and requests may name others. */
const MAX_CUT_OFFS = 16;
const HOUR = 3600;
/** The share of ranks explored is the weight to this power: at Amazon's default of 0.3 every twentieth. */
const SHARE_POWER = 2.5;

/** The scores of the model that is explored from. */
export interface ModelScores {
  /** A score of every item by replica item index, higher is better; -Infinity or NaN where the model has none. */
  readonly scores: Float32Array;
  /** `exp(inverseTemperature * score)` is proportional to how probable an item is. */
  readonly inverseTemperature: number;
  /** Reason given for items that are not explored. */
  readonly reason: ItemSource;
}

/** The items that may be explored and what is believed of them, at one hour. */
interface Hour {
  readonly hour: number;
  readonly itemCount: number;
  readonly ageCutOffDays: number;
  readonly items: Int32Array;
  /** Shapes of the posteriors, and logarithms of their means. */
  readonly shapes: Float64Array;
  readonly logMeans: Float64Array;
}

/**
 * Shows new items to learn about them, by Thompson sampling (Thompson 1933). With weight w each rank of an answer is explored with
 * probability w^2.5: it gets the young item with the best draw of its rate, relative to what the model expects of it (of a new item
 * by its metadata). The posterior of an item's rate is a Gamma distribution: its mean falls with impressions that are not followed by
 * a choice, and it narrows with every interaction and impression, so that well-known items are explored less. The other ranks keep the
 * model's order, corrected by the posterior means of young items. Draws are seeded by user, item, rank and hour, and counts are taken
 * once an hour, so that pages of one answer fit together.
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

  /** The answer with exploration. With weight 0 it is the model's list. */
  explore(query: Query, { scores, inverseTemperature, reason }: ModelScores): RankedItems {
    const { weight, ageCutOffDays } = query.exploration ?? { weight: 0, ageCutOffDays: 0 };
    const { excluded, limit } = query;
    const isExcluded = (item: number): boolean => excluded[item] === 1 || !(learned[item]! > -Infinity);
    const learned = scores.slice(0, this.#replica.itemCount);
    const hour = Math.floor(query.timestamp / HOUR);
    const known = weight > 0 ? this.#at(hour, ageCutOffDays) : NOTHING_YOUNG;
    const unknown = weight > 0 ? meanOf(learned) : 0;
    known.items.forEach((item, k) => (learned[item]! += known.logMeans[k]! / inverseTemperature));
    const { indices: order, scores: ordered } = selectTop(learned, limit, isExcluded);
    const user = fnv1a(this.#replica.userId(query.user), fnv1aSeeded(hour));

    // Items that the model has no score for are taken to be average.
    const expected = (k: number): number => {
      const score = learned[known.items[k]!]!;
      return Number.isFinite(score) ? score : unknown;
    };
    const drawn = (k: number, draw: number): number => {
      const random = new Random(this.#seedOf(known.items[k]!) ^ user ^ Math.imul(draw, 0x9e3779b9));
      return expected(k) + logGammaDraw(random, known.shapes[k]!) / inverseTemperature;
    };
    const candidates = this.#candidates(known, expected, excluded);
    const thompson = (among: ArrayLike<number>, draw: number): number[] => {
      const values = Float32Array.from(among, (k) => drawn(k, draw));
      return Array.from(selectTop(values, limit).indices, (at) => known.items[among[at]!]!);
    };
    const explores = (draw: number): ((rank: number) => boolean) => {
      const random = new Random(user ^ Math.imul(draw + 1, 0x85ebca6b));
      const coins = Float32Array.from({ length: limit }, () => random.uniform());
      return (rank) => coins[rank]! < weight ** SHARE_POWER;
    };
    const mixed = mix(order, thompson(candidates, 0), limit, explores(0));
    const answer = {
      items: mixed.items,
      scores: inMixedOrder(mixed, order, softmax(ordered, learned, isExcluded, inverseTemperature)),
      ...((mixed.explored.some(Boolean) || reason !== "model") && {
        reasons: mixed.explored.map((one): ItemSource => (one ? "exploration" : reason)),
      }),
    };
    if (weight === 0 || !query.recommendationId) return answer;
    this.#impressions.remember(query.recommendationId, mixed.items.slice(0, limit - 1));
    const nearest = selectTop(
      Float32Array.from(candidates, (k) => drawn(k, 0)),
      limit + NEAREST,
    ).indices.map((at) => candidates[at]!);
    const counts = new Map(Array.from(mixed.items, (item) => [item, 1]));
    for (let draw = 1; draw < DRAWS; draw++)
      for (const item of mix(order, thompson(nearest, draw), limit, explores(draw)).items)
        if (counts.has(item)) counts.set(item, counts.get(item)! + 1);
    return { ...answer, propensities: Float32Array.from(mixed.items, (item) => counts.get(item)! / DRAWS) };
  }

  /** Stops listening to the replica. */
  close(): void {
    this.#ages.close();
    this.#impressions.close();
  }

  /** Indices of the young items that draws are made for: all that may be shown, or the best of very many. */
  #candidates({ items }: Hour, expected: (k: number) => number, excluded: Uint8Array): Int32Array {
    if (items.length > MAX_DRAWN) {
      const values = Float32Array.from(items, (_, k) => expected(k));
      return selectTop(values, MAX_DRAWN, (k) => excluded[items[k]!] === 1).indices;
    }
    return Int32Array.from(items.keys()).filter((k) => excluded[items[k]!] !== 1);
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
    if (this.#hours.size > MAX_CUT_OFFS) this.#hours.clear();
    this.#hours.set(ageCutOffDays, known);
    return known;
  }

  /** A seed of each item that is the same wherever it stands in a replica. */
  #seedOf(item: number): number {
    if (item >= this.#seeds.length) {
      const longer = new Int32Array(Math.max(item + 1, this.#replica.itemCount));
      longer.set(this.#seeds);
      for (let at = this.#seeds.length; at < longer.length; at++) longer[at] = fnv1a(this.#replica.itemId(at));
      this.#seeds = longer;
    }
    return this.#seeds[item]!;
  }
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

const NOTHING_YOUNG: Hour = {
  hour: 0,
  itemCount: 0,
  ageCutOffDays: 0,
  items: new Int32Array(0),
  shapes: new Float64Array(0),
  logMeans: new Float64Array(0),
};

/** A list in which some ranks are explored. */
interface Mixed {
  readonly items: Int32Array;
  readonly explored: readonly boolean[];
}

/** The first list with items of the second at the ranks that are explored, each item once. */
function mix(order: Int32Array, young: readonly number[], limit: number, explores: (rank: number) => boolean): Mixed {
  const shown = new Set<number>();
  const explored: boolean[] = [];
  let [next, fresh] = [0, 0];
  while (shown.size < limit) {
    while (next < order.length && shown.has(order[next]!)) next++;
    while (fresh < young.length && shown.has(young[fresh]!)) fresh++;
    const exploring = fresh < young.length && (explores(shown.size) || next === order.length);
    if (!exploring && next === order.length) break;
    // What the model would have shown here itself is not explored.
    explored.push(exploring && young[fresh] !== order[next]);
    shown.add(exploring ? young[fresh++]! : order[next++]!);
  }
  return { items: Int32Array.from(shown), explored };
}

/** Probabilities in the mixed order; an explored item has that of the item after it, since its rank is not the model's. */
function inMixedOrder({ items, explored }: Mixed, order: Int32Array, own: Float32Array): Float32Array {
  const probabilityOf = new Map(Array.from(order, (item, rank) => [item, own[rank]!]));
  const scores = new Float32Array(items.length);
  let following = 0;
  for (let rank = items.length - 1; rank >= 0; rank--) {
    const probability = explored[rank] ? following : (probabilityOf.get(items[rank]!) ?? following);
    scores[rank] = following = Math.max(probability, following);
  }
  return scores;
}
