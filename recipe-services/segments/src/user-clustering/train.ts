import { failedPrecondition } from "@palate/host";
import type { Artifact, TrainingData, TrainingInput, TrainingResult } from "@palate/recipe";
import { setImmediate as turn } from "node:timers/promises";
import { toArtifact } from "./artifact.js";
import { assign } from "./k-means.js";
import { clusterUsers, userVectors } from "./model.js";
import { clusteringOptions } from "./recipe.js";
import { describeClusters } from "./traits.js";

/** Longest time, in milliseconds, between two checks of the abort signal. */
const SLICE_MS = 100;

/**
 * Finds clusters twice: on everything for the deployed model, and without the held-out interactions for the metrics.
 * @throws PalateError `failed_precondition` when there are no interactions; the signal's reason when aborted
 */
export async function train(input: TrainingInput): Promise<TrainingResult> {
  input.signal.throwIfAborted();
  if (input.everything.items.length === 0)
    throw failedPrecondition("There are no interactions to learn from; import or stream some first.");
  const deployed = await fit(input.everything, input, 0);
  const evaluation = await fit(input.fit, input, 0.5);
  await input.publish({ deployed: deployed.artifact, evaluation: evaluation.artifact });
  input.report({ phase: "storing", fraction: 1, message: `Found ${deployed.clusters} clusters.` });
  return { backend: "none" };
}

/** Fits one of the two models; `from` is the share of the training that is already done. */
async function fit(
  data: TrainingData,
  input: TrainingInput,
  from: number,
): Promise<{ artifact: Artifact; clusters: number }> {
  const work = clusterUsers(data, clusteringOptions(input.hyperparameters), input.seed);
  let checkedAt = -Infinity;
  for (let step = work.next(); ; step = work.next()) {
    if (step.done === true) {
      const clusters = step.value.centers.length / step.value.dimensions;
      const users = Int32Array.from(data.userIds, (_, user) => user);
      const { centers } = assign(userVectors(step.value, data, users), step.value.centers);
      const clusterOf = centers.map((center, user) => (data.offsets[user + 1]! > data.offsets[user]! ? center : -1));
      const descriptions = describeClusters(data, clusterOf, clusters);
      return { artifact: toArtifact({ ...step.value, itemIds: data.itemIds, descriptions }), clusters };
    }
    if (performance.now() - checkedAt < SLICE_MS) continue;
    input.report({ phase: "fitting", fraction: from + step.value / 2, message: "Finding clusters." });
    await turn();
    input.signal.throwIfAborted();
    checkedAt = performance.now();
  }
}
