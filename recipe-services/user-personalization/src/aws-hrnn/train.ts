import type { TrainingInput, TrainingResult } from "@palate/recipe";
import { trainHrnn } from "../hrnn/train-hrnn.js";

/**
 * Fits the closed form and then the recurrent network, on interactions alone.
 * @throws PalateError `failed_precondition` when there are no interactions; the signal's reason when aborted
 */
export function train(input: TrainingInput): Promise<TrainingResult> {
  return trainHrnn(input, { metadata: false });
}
