/** Digits of eight bits: small tables, which suit the few hundred candidates that most items have. */
const DIGIT = 256;
const DIGITS = 4;
/** A similarity's sign, exponent and first three bits: enough to rule out most candidates that are not among the best. */
const COARSE_SHIFT = 20;
const COARSE = 1 << (32 - COARSE_SHIFT);
/** Runs of equal similarities up to this long are put in order by insertion. */
const SHORT = 24;

/**
 * Candidates for one list and their order. Add them, `sort`, then read `items` and `scores` up to `length`; `clear` before
 * the next list. One object serves many lists without allocating.
 */
export class BestFirst {
  /** Items, after sorting best first. */
  items: Int32Array;
  /** Their similarities. */
  scores: Float32Array;
  /** How many there are. */
  length = 0;
  /** The bits of positive floats sort as the floats do. */
  #bits: Uint32Array;
  #otherItems: Int32Array;
  #otherScores: Float32Array;
  #otherBits: Uint32Array;
  readonly #counts = new Int32Array(DIGITS * DIGIT);
  readonly #coarse = new Int32Array(COARSE);

  /** @param capacity most candidates there can be */
  constructor(capacity: number) {
    this.items = new Int32Array(capacity);
    this.scores = new Float32Array(capacity);
    this.#bits = new Uint32Array(this.scores.buffer);
    this.#otherItems = new Int32Array(capacity);
    this.#otherScores = new Float32Array(capacity);
    this.#otherBits = new Uint32Array(this.#otherScores.buffer);
  }

  /** Adds a candidate whose similarity is above 0. */
  add(item: number, similarity: number): void {
    this.items[this.length] = item;
    this.scores[this.length++] = similarity;
  }

  /** Forgets all candidates. */
  clear(): void {
    this.length = 0;
  }

  /** Keeps the `limit` best and puts them in order: by similarity, of equal ones the lower index first. */
  sort(limit: number): void {
    if (this.length > limit) this.#dropLow(limit);
    if (this.length > 1) {
      this.#sortBySimilarity();
      this.#sortTies();
    }
    this.length = Math.min(this.length, limit);
  }

  /** Drops candidates that `limit` others beat by their first bits. */
  #dropLow(limit: number): void {
    const { items } = this;
    const bits = this.#bits;
    const coarse = this.#coarse;
    let least = COARSE;
    let most = 0;
    for (let k = 0; k < this.length; k++) {
      const group = bits[k]! >>> COARSE_SHIFT;
      coarse[group]!++;
      if (group < least) least = group;
      if (group > most) most = group;
    }
    let last = most;
    for (let above = coarse[most]!; above < limit; above += coarse[last]!) last--;
    coarse.fill(0, least, most + 1);
    const bar = (last << COARSE_SHIFT) >>> 0;
    let kept = 0;
    for (let k = 0; k < this.length; k++) {
      const similarity = bits[k]!;
      if (similarity < bar) continue;
      items[kept] = items[k]!;
      bits[kept++] = similarity;
    }
    this.length = kept;
  }

  /** A radix sort from the last digit to the first; digits that all similarities share are skipped. */
  #sortBySimilarity(): void {
    const { length } = this;
    const counts = this.#counts;
    counts.fill(0);
    for (let k = 0; k < length; k++) {
      const bits = this.#bits[k]!;
      counts[bits & 255]!++;
      counts[256 | ((bits >>> 8) & 255)]!++;
      counts[512 | ((bits >>> 16) & 255)]!++;
      counts[768 | (bits >>> 24)]!++;
    }
    for (let digit = 0; digit < DIGITS; digit++) {
      const shift = 8 * digit;
      const from = digit * DIGIT;
      if (counts[from | ((this.#bits[0]! >>> shift) & 255)] === length) continue;
      let position = 0;
      for (let value = from + DIGIT - 1; value >= from; value--) {
        const count = counts[value]!;
        counts[value] = position;
        position += count;
      }
      const items = this.items;
      const bits = this.#bits;
      const toItems = this.#otherItems;
      const toBits = this.#otherBits;
      for (let k = 0; k < length; k++) {
        const similarity = bits[k]!;
        const to = counts[from | ((similarity >>> shift) & 255)]!++;
        toItems[to] = items[k]!;
        toBits[to] = similarity;
      }
      [this.items, this.#otherItems] = [toItems, items];
      [this.scores, this.#otherScores] = [this.#otherScores, this.scores];
      [this.#bits, this.#otherBits] = [toBits, bits];
    }
  }

  /** Puts items of equal similarity in order of their indices. */
  #sortTies(): void {
    const { items, length } = this;
    const bits = this.#bits;
    for (let from = 0, to = 1; from < length; from = to++) {
      while (to < length && bits[to] === bits[from]) to++;
      if (to - from > SHORT) items.subarray(from, to).sort();
      else
        for (let k = from + 1; k < to; k++) {
          const item = items[k]!;
          let at = k;
          for (; at > from && items[at - 1]! > item; at--) items[at] = items[at - 1]!;
          items[at] = item;
        }
    }
  }
}
