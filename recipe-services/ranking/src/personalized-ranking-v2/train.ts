import type { ListSource, TrainingInput, TrainingResult } from "@palate/kit/recipe";
import { newerCountsMore } from "../recency-weights.js";
import { trainRanking } from "../train.js";

/** Trains on everybody's interactions; see {@link trainRanking}. */
export function train(input: TrainingInput): Promise<TrainingResult> {
  const { everything, fit, hyperparameters } = input;
  const own =
    hyperparameters["apply_recency_bias"] === true
      ? { ...input, everything: newerCountsMore(everything), fit: newerCountsMore(fit) }
      : input;
  return trainRanking(own, hyperparameters["list_source"] as ListSource);
}
