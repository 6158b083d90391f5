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
