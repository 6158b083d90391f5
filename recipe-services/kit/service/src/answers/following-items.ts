import type { ItemSource, RankedItems } from "@palate/recipe";

/** Which items must not be in a list. */
interface Without {
  /** Marks by replica index: 1 = leave out. */
  readonly excluded: Uint8Array;
  /** Items of the replica; marks behind them mean nothing. */
  readonly itemCount: number;
  /** A further item to leave out, such as the one asked about; -1 for none. */
  readonly except: number;
}

/**
 * Items that are not excluded and not in a list, in the order in which the data brought them. Recipes list every item that
 * somebody has had, so that behind a list which is too short these are the items that nobody has had.
 * @param listed what the list has
 * @param limit at most so many
 */
export function newItems(listed: Int32Array, limit: number, { excluded, itemCount, except }: Without): RankedItems {
  const known = new Set(listed).add(except);
  const found: number[] = [];
  // Where nearly all are excluded this passes over them at the speed of memory.
  for (let item = excluded.indexOf(0); item >= 0 && item < itemCount; item = excluded.indexOf(0, item + 1)) {
    if (found.length === limit) break;
    if (!known.has(item)) found.push(item);
  }
  return { items: Int32Array.from(found), scores: new Float32Array(found.length) };
}

/**
 * A list followed by another, whose scores are made small enough to come after those of the first.
 * @param source why the items of the second are there
 */
export function followedBy(list: RankedItems, following: RankedItems, source: ItemSource): RankedItems {
  if (following.items.length === 0) return list;
  const { length } = list.items;
  const items = new Int32Array(length + following.items.length);
  items.set(list.items);
  items.set(following.items, length);
  let scores: Float32Array | null = null;
  if (list.scores !== null && following.scores !== null) {
    scores = new Float32Array(items.length);
    scores.set(list.scores);
    scores.set(atMost(following.scores, lowestOf(list.scores)), length);
  }
  const own = list.reasons ?? Array.from(list.items, (): ItemSource => "model");
  return { ...list, items, scores, reasons: [...own, ...Array.from(following.items, () => source)] };
}

/** The lowest score of a list; Infinity when it is empty. */
function lowestOf(scores: Float32Array): number {
  return scores.reduce((lowest, score) => Math.min(lowest, score), Infinity);
}

/** Scores, best first, in the same proportions but none above a limit; all at the limit where that is not above 0. */
function atMost(scores: Float32Array, limit: number): Float32Array {
  const best = scores[0] ?? limit;
  if (best <= limit) return scores;
  return scores.map((score) => (limit > 0 ? (score * limit) / best : limit));
}
