import { failedPrecondition } from "@palate/host";
import { countUsersPerItem, type TrainingData, type TrainingInput, type TrainingResult } from "@palate/recipe";
import { toArtifact } from "./artifact.js";

/**
 * Counts the distinct users of each item.
 * @throws PalateError `failed_precondition` when there are no interactions
 */
export async function train(input: TrainingInput): Promise<TrainingResult> {
  input.signal.throwIfAborted();
  if (input.everything.items.length === 0)
    throw failedPrecondition("There are no interactions to count; import or stream some first.");
  input.report({ phase: "fitting", fraction: 0, message: "Counting users of each item." });
  const counted = (data: TrainingData) => toArtifact({ itemIds: data.itemIds, users: countUsersPerItem(data) });
  await input.publish({ deployed: counted(input.everything), evaluation: counted(input.fit) });
  input.report({
    phase: "storing",
    fraction: 1,
    message: `Counted users of ${input.everything.itemIds.length} items.`,
  });
  return { backend: "none" };
}
