import { BestFirst } from "./best-first.js";
import { BATCH, DONE, NEXT, type CountingWork } from "./counting-work.js";

const DAY = 86_400;

/** Counts what occurs near one item after another. Has tables as long as the catalogue: one for each thread. */
class PairCounter {
  readonly #work: CountingWork;
  /** Of each item: the sum of its pairs' weights, and how many there are. */
  readonly #weights: Float64Array;
  readonly #pairs: Int32Array;
  /** The items that have pairs, in the order in which they were met. */
  readonly #touched: Int32Array;
  /** What pairs so many steps apart weigh, by whether the other item comes before or after. */
  readonly #before: Float64Array;
  readonly #after: Float64Array;
  /** What the popularity of the other item takes away. */
  readonly #discount: Float64Array;
  readonly #ownExponent: number;
  readonly #halfLife: number;
  readonly #sure: BestFirst;
  readonly #rare: BestFirst;

  constructor(work: CountingWork) {
    const { options, where, lengths } = work;
    this.#work = work;
    this.#weights = new Float64Array(lengths.length);
    this.#pairs = new Int32Array(lengths.length);
    // One place more, where what is no news is written to.
    this.#touched = new Int32Array(lengths.length + 1);
    this.#after = Float64Array.from({ length: options.maxGap + 1 }, (_, gap) => 1 / Math.max(1, gap));
    this.#before = this.#after.map((weight) => options.backwardWeight * weight);
    const exponent = options.popularityDiscount ** 4;
    this.#ownExponent = 1 - exponent;
    this.#discount = new Float64Array(lengths.length);
    for (let item = 0; item < lengths.length; item++)
      this.#discount[item] = Math.max(1, where[item + 1]! - where[item]!) ** exponent;
    this.#halfLife = options.pairHalfLifeDays > 0 ? options.pairHalfLifeDays * DAY : Infinity;
    this.#sure = new BestFirst(lengths.length);
    this.#rare = new BestFirst(lengths.length);
  }

  /** Writes an item's list to its place. */
  count(item: number): void {
    this.#choose(item, this.#meet(item));
    this.#write(item);
  }

  /**
   * Adds up what occurs near the item's occurrences.
   * @returns how many different items do
   */
  #meet(item: number): number {
    const { options, offsets, items, timestamps, where, positions, users } = this.#work;
    const { maxGap } = options;
    const weights = this.#weights;
    const pairs = this.#pairs;
    const touched = this.#touched;
    const before = this.#before;
    const after = this.#after;
    const halfLife = this.#halfLife;
    const end = where[item + 1]!;
    let count = 0;
    for (let o = where[item]!; o < end; o++) {
      const here = positions[o]!;
      const user = users[o]!;
      const start = offsets[user]!;
      const length = offsets[user + 1]! - start;
      const first = Math.max(start, here - maxGap);
      const last = Math.min(start + length - 1, here + maxGap);
      const userWeight = 1 / Math.sqrt(length);
      const time = timestamps[here]!;
      for (let there = first; there < here; there++) {
        const other = items[there]!;
        if (other === item) continue;
        // Whether an item was met before is hard to guess, so there is no branch on it.
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
    const { options, where } = this.#work;
    const { minCointeractions, keepRarePairs, maxSimilarItems, shrinkage } = options;
    const weights = this.#weights;
    const pairs = this.#pairs;
    const touched = this.#touched;
    const discount = this.#discount;
    const sure = this.#sure;
    const rare = this.#rare;
    sure.clear();
    rare.clear();
    const own = Math.max(1, where[item + 1]! - where[item]!) ** this.#ownExponent;
    for (let k = 0; k < count; k++) {
      const other = touched[k]!;
      const met = pairs[other]!;
      const similarity = (weights[other]! * (met / (met + shrinkage))) / (own * discount[other]!);
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
    const { places, lengths, similar, scores } = this.#work;
    const sure = this.#sure;
    const rare = this.#rare;
    const place = places[item]!;
    for (let k = 0; k < sure.length; k++) {
      similar[place + k] = sure.items[k]!;
      scores[place + k] = sure.scores[k]!;
    }
    const rest = place + sure.length;
    const lowest = sure.length > 0 ? sure.scores[sure.length - 1]! : Infinity;
    const scale = rare.length > 0 ? Math.min(1, lowest / rare.scores[0]!) : 1;
    for (let k = 0; k < rare.length; k++) {
      similar[rest + k] = rare.items[k]!;
      scores[rest + k] = scale * rare.scores[k]!;
    }
    lengths[item] = sure.length + rare.length;
  }
}

/** Counts batches of items until nobody has any left to take; yields after each. */
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
