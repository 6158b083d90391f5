import type { TrainingInput, TrainingResult } from "@palate/recipe";
import { trainHrnn } from "../hrnn/train-hrnn.js";

/**
 * Fits the closed form, the content tower and then the recurrent network; the artefact says what makes an item cold.
 * @throws PalateError `failed_precondition` when there are no interactions; the signal's reason when aborted
 */
export function train(input: TrainingInput): Promise<TrainingResult> {
  const { hyperparameters: values } = input;
  const settings = {
    cold: {
      maxInteractions: values["cold_start_max_interactions"],
      maxDurationDays: values["cold_start_max_duration"],
      relativeFrom: values["cold_start_relative_from"],
    },
  };
  return trainHrnn(input, { metadata: true, settings });
}
