/** Length of the table; interactions further back have the weight of the last entry, practically the floor. */
const TABLE = 2_048;

/** How quickly old interactions lose weight. */
export interface RecencyOptions {
  /** Steps back in a history after which the decaying part of a weight is halved. */
  readonly halfLife: number;
  /** The constant part of a weight; the decaying part begins at 1. */
  readonly floor: number;
}

/**
 * Weight of each step back in a history: `floor + 2^(-rank / halfLife)`, rank 0 being the newest interaction. Look it up
 * at `Math.min(rank, weights.length - 1)`.
 */
export function recencyWeights({ halfLife, floor }: RecencyOptions): Float64Array {
  return Float64Array.from({ length: TABLE }, (_, rank) => floor + 2 ** (-rank / halfLife));
}

/**
 * Sum of the weights of a history, by its length, up to the length of `weights`: from the newest interaction on, with the rounding
 * of adding them one by one.
 */
export function massOfLengths(weights: Float64Array): Float64Array {
  const masses = new Float64Array(weights.length + 1);
  for (let rank = 0; rank < weights.length; rank++) masses[rank + 1] = masses[rank]! + weights[rank]!;
  return masses;
}

/** The function length ^ power of a history's length, with a table for usual lengths. */
export function powersOfLengths(power: number): (length: number) => number {
  const table = Float64Array.from({ length: TABLE }, (_, length) => length ** power);
  return (length) => (length < TABLE ? table[length]! : length ** power);
}
