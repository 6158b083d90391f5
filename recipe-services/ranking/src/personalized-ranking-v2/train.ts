import type { ListSource, TrainingInput, TrainingResult } from "@palate/recipe";
import { trainRanking } from "../train.js";

/** Trains on everybody's interactions; see {@link trainRanking}. */
export function train(input: TrainingInput): Promise<TrainingResult> {
  return trainRanking(input, input.hyperparameters["list_source"] as ListSource);
}
