import type { PalateError } from "@palate/host";
import { RecipeType, ResourceStatus, type Campaign } from "@palate/proto/recipe";
import type { RecipeDescriptor } from "@palate/recipe";
import type { CampaignDocument } from "@palate/store";
import { campaignConfigMessage, explorationInForce } from "../serving/exploration-config.js";
import { RECIPE_TYPES } from "./recipe-message.js";

/** What answers for a campaign now. */
export interface ServingFacts {
  readonly versionId: string;
  readonly checkpoint: number;
}

/** Where a campaign is in its life. */
function statusOf(serving: ServingFacts | undefined, problem: PalateError | undefined): ResourceStatus {
  if (serving) return ResourceStatus.RESOURCE_STATUS_ACTIVE;
  // Only this does not pass by itself.
  if (problem?.code === "data_loss") return ResourceStatus.RESOURCE_STATUS_CREATE_FAILED;
  return ResourceStatus.RESOURCE_STATUS_CREATE_PENDING;
}

/**
 * A campaign as the API describes it.
 * @param problem why its model or its data could not be loaded at the last try
 */
export function campaignMessage(
  campaign: CampaignDocument,
  recipe: RecipeDescriptor | undefined,
  serving: ServingFacts | undefined,
  problem: PalateError | undefined,
): Campaign {
  return {
    datasetGroup: campaign.datasetGroup,
    name: campaign.name,
    solution: campaign.solution,
    versionId: campaign.versionId,
    servingVersionId: serving?.versionId ?? "",
    servingCheckpoint: serving?.checkpoint ?? 0,
    recipe: recipe?.name ?? "",
    recipeType: recipe ? RECIPE_TYPES[recipe.type] : RecipeType.RECIPE_TYPE_UNSPECIFIED,
    status: statusOf(serving, problem),
    failureReason: serving ? "" : (problem?.message ?? ""),
    createdAtMs: campaign.createdAt,
    updatedAtMs: campaign.updatedAt,
    campaignConfig: campaignConfigMessage(explorationInForce(campaign, recipe), campaign.hidingEventTypes),
  };
}
