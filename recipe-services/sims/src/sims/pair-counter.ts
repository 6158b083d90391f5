import { BestFirst } from "./best-first.js";
import { BATCH, DONE, NEXT, popularityExponent, type CountingWork } from "./counting-work.js";

/** Occurrences whose surroundings are fetched from memory together. */
const BLOCK = 64;

const DAY = 86_400;

/** Counts what occurs near one item after another. Its tables are as long as the catalogue, so each thread has one counter. */
class PairCounter {
  readonly #work: CountingWork;
  /** Of each item: the sum of its pairs' weights, and how many there are. */
  readonly #weights: Float64Array;
  readonly #pairs: Int32Array;
  /** The items that have pairs, in the order in which they were met. */
  readonly #touched: Int32Array;
  /** Weight of a pair by its gap in steps, for other items that come before and after. */
  readonly #before: Float64Array;
  readonly #after: Float64Array;
  /** Of each occurrence in a block: where its surroundings begin and end, and what its user's pairs weigh. */
  readonly #firsts = new Int32Array(BLOCK);
  readonly #lasts = new Int32Array(BLOCK);
  readonly #userWeights = new Float64Array(BLOCK);
  readonly #halfLife: number;
  readonly #sure: BestFirst;
  readonly #rare: BestFirst;

  constructor(work: CountingWork) {
    const { options, lengths } = work;
    this.#work = work;
    this.#weights = new Float64Array(lengths.length);
    this.#pairs = new Int32Array(lengths.length);
    // One element more: an item met before is written behind the last and overwritten by the next.
    this.#touched = new Int32Array(lengths.length + 1);
    this.#after = Float64Array.from({ length: options.maxGap + 1 }, (_, gap) => 1 / Math.max(1, gap));
    this.#before = this.#after.map((weight) => options.backwardWeight * weight);
    this.#halfLife = options.pairHalfLifeDays > 0 ? options.pairHalfLifeDays * DAY : Infinity;
    this.#sure = new BestFirst(lengths.length);
    this.#rare = new BestFirst(lengths.length);
  }

  /** Writes an item's list to its slot. */
  count(item: number): void {
    this.#choose(item, this.#meet(item));
    this.#write(item);
  }

  /**
   * Adds up what occurs near the item's occurrences.
   * @returns how many different items do
   */
  #meet(item: number): number {
    const { where } = this.#work;
    const end = where[item + 1]!;
    let count = 0;
    for (let block = where[item]!; block < end; block += BLOCK) {
      const blockEnd = Math.min(end, block + BLOCK);
      this.#prefetch(block, blockEnd);
      count = this.#meetNear(item, block, blockEnd, count);
    }
    return count;
  }

  /**
   * Finds the bounds of what surrounds the occurrences and prefetches it: the surroundings are scattered over memory, and
   * reads in a row are served in parallel, where reads with counting in between would each wait for memory.
   * @returns a meaningless number; without it the optimiser would drop the reads
   */
  #prefetch(from: number, end: number): number {
    const { options, offsets, items, timestamps, positions, users } = this.#work;
    const { maxGap } = options;
    const firsts = this.#firsts;
    const lasts = this.#lasts;
    const userWeights = this.#userWeights;
    let read = 0;
    for (let o = from; o < end; o++) {
      const here = positions[o]!;
      const user = users[o]!;
      const start = offsets[user]!;
      const next = offsets[user + 1]!;
      const first = Math.max(start, here - maxGap);
      const last = Math.min(next - 1, here + maxGap);
      firsts[o - from] = first;
      lasts[o - from] = last;
      userWeights[o - from] = 1 / Math.sqrt(next - start);
      read += items[first]! + items[last]! + timestamps[first]! + timestamps[here]! + timestamps[last]!;
    }
    return read;
  }

  /**
   * Adds up what occurs near some occurrences.
   * @param count how many different items were met before
   * @returns how many now
   */
  #meetNear(item: number, from: number, end: number, count: number): number {
    const { items, timestamps, positions } = this.#work;
    const weights = this.#weights;
    const pairs = this.#pairs;
    const touched = this.#touched;
    const before = this.#before;
    const after = this.#after;
    const halfLife = this.#halfLife;
    for (let o = from; o < end; o++) {
      const here = positions[o]!;
      const first = this.#firsts[o - from]!;
      const last = this.#lasts[o - from]!;
      const userWeight = this.#userWeights[o - from]!;
      const time = timestamps[here]!;
      for (let there = first; there < here; there++) {
        const other = items[there]!;
        if (other === item) continue;
        // Whether an item was met before is hard for the processor to predict, so there is no branch on it.
        const met = pairs[other]!;
        pairs[other] = met + 1;
        touched[count] = other;
        count += Number(met === 0);
        const apart = Math.abs(timestamps[there]! - time);
        weights[other]! += (userWeight * before[here - there]!) / (1 + apart / halfLife);
      }
      for (let there = here + 1; there <= last; there++) {
        const other = items[there]!;
        if (other === item) continue;
        const met = pairs[other]!;
        pairs[other] = met + 1;
        touched[count] = other;
        count += Number(met === 0);
        const apart = Math.abs(timestamps[there]! - time);
        weights[other]! += (userWeight * after[there - here]!) / (1 + apart / halfLife);
      }
    }
    return count;
  }

  /** Puts the first `count` items met in order of similarity, and clears the tables for the next item. */
  #choose(item: number, count: number): void {
    const { options, where, discounts } = this.#work;
    const { minCointeractions, keepRarePairs, maxSimilarItems, shrinkage } = options;
    const weights = this.#weights;
    const pairs = this.#pairs;
    const touched = this.#touched;
    const sure = this.#sure;
    const rare = this.#rare;
    sure.clear();
    rare.clear();
    const own = Math.max(1, where[item + 1]! - where[item]!) ** (1 - popularityExponent(options));
    for (let k = 0; k < count; k++) {
      const other = touched[k]!;
      const met = pairs[other]!;
      const similarity = (weights[other]! * (met / (met + shrinkage))) / (own * discounts[other]!);
      pairs[other] = 0;
      weights[other] = 0;
      if (!(similarity > 0)) continue;
      if (met >= minCointeractions) sure.add(other, similarity);
      else if (keepRarePairs) rare.add(other, similarity);
    }
    sure.sort(maxSimilarItems);
    rare.sort(maxSimilarItems - sure.length);
  }

  /** Sure pairs first, then rare ones, whose similarities are scaled down so that the whole list falls. */
  #write(item: number): void {
    const { slots, lengths, similar, scores } = this.#work;
    const sure = this.#sure;
    const rare = this.#rare;
    const slot = slots[item]!;
    for (let k = 0; k < sure.length; k++) {
      similar[slot + k] = sure.items[k]!;
      scores[slot + k] = sure.scores[k]!;
    }
    const rest = slot + sure.length;
    const lowest = sure.length > 0 ? sure.scores[sure.length - 1]! : Infinity;
    const scale = rare.length > 0 ? Math.min(1, lowest / rare.scores[0]!) : 1;
    for (let k = 0; k < rare.length; k++) {
      similar[rest + k] = rare.items[k]!;
      scores[rest + k] = scale * rare.scores[k]!;
    }
    lengths[item] = sure.length + rare.length;
  }
}

/** Takes and counts batches of items until none is left; yields after each. */
export function* countBatches(work: CountingWork): Generator<void, void> {
  const { state, lengths } = work;
  const counter = new PairCounter(work);
  for (;;) {
    const first = BATCH * Atomics.add(state, NEXT, 1);
    if (first >= lengths.length) return;
    const end = Math.min(lengths.length, first + BATCH);
    for (let item = first; item < end; item++) counter.count(item);
    Atomics.add(state, DONE, 1);
    Atomics.notify(state, DONE);
    yield;
  }
}
