import type { Artifact, TrainingData, TrainingInput, TrainingResult } from "@palate/recipe";
import { withCountingHelpers } from "../counting-helpers.js";
import { checkThereIsData, inSlices } from "../train-in-slices.js";
import { toArtifact } from "./artifact.js";
import { similarItems } from "./model.js";
import { similarityOptions } from "./recipe.js";

/**
 * Counts co-interactions twice: on everything for the deployed model, and without the held-out interactions for the metrics.
 * @throws PalateError `failed_precondition` when there are no interactions; the signal's reason when aborted
 */
export async function train(input: TrainingInput): Promise<TrainingResult> {
  checkThereIsData(input);
  const deployed = await fit(input.everything, input, 0);
  const evaluation = await fit(input.fit, input, 0.5);
  await input.publish({ deployed, evaluation });
  const message = `Similar items of ${input.everything.itemIds.length} items are ready.`;
  input.report({ phase: "storing", fraction: 1, message });
  return { backend: "none" };
}

/** Fits one of the two models; `from` is the share of the training that is already done. */
async function fit(data: TrainingData, input: TrainingInput, from: number): Promise<Artifact> {
  const options = similarityOptions(input.hyperparameters);
  const fitted = await withCountingHelpers(input.signal, (help, signal) =>
    inSlices(similarItems(data, options, help), { ...input, signal }, (share) => ({
      phase: "fitting",
      fraction: from + share / 2,
      message: "Counting co-interactions.",
    })),
  );
  return toArtifact({ itemIds: data.itemIds, ...fitted });
}
