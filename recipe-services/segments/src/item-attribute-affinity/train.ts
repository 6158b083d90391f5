import { failedPrecondition } from "@palate/host";
import type { TrainingInput, TrainingResult } from "@palate/recipe";
import { toArtifact } from "./artifact.js";
import { attributeAffinityOptions } from "./recipe.js";

/**
 * Affinities are computed live, so nothing is fitted: the artefact holds the hyperparameters and a record of the columns.
 * @throws PalateError `failed_precondition` when there are no interactions
 */
export async function train(input: TrainingInput): Promise<TrainingResult> {
  input.signal.throwIfAborted();
  if (input.everything.items.length === 0)
    throw failedPrecondition("There are no interactions to learn from; import or stream some first.");
  input.report({ phase: "evaluating", fraction: 0.5, message: "Measuring on held-out interactions." });
  const options = attributeAffinityOptions(input.hyperparameters);
  const columns = Object.keys(input.everything.itemAttributes);
  const model = toArtifact({ options, columns });
  await input.publish({ deployed: model, evaluation: model });
  const named = columns.length > 0 ? `Columns: ${columns.join(", ")}.` : "Items have no columns to query yet.";
  input.report({ phase: "storing", fraction: 1, message: named });
  return { backend: "none" };
}
