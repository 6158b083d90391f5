import { discountedGain } from "@palate/recipe";

/**
 * How the scores of network and ridge are added: `network * log_softmax(logits) + ridge * z(scores of the ridge)`, z standardising
 * over the catalogue. Without a network, items with equal scores are ordered by popularity.
 */
export interface Blend {
  /** 1, or 0 without the network. */
  readonly network: 0 | 1;
  /** Weight of the ridge's scores, standardised over the catalogue. */
  readonly ridge: number;
}

/** The ridge by itself. */
export const RIDGE_ONLY: Blend = { network: 0, ridge: 1 };

/**
 * Factor on the centred logarithms of the items' counts, which take the place of logits where there is no network. It is too small
 * to change any other order, but orders items that the ridge does not score by popularity.
 */
export const TIE_BREAK = 1e-4;

/** Replaces scores by their z-scores over the catalogue, in place; all zeros if they are all the same. */
export function standardise(scores: Float32Array): Float32Array {
  let mean = 0;
  for (const score of scores) mean += score;
  mean /= scores.length;
  let variance = 0;
  for (const score of scores) variance += (score - mean) ** 2;
  const deviation = Math.sqrt(variance / scores.length);
  if (!(deviation > 0)) return scores.fill(0);
  for (let at = 0; at < scores.length; at++) scores[at] = (scores[at]! - mean) / deviation;
  return scores;
}

/**
 * The discounted gain of the target's rank by `first + weight * second` if it is among the first ten, otherwise 0. Ties count
 * against the target.
 * @param seen not 0 at items that are not ranked; the target has to be marked too, or it would tie with itself
 */
export function gainAmongTen(
  target: number,
  first: Float32Array,
  weight: number,
  second: Float32Array,
  seen: Uint8Array,
): number {
  const own = first[target]! + weight * second[target]!;
  let ahead = 0;
  for (let item = 0; item < first.length && ahead < 10; item++) {
    if (first[item]! + weight * second[item]! >= own && seen[item] === 0) ahead++;
  }
  return ahead < 10 ? discountedGain(ahead) : 0;
}
