import type { Interactions, SimilarItems, SimilarityOptions } from "./similarity.js";

/** Items that a thread takes at a time: little enough to share the last of them well, and to stop soon. */
export const BATCH = 16;

/** Places in {@link CountingWork.state}: the next batch that nobody has taken, and how many are done. */
export const NEXT = 0;
export const DONE = 1;

/**
 * All that counting reads and writes, in memory that threads share. Whoever takes part takes batches of items until none is
 * left and writes each item's list to that item's own place, so that it does not matter who counts what.
 */
export interface CountingWork {
  readonly options: SimilarityOptions;
  /** User bounds: interactions of user u are [offsets[u], offsets[u + 1]). */
  readonly offsets: Int32Array;
  /** Items of the interactions, by user and time. */
  readonly items: Int32Array;
  /** Unix times of the interactions, in seconds. */
  readonly timestamps: Float64Array;
  /** Bounds of occurrences: item i's are [where[i], where[i + 1]) of `positions` and `users`. */
  readonly where: Int32Array;
  /** Indices of interactions, by item. */
  readonly positions: Int32Array;
  /** Whose interactions these are. */
  readonly users: Int32Array;
  /** What the popularity of each item takes away where it is the other one of a pair. */
  readonly discounts: Float64Array;
  /** Where the place for each item's list begins; the last entry is where the last place ends. */
  readonly places: Float64Array;
  /** Length of each item's list; 0 until it is counted. */
  readonly lengths: Int32Array;
  /** Items of the lists, each list in its place. */
  readonly similar: Int32Array;
  /** Similarities of the lists. */
  readonly scores: Float32Array;
  /** Counters at `NEXT` and `DONE`, for atomic access. */
  readonly state: Int32Array;
}

/** Integers, 0 at first, that threads can share. */
export const sharedInts = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * length));
/** Numbers, 0 at first, that threads can share. */
export const sharedNumbers = (length: number): Float64Array => new Float64Array(new SharedArrayBuffer(8 * length));

/** The exponent of popularity that a discount between 0 and 1 stands for. */
export function popularityExponent({ popularityDiscount }: Pick<SimilarityOptions, "popularityDiscount">): number {
  return popularityDiscount ** 4;
}

/**
 * Looks up where each item occurs, and makes a place for each item's list that is as long as the list can become.
 * @param kept interactions to count, in shared arrays
 */
export function countingWork(kept: Interactions, options: SimilarityOptions): CountingWork {
  const { offsets, items, timestamps } = kept;
  const itemCount = kept.itemIds.length;
  const where = sharedInts(itemCount + 1);
  for (let position = 0; position < items.length; position++) where[items[position]! + 1]!++;
  for (let item = 0; item < itemCount; item++) where[item + 1]! += where[item]!;

  const next = where.slice();
  const positions = sharedInts(items.length);
  const users = sharedInts(items.length);
  const pairs = new Float64Array(itemCount);
  for (let user = 0; user + 1 < offsets.length; user++) {
    const first = offsets[user]!;
    const end = offsets[user + 1]!;
    for (let position = first; position < end; position++) {
      const item = items[position]!;
      const at = next[item]!++;
      positions[at] = position;
      users[at] = user;
      pairs[item]! += Math.min(options.maxGap, position - first) + Math.min(options.maxGap, end - 1 - position);
    }
  }
  const discounts = sharedNumbers(itemCount);
  const exponent = popularityExponent(options);
  for (let item = 0; item < itemCount; item++)
    discounts[item] = Math.max(1, where[item + 1]! - where[item]!) ** exponent;
  const places = sharedNumbers(itemCount + 1);
  const longest = Math.min(options.maxSimilarItems, Math.max(0, itemCount - 1));
  for (let item = 0; item < itemCount; item++) places[item + 1] = places[item]! + Math.min(longest, pairs[item]!);
  // Memory that nothing was ever written to takes no room, so places that stay empty cost next to nothing.
  const similar = sharedInts(places[itemCount]!);
  const scores = new Float32Array(new SharedArrayBuffer(4 * places[itemCount]!));
  const [lengths, state] = [sharedInts(itemCount), sharedInts(2)];
  const lists = { places, lengths, similar, scores };
  return { options, offsets, items, timestamps, where, positions, users, discounts, ...lists, state };
}

/** The lists of work that is done, moved together where they lie: with as many as there are, a copy would be felt. */
export function listsOf({ places, lengths, similar, scores }: CountingWork): SimilarItems {
  const offsets = new Int32Array(lengths.length + 1);
  for (let item = 0; item < lengths.length; item++) {
    const place = places[item]!;
    const to = offsets[item]!;
    const end = to + lengths[item]!;
    if (to < place) {
      similar.copyWithin(to, place, place + lengths[item]!);
      scores.copyWithin(to, place, place + lengths[item]!);
    }
    offsets[item + 1] = end;
  }
  const total = offsets[lengths.length]!;
  return { offsets, items: similar.subarray(0, total), scores: scores.subarray(0, total) };
}
