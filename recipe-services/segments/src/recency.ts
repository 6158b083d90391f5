/** Ranks further back than this have the floor's weight only: the table ends here. */
const TABLE = 2_048;

/** How quickly old interactions lose weight. */
export interface RecencyOptions {
  /** Steps back in a history after which the falling part of a weight is halved. */
  readonly halfLife: number;
  /** The part of a weight that never falls, beside 1 for the part that does. */
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
 * What all weights of a history amount to, by its length, up to as many as `weights` has: the sum from the newest interaction
 * on, as adding them one by one gives it.
 */
export function massOfLengths(weights: Float64Array): Float64Array {
  const masses = new Float64Array(weights.length + 1);
  for (let rank = 0; rank < weights.length; rank++) masses[rank + 1] = masses[rank]! + weights[rank]!;
  return masses;
}

/** A function of a history's length, looked up for usual lengths; `power` is the exponent. */
export function powersOfLengths(power: number): (length: number) => number {
  const table = Float64Array.from({ length: TABLE }, (_, length) => length ** power);
  return (length) => (length < TABLE ? table[length]! : length ** power);
}
