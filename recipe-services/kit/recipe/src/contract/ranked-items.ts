/**
 * Where an item of an answer comes from. The last two follow where a recipe's list is too short: items that nobody has had, and
 * items that the user has had.
 */
export type ItemSource = "model" | "popular" | "exploration" | "promoted" | "new" | "seen";

/** A recipe's answer: parallel arrays, best first. */
export interface RankedItems {
  /** Replica item indices. */
  readonly items: Int32Array;
  /** Scores in the same order, or null when the recipe gives none. */
  readonly scores: Float32Array | null;
  /** Source of each item when one is not "model". */
  readonly reasons?: readonly ItemSource[];
  /** Probability, 0 to 1, with which each item would be in this answer; only where items were drawn at random. */
  readonly propensities?: Float32Array;
}
