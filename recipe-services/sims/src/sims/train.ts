import { setImmediate as turn } from "node:timers/promises";
import { failedPrecondition } from "@palate/kit/errors";
import type { Artifact, TrainingData, TrainingInput, TrainingResult } from "@palate/kit/recipe";
import { toArtifact } from "./artifact.js";
import { similarItems } from "./model.js";
import { similarityOptions } from "./recipe.js";

/** Longest time, in milliseconds, between two looks at whether to stop. */
const SLICE_MS = 100;

/**
 * Counts co-interactions twice: on everything for what is deployed, without the held-out interactions for metrics.
 * @throws PalateError `failed_precondition` when there are no interactions; the signal's reason when aborted
 */
export async function train(input: TrainingInput): Promise<TrainingResult> {
  input.signal.throwIfAborted();
  if (input.everything.items.length === 0)
    throw failedPrecondition("There are no interactions to learn from; import or stream some first.");
  const deployed = await fit(input.everything, input, 0);
  const evaluation = await fit(input.fit, input, 0.5);
  await input.publish({ deployed, evaluation });
  const message = `Similar items of ${input.everything.itemIds.length} items are ready.`;
  input.report({ phase: "storing", fraction: 1, message });
  return { backend: "none" };
}

/** Fits one of the two models; `from` is the share of the training done before. */
async function fit(data: TrainingData, input: TrainingInput, from: number): Promise<Artifact> {
  const work = similarItems(data, similarityOptions(input.hyperparameters));
  let lookedAt = -Infinity;
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return toArtifact({ itemIds: data.itemIds, ...step.value });
    if (performance.now() - lookedAt < SLICE_MS) continue;
    input.report({ phase: "fitting", fraction: from + step.value / 2, message: "Counting co-interactions." });
    await turn();
    input.signal.throwIfAborted();
    lookedAt = performance.now();
  }
}
