import type { ItemSimilarity } from "./item-similarity.js";

/** How diverse the items of an answer are to be. */
export interface DiversityOptions {
  /** Weight of dissimilarity against the order of the list, 0 to 1. */
  readonly weight: number;
  /** At most this many items with the same value within a window; Infinity for no limit. */
  readonly maxPerValue: number;
  /** Number of places that `maxPerValue` applies to: from the top, each block of this length by itself. */
  readonly window: number;
  /** Items that stand before the list's, in their order; they count for similarity and windows. Default none. */
  readonly before?: Int32Array;
}

const NOTHING = new Int32Array(0);

/** Items in consideration for a place: the best ones of the list that have none yet. */
const CANDIDATES = 100;
/** An item is compared with this many items before it. */
const REMEMBERED = 50;

/** A list in its new order. */
export interface Diversified {
  /** Places in the list that was given. */
  readonly order: Int32Array;
  /** Whether the list was long enough: a longer one would have begun with the same items. */
  readonly settled: boolean;
}

/**
 * Reorders a ranked list so that neighbours are less similar: maximal marginal relevance (Carbonell and Goldstein,
 * SIGIR 1998) over the next {@link CANDIDATES} items, where relevance is the place in the list, since scores of different
 * recipes mean different things, and similarity is to the last {@link REMEMBERED} items chosen. Which item comes at a place does
 * not depend on anything behind the candidates, so that pages of any size follow one another.
 * @param items the ranked list, best first
 * @param complete whether there is nothing behind its end
 * @param length places wanted
 */
export function diversify(
  items: Int32Array,
  complete: boolean,
  length: number,
  { weight, maxPerValue, window, before = NOTHING }: DiversityOptions,
  itemSimilarity: ItemSimilarity,
): Diversified {
  const wanted = Math.min(length, items.length);
  const order = new Int32Array(wanted);
  const taken = new Uint8Array(items.length);
  const counts = new Map<string, number>();
  const chosen = new Int32Array(before.length + wanted);
  chosen.set(before);
  const closeness = closenessOf(items, chosen, itemSimilarity);
  // Without weight the first item under the limit is the one.
  const candidates = weight > 0 ? CANDIDATES : 1;
  const overLimit = (item: number): boolean =>
    maxPerValue < Infinity && itemSimilarity.valuesOf(item).some((value) => (counts.get(value) ?? 0) >= maxPerValue);
  const count = (item: number): void => {
    for (const value of itemSimilarity.valuesOf(item)) counts.set(value, (counts.get(value) ?? 0) + 1);
  };
  before.subarray(before.length - (before.length % window)).forEach(count);
  let first = 0;
  let settled = complete || length <= items.length;
  for (let place = 0; place < wanted; place++) {
    const rank = before.length + place;
    if (rank % window === 0) counts.clear();
    while (taken[first] === 1) first++;
    let best = -1;
    let bestScore = -Infinity;
    let seen = 0;
    for (let at = first; at < items.length && seen < candidates; at++) {
      if (taken[at] === 1 || overLimit(items[at]!)) continue;
      const score = weight === 0 ? 0 : (-(1 - weight) * seen) / CANDIDATES - weight * closeness(at, rank);
      if (score > bestScore) [best, bestScore] = [at, score];
      seen++;
    }
    if (seen < candidates && !complete) settled = false;
    // Everything left is over the limit: the best of it, so that answers are full.
    if (best < 0) best = first;
    order[place] = best;
    taken[best] = 1;
    chosen[rank] = items[best]!;
    count(items[best]!);
  }
  return { order, settled };
}

/**
 * How close an item is to the closest of those chosen last; remembers what it compared, so that each pair is compared once.
 * @param chosen the items chosen so far
 */
function closenessOf(
  items: Int32Array,
  chosen: Int32Array,
  itemSimilarity: ItemSimilarity,
): (at: number, rank: number) => number {
  const rows = new Map<number, { readonly row: Float32Array; upTo: number }>();
  return (at, rank) => {
    let known = rows.get(at);
    if (known === undefined) rows.set(at, (known = { row: new Float32Array(REMEMBERED), upTo: 0 }));
    const { row, upTo } = known;
    for (let k = Math.max(upTo, rank - REMEMBERED); k < rank; k++)
      row[k % REMEMBERED] = itemSimilarity.similarity(items[at]!, chosen[k]!);
    known.upTo = rank;
    let most = 0;
    for (let k = 0; k < Math.min(rank, REMEMBERED); k++) if (row[k]! > most) most = row[k]!;
    return most;
  };
}
