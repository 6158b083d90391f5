/** The weight of the interaction k steps back: `base ** k`, or `1 / (1 + rate * k)`. */
export type Decay = { readonly base: number } | { readonly rate: number };

/** Smaller weights are dropped: they cost time and change nothing measurable. */
const MIN_WEIGHT = 0.02;

/** The weights of the last `window` interactions, newest first; shorter where they fall below 0.02. */
export function decayWeights(decay: Decay, window: number): Float64Array {
  const weights: number[] = [];
  for (let back = 0; back < window; back++) {
    const weight = "base" in decay ? decay.base ** back : 1 / (1 + decay.rate * back);
    if (weight < MIN_WEIGHT) break;
    weights.push(weight);
  }
  return Float64Array.from(weights);
}

/**
 * What a pair of interactions contributes to the Gram matrix, one weighted by `first` and one by `second`, summed over all rows that
 * contain both. There is a row for each interaction but the last of a sequence; it weights the interaction k steps back by the k-th
 * weight.
 */
export class PairSums {
  /** How far before the first interaction the second can be, and how far after. */
  readonly back: number;
  readonly ahead: number;
  /** Entry [gap + back][rows]: the sum over the first `rows` rows that see both; from some number on it stays the same. */
  readonly #sums: Float64Array;
  /** Entries for one gap. */
  readonly #width: number;

  constructor(first: Float64Array, second: Float64Array) {
    this.back = second.length - 1;
    this.ahead = first.length - 1;
    this.#width = Math.min(first.length, second.length) + 1;
    this.#sums = new Float64Array((this.back + 1 + this.ahead) * this.#width);
    for (let gap = -this.back; gap <= this.ahead; gap++) {
      const sums = gap > 0 ? gapSums(second, first, gap) : gapSums(first, second, -gap);
      const from = (gap + this.back) * this.#width;
      for (let rows = 0; rows < this.#width; rows++) this.#sums[from + rows] = sums[Math.min(rows, sums.length - 1)]!;
    }
  }

  /** @param last position of the last interaction of the sequence, which is after both */
  sum(first: number, second: number, last: number): number {
    const rows = last - (second > first ? second : first);
    return this.#sums[(second - first + this.back) * this.#width + (rows < this.#width ? rows : this.#width - 1)]!;
  }
}

/** Entry [rows]: the sum over the first `rows` rows that see both, `older` being `gap` steps before `newer`. */
function gapSums(newer: Float64Array, older: Float64Array, gap: number): Float64Array {
  const sums = new Float64Array(Math.min(newer.length, older.length - gap) + 1);
  for (let k = 0; k + 1 < sums.length; k++) sums[k + 1] = sums[k]! + newer[k]! * older[k + gap]!;
  return sums;
}

/**
 * What an interaction `gap` steps before a target adds to the cross product: entry [gap] is the sum over the next
 * `future` interactions j that may be the target's place, of `0.5^(j-1) * weights[gap - j]`. Entry 0 is 0.
 */
export function targetSums(weights: Float64Array, future: number): Float64Array {
  return Float64Array.from({ length: weights.length + future }, (_, gap) => {
    let sum = 0;
    for (let j = 1; j <= Math.min(future, gap); j++) sum += 0.5 ** (j - 1) * (weights[gap - j] ?? 0);
    return sum;
  });
}
