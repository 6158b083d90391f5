import type { Interactions, SimilarItems, SimilarityOptions } from "./similarity.js";

/** Items that a thread takes at a time: few, so that the last ones are shared out well and an abort takes effect soon. */
export const BATCH = 16;

/** Indices in {@link CountingWork.state}: the next batch that no thread has taken, and how many are done. */
export const NEXT = 0;
export const DONE = 1;

/**
 * Everything that counting reads and writes, in memory that threads share. Each thread takes batches of items until none is
 * left. Each item's list has a slot of its own, so it does not matter which thread counts which item.
 */
export interface CountingWork {
  readonly options: SimilarityOptions;
  /** User bounds: interactions of user u are [offsets[u], offsets[u + 1]). */
  readonly offsets: Int32Array;
  /** Items of the interactions, by user and time. */
  readonly items: Int32Array;
  /** Unix times of the interactions, in seconds. */
  readonly timestamps: Float64Array;
  /** Bounds of occurrences: those of item i are [where[i], where[i + 1]) of `positions` and `users`. */
  readonly where: Int32Array;
  /** Indices of interactions, by item. */
  readonly positions: Int32Array;
  /** User index of each of these interactions. */
  readonly users: Int32Array;
  /** Popularity discount of each item as the second of a pair, which similarities are divided by. */
  readonly discounts: Float64Array;
  /** Where each item's slot begins; the last entry is where the last slot ends. */
  readonly slots: Float64Array;
  /** Length of each item's list; 0 until it is counted. */
  readonly lengths: Int32Array;
  /** Items of the lists, each list in its slot. */
  readonly similar: Int32Array;
  /** Similarities of the lists. */
  readonly scores: Float32Array;
  /** Counters at `NEXT` and `DONE`, for atomic access. */
  readonly state: Int32Array;
}

/** Zeroed integers in memory that threads can share. */
export const sharedInts = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * length));
/** Zeroed numbers in memory that threads can share. */
export const sharedNumbers = (length: number): Float64Array => new Float64Array(new SharedArrayBuffer(8 * length));

/** The exponent of popularity that a discount between 0 and 1 stands for. */
export function popularityExponent({ popularityDiscount }: Pick<SimilarityOptions, "popularityDiscount">): number {
  return popularityDiscount ** 4;
}

/**
 * Finds where each item occurs, and allocates a slot for each item's list, as long as the list can become.
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
      const index = next[item]!++;
      positions[index] = position;
      users[index] = user;
      pairs[item]! += Math.min(options.maxGap, position - first) + Math.min(options.maxGap, end - 1 - position);
    }
  }
  const discounts = sharedNumbers(itemCount);
  const exponent = popularityExponent(options);
  for (let item = 0; item < itemCount; item++)
    discounts[item] = Math.max(1, where[item + 1]! - where[item]!) ** exponent;
  const slots = sharedNumbers(itemCount + 1);
  const longest = Math.min(options.maxSimilarItems, Math.max(0, itemCount - 1));
  for (let item = 0; item < itemCount; item++) slots[item + 1] = slots[item]! + Math.min(longest, pairs[item]!);
  // The operating system gives memory to pages only when they are written to, so slots that stay empty cost almost nothing.
  const similar = sharedInts(slots[itemCount]!);
  const scores = new Float32Array(new SharedArrayBuffer(4 * slots[itemCount]!));
  const [lengths, state] = [sharedInts(itemCount), sharedInts(2)];
  const lists = { slots, lengths, similar, scores };
  return { options, offsets, items, timestamps, where, positions, users, discounts, ...lists, state };
}

/** The lists of finished work, moved together in place: at this size a copy would cost noticeable time and memory. */
export function listsOf({ slots, lengths, similar, scores }: CountingWork): SimilarItems {
  const offsets = new Int32Array(lengths.length + 1);
  for (let item = 0; item < lengths.length; item++) {
    const slot = slots[item]!;
    const to = offsets[item]!;
    const end = to + lengths[item]!;
    if (to < slot) {
      similar.copyWithin(to, slot, slot + lengths[item]!);
      scores.copyWithin(to, slot, slot + lengths[item]!);
    }
    offsets[item + 1] = end;
  }
  const total = offsets[lengths.length]!;
  return { offsets, items: similar.subarray(0, total), scores: scores.subarray(0, total) };
}
