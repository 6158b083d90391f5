import type { TrainingData } from "@palate/kit/recipe";
import { bestFirst, MAX_ITEMS } from "./best-first.js";

const DAY = 86_400;

/** How similarities are computed; see the hyperparameters of the recipe for meanings and ranges. */
export interface SimilarityOptions {
  readonly popularityDiscount: number;
  readonly minCointeractions: number;
  /** Whether pairs below `minCointeractions` follow the others or are dropped. */
  readonly keepRarePairs: boolean;
  /** Lowest and highest percentile, 0 to 1, of history lengths learned from. */
  readonly historyLengthPercentiles: readonly [number, number];
  /** Lowest and highest percentile, 0 to 1, of interactions per item learned from. */
  readonly itemCountPercentiles: readonly [number, number];
  readonly maxGap: number;
  readonly backwardWeight: number;
  readonly shrinkage: number;
  /** Days between two interactions at which they count half as much as at once; 0 for whatever the time. */
  readonly pairHalfLifeDays: number;
  readonly maxSimilarItems: number;
}

/** For every item its similar items, best first, as compressed sparse rows. */
export interface SimilarItems {
  /** Row bounds: item i's list is [offsets[i], offsets[i + 1]). Length items + 1. */
  readonly offsets: Int32Array;
  /** Item indices. */
  readonly items: Int32Array;
  /** Similarities, above 0, falling within a row. */
  readonly scores: Float32Array;
}

/** What is counted: interactions that passed the percentile filters. */
export type Interactions = Pick<TrainingData, "itemIds" | "offsets" | "items" | "timestamps">;

/**
 * Which counts lie between two percentiles, both included. Percentiles are of the counts above 0, rounded outwards, so
 * that equal counts and small data lose nothing.
 */
export function betweenPercentiles(counts: Int32Array, [low, high]: readonly [number, number]): Uint8Array {
  const sorted = counts.filter((count) => count > 0).sort();
  const least = sorted[Math.floor(low * (sorted.length - 1))] ?? 0;
  const most = sorted[Math.ceil(high * (sorted.length - 1))] ?? 0;
  return Uint8Array.from(counts, (count) => (count > 0 && count >= least && count <= most ? 1 : 0));
}

/** Leaves out users and items outside the percentiles; what remains of a history closes up. */
export function filtered(data: Interactions, options: SimilarityOptions): Interactions {
  const users = data.offsets.length - 1;
  const lengths = Int32Array.from({ length: users }, (_, user) => data.offsets[user + 1]! - data.offsets[user]!);
  const counts = new Int32Array(data.itemIds.length);
  for (const item of data.items) counts[item]!++;
  const keepUser = betweenPercentiles(lengths, options.historyLengthPercentiles);
  const keepItem = betweenPercentiles(counts, options.itemCountPercentiles);
  const offsets = new Int32Array(users + 1);
  const items = new Int32Array(data.items.length);
  const timestamps = new Float64Array(data.items.length);
  let length = 0;
  for (let user = 0; user < users; user++) {
    if (keepUser[user] === 1)
      for (let i = data.offsets[user]!; i < data.offsets[user + 1]!; i++)
        if (keepItem[data.items[i]!] === 1) {
          items[length] = data.items[i]!;
          timestamps[length++] = data.timestamps[i]!;
        }
    offsets[user + 1] = length;
  }
  return { itemIds: data.itemIds, offsets, items: items.slice(0, length), timestamps: timestamps.slice(0, length) };
}

/** Where each item occurs: positions of item i are [offsets[i], offsets[i + 1]) of `positions`. */
function occurrences({ itemIds, items }: Pick<Interactions, "itemIds" | "items">): {
  offsets: Int32Array;
  positions: Int32Array;
} {
  const offsets = new Int32Array(itemIds.length + 1);
  for (const item of items) offsets[item + 1]!++;
  for (let item = 0; item < itemIds.length; item++) offsets[item + 1]! += offsets[item]!;
  const next = offsets.slice();
  const positions = new Int32Array(items.length);
  for (let position = 0; position < items.length; position++) positions[next[items[position]!]!++] = position;
  return { offsets, positions };
}

/** Typed arrays that grow as lists are appended. */
class Rows {
  items = new Int32Array(1 << 16);
  scores = new Float32Array(1 << 16);
  length = 0;

  append(items: Int32Array, scores: Float32Array): void {
    if (this.length + items.length > this.items.length) {
      const capacity = Math.max(2 * this.items.length, this.length + items.length);
      const longerItems = new Int32Array(capacity);
      longerItems.set(this.items);
      this.items = longerItems;
      const longerScores = new Float32Array(capacity);
      longerScores.set(this.scores);
      this.scores = longerScores;
    }
    this.items.set(items, this.length);
    this.scores.set(scores, this.length);
    this.length += items.length;
  }
}

/**
 * Directed, gap-weighted, shrunk co-occurrence. For items i and j,
 *
 *     c_ij = sum over pairs of an i and a j, g steps apart with 1 <= |g| <= maxGap in a history of length L,
 *            of L^-1/2 · 1/|g| · 1/(1 + t/halfLife) · (1 when j follows i, backwardWeight when it precedes)
 *     similarity(i, j) = c_ij · m_ij / (m_ij + shrinkage) / (n_i^(1-e) · n_j^e),   e = popularityDiscount⁴
 *
 * with t the time between the two, m_ij the number of such pairs and n the number of interactions. With undirected counts
 * a discount of 0.5 is right as the exponent itself, which makes the cosine; c_ij is directed and so close to a probability
 * of j after i already: held-out interactions of dense and of sparse data are best told with an exponent near 1/16, while
 * both ends keep their meaning: at 0 popular items win, at 1 correlation alone counts. The factor L^-1/2 keeps long
 * histories, whose neighbours mean less, from outvoting others.
 *
 * Takes time in proportion to interactions · maxGap, whatever the catalogue's size. Hands back control between items,
 * yielding the share done.
 */
export function* similarItems(data: Interactions, options: SimilarityOptions): Generator<number, SimilarItems> {
  const kept = filtered(data, options);
  const itemCount = kept.itemIds.length;
  if (itemCount > MAX_ITEMS) throw new RangeError(`Similar items are computed for at most ${MAX_ITEMS} items.`);
  const { offsets: where, positions } = occurrences(kept);
  const exponent = options.popularityDiscount ** 4;
  const discount = new Float64Array(itemCount);
  for (let item = 0; item < itemCount; item++)
    discount[item] = Math.max(1, where[item + 1]! - where[item]!) ** exponent;

  const gapWeights = Float64Array.from({ length: options.maxGap + 1 }, (_, gap) => 1 / Math.max(1, gap));
  const halfLife = options.pairHalfLifeDays > 0 ? options.pairHalfLifeDays * DAY : Infinity;
  const userOf = new Int32Array(kept.items.length);
  const userWeights = new Float64Array(kept.offsets.length - 1);
  for (let user = 0; user < userWeights.length; user++) {
    userOf.fill(user, kept.offsets[user], kept.offsets[user + 1]);
    userWeights[user] = 1 / Math.sqrt(Math.max(1, kept.offsets[user + 1]! - kept.offsets[user]!));
  }

  const weights = new Float64Array(itemCount);
  const pairs = new Int32Array(itemCount);
  const touched = new Int32Array(itemCount);
  const offsets = new Int32Array(itemCount + 1);
  const rows = new Rows();
  for (let item = 0; item < itemCount; item++) {
    let count = 0;
    for (let o = where[item]!; o < where[item + 1]!; o++) {
      const here = positions[o]!;
      const user = userOf[here]!;
      const first = Math.max(kept.offsets[user]!, here - options.maxGap);
      const last = Math.min(kept.offsets[user + 1]! - 1, here + options.maxGap);
      for (let there = first; there <= last; there++) {
        const other = kept.items[there]!;
        if (other === item) continue;
        if (pairs[other]!++ === 0) touched[count++] = other;
        const gap = there - here;
        const apart = Math.abs(kept.timestamps[there]! - kept.timestamps[here]!);
        const near = gap > 0 ? gapWeights[gap]! : options.backwardWeight * gapWeights[-gap]!;
        weights[other]! += (userWeights[user]! * near) / (1 + apart / halfLife);
      }
    }
    const own = Math.max(1, where[item + 1]! - where[item]!) ** (1 - exponent);
    for (let k = 0; k < count; k++) {
      const other = touched[k]!;
      const belief = pairs[other]! / (pairs[other]! + options.shrinkage);
      weights[other] = (weights[other]! * belief) / (own * discount[other]!);
    }
    const best = bestFirst(touched.subarray(0, count), weights, pairs, options);
    rows.append(best.items, best.scores);
    offsets[item + 1] = rows.length;
    for (let k = 0; k < count; k++) weights[touched[k]!] = pairs[touched[k]!] = 0;
    if (item % 64 === 0) yield item / itemCount;
  }
  return { offsets, items: rows.items.slice(0, rows.length), scores: rows.scores.slice(0, rows.length) };
}
