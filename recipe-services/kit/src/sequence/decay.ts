/** How much an interaction k steps back counts: `base ** k`, or `1 / (1 + rate * k)`. */
export type Decay = { readonly base: number } | { readonly rate: number };

/** Weights below this are dropped: they cost time and change nothing that can be measured. */
const SMALLEST = 0.02;

/** The weights of the last `window` interactions, newest first; shorter where they fall below 0.02. */
export function decayWeights(decay: Decay, window: number): Float64Array {
  const weights: number[] = [];
  for (let back = 0; back < window; back++) {
    const weight = "base" in decay ? decay.base ** back : 1 / (1 + decay.rate * back);
    if (weight < SMALLEST) break;
    weights.push(weight);
  }
  return Float64Array.from(weights);
}

/**
 * What two interactions add to the Gram matrix, one weighted by `first` and one by `second`, summed over all rows that
 * see both: a row ends at each interaction but the last of its sequence, and weights the interaction k steps back by
 * the k-th weight.
 */
export class PairSums {
  /** How far before the first interaction the second can be, and how far after. */
  readonly back: number;
  readonly ahead: number;
  /** Entry [gap][rows]: the sum over the first `rows` rows that see both; the last entry is that over all. */
  readonly #secondOlder: readonly Float64Array[];
  readonly #secondNewer: readonly Float64Array[];

  constructor(first: Float64Array, second: Float64Array) {
    this.#secondOlder = gapSums(first, second);
    this.#secondNewer = gapSums(second, first);
    this.back = second.length - 1;
    this.ahead = first.length - 1;
  }

  /** @param last the place of the sequence's last interaction, after both */
  sum(first: number, second: number, last: number): number {
    const sums = second > first ? this.#secondNewer[second - first]! : this.#secondOlder[first - second]!;
    return sums[Math.min(last - Math.max(first, second), sums.length - 1)]!;
  }
}

function gapSums(newer: Float64Array, older: Float64Array): Float64Array[] {
  return Array.from({ length: older.length }, (_, gap) => {
    const sums = new Float64Array(Math.min(newer.length, older.length - gap) + 1);
    for (let k = 0; k + 1 < sums.length; k++) sums[k + 1] = sums[k]! + newer[k]! * older[k + gap]!;
    return sums;
  });
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
