import { failedPrecondition } from "@palate/host";
import { countUsersPerItem, type TrainingData, type TrainingInput, type TrainingResult } from "@palate/recipe";
import { toArtifact } from "./artifact.js";
import { affinityOptions } from "./recipe.js";

/**
 * Affinities are computed live, so nothing is fitted: the artefact holds the hyperparameters and a record of the items.
 * @throws PalateError `failed_precondition` when there are no interactions
 */
export async function train(input: TrainingInput): Promise<TrainingResult> {
  input.signal.throwIfAborted();
  if (input.everything.items.length === 0)
    throw failedPrecondition("There are no interactions to learn from; import or stream some first.");
  input.report({ phase: "evaluating", fraction: 0.5, message: "Measuring on held-out interactions." });
  const options = affinityOptions(input.hyperparameters);
  const model = (data: TrainingData) => toArtifact({ options, itemIds: data.itemIds, users: countUsersPerItem(data) });
  await input.publish({ deployed: model(input.everything), evaluation: model(input.fit) });
  input.report({
    phase: "storing",
    fraction: 1,
    message: `${input.everything.itemIds.length} items have segments.`,
  });
  return { backend: "none" };
}
