import { failedPrecondition } from "@palate/host";
import type { Artifact, TrainingData, TrainingInput, TrainingResult } from "@palate/recipe";
import { toArtifact } from "./artifact.js";
import { dispersionOf } from "./dispersion.js";
import { trendSettings } from "./recipe.js";

/**
 * Estimates the overdispersion of the counts. Everything else that serving needs is counted live.
 * @throws PalateError `failed_precondition` when there are no interactions
 */
export async function train(input: TrainingInput): Promise<TrainingResult> {
  input.signal.throwIfAborted();
  if (input.everything.items.length === 0)
    throw failedPrecondition("There are no interactions to compare; import or stream some first.");
  input.report({ phase: "fitting", fraction: 0, message: "Measuring how much interactions vary." });
  const settings = trendSettings(input.hyperparameters);
  const fitted = (data: TrainingData): Artifact =>
    toArtifact({ ...settings, dispersion: dispersionOf(data, settings.intervalSeconds) });
  await input.publish({ deployed: fitted(input.everything), evaluation: fitted(input.fit) });
  input.report({ phase: "storing", fraction: 1, message: "Settings are stored; trends are counted live." });
  return { backend: "none" };
}
