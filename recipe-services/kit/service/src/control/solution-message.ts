import { ResourceStatus, type Solution } from "@palate/proto/recipe";
import type { SolutionDocument } from "@palate/store";
import { solutionEmphasis } from "./emphasis-records.js";
import { solutionTuning } from "./tuning-messages.js";

/** A solution as the API describes it. */
export function solutionMessage(solution: SolutionDocument, latestVersionId: string): Solution {
  return {
    datasetGroup: solution.datasetGroup,
    name: solution.name,
    recipe: solution.recipe,
    hyperparameters: { ...solution.hyperparameters },
    eventType: solution.eventType,
    eventValueThreshold: solution.eventValueThreshold ?? undefined,
    status: ResourceStatus.RESOURCE_STATUS_ACTIVE,
    latestVersionId,
    createdAtMs: solution.createdAt,
    retrainAfterDeletion: solution.retrainsAfterDeletion ?? false,
    ...solutionTuning(solution),
    ...solutionEmphasis(solution),
  };
}
