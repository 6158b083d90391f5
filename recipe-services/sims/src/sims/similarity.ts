import type { TrainingData } from "@palate/recipe";

/** How similarities are computed; see the hyperparameters of the recipe for meanings and ranges. */
export interface SimilarityOptions {
  readonly popularityDiscount: number;
  readonly minCointeractions: number;
  /** Whether pairs below `minCointeractions` follow the others or are dropped. */
  readonly keepRarePairs: boolean;
  /** Lowest and highest percentile, 0 to 1, of history lengths learned from. */
  readonly historyLengthPercentiles: readonly [number, number];
  /** Lowest and highest percentile, 0 to 1, of interactions per item learned from. */
  readonly itemCountPercentiles: readonly [number, number];
  readonly maxGap: number;
  readonly backwardWeight: number;
  readonly shrinkage: number;
  /** Days between two interactions at which the pair weighs half as much as one at the same time; 0 ignores the time. */
  readonly pairHalfLifeDays: number;
  readonly maxSimilarItems: number;
}

/** For every item its similar items, best first, as compressed sparse rows. */
export interface SimilarItems {
  /** Row bounds: item i's list is [offsets[i], offsets[i + 1]). Length items + 1. */
  readonly offsets: Int32Array;
  /** Item indices. */
  readonly items: Int32Array;
  /** Similarities, above 0, falling within a row. */
  readonly scores: Float32Array;
}

/** What is counted: interactions that passed the percentile filters. */
export type Interactions = Pick<TrainingData, "itemIds" | "offsets" | "items" | "timestamps">;
