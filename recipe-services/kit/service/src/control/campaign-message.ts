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

/** A campaign as the API describes it. */
export function campaignMessage(
  campaign: CampaignDocument,
  recipe: RecipeDescriptor | undefined,
  serving: ServingFacts | undefined,
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
    status: serving ? ResourceStatus.RESOURCE_STATUS_ACTIVE : ResourceStatus.RESOURCE_STATUS_CREATE_PENDING,
    createdAtMs: campaign.createdAt,
    updatedAtMs: campaign.updatedAt,
    campaignConfig: campaignConfigMessage(explorationInForce(campaign, recipe), campaign.hidingEventTypes),
  };
}
