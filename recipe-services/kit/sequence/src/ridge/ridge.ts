import type { NamedTensors } from "@palate/numeric";
import type { MetadataNeighbours } from "./metadata-neighbours.js";
import type { RidgeOptions } from "./ridge-statistics.js";

/**
 * A fitted ridge regression from the decayed history to the next item: a linear item-to-item model in the family of EASE (Steck
 * 2019) and of the session-aware linear models (SLIST, Choi et al. 2021). A history is a vector z with one entry for each item,
 * the sum of the decay weights of its interactions; the scores are `B' z` with the closed form `B = (Z'Z + lambda I)^-1 Z'Y`, where
 * row by row Z are the histories before an interaction and Y the items that followed. Unlike EASE's, the diagonal of B is free: what
 * follows an item may be the item itself.
 */
export interface Ridge {
  readonly kind: "dense" | "sparse";
  readonly itemCount: number;
  readonly options: RidgeOptions;
  /** Writes a score for every item into `out`; an empty history gives all zeros. */
  scoreInto(history: Int32Array, out: Float32Array): void;
  /**
   * Adds `weight` times the scores, standardised over `out`, up to a constant that is the same for all items; items beyond its own
   * count as scored 0. Only kinds that give few items a score have it.
   * @param neighbours whose scores are added to the ridge's before they are standardised
   */
  readonly addStandardised?:
    ((history: Int32Array, weight: number, out: Float32Array, neighbours?: MetadataNeighbours) => void) | undefined;
  /** Its tensors, under names that start with `ridge.`. */
  toTensors(): NamedTensors;
}

/** A kind of ridge and how it is fitted. */
export interface RidgeForm {
  readonly kind: "dense" | "sparse";
  readonly options: RidgeOptions;
}
