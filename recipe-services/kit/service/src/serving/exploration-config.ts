import { invalidArgument, type Violation } from "@palate/host";
import type { CampaignConfig } from "@palate/proto/recipe";
import { HIDING_EVENT_TYPES, recommendsItems, type Exploration, type RecipeDescriptor } from "@palate/recipe";
import type { CampaignDocument, ExplorationRecord } from "@palate/store";

/** How campaigns explore unless they say otherwise: Amazon Personalize's defaults. */
const DEFAULT_EXPLORATION: Exploration = { weight: 0.3, ageCutOffDays: 30 };

/** What is wrong with an exploration weight; undefined when nothing is. */
export function explorationWeightProblem(weight: number): string | undefined {
  return weight >= 0 && weight <= 1 ? undefined : `is ${weight}; it must be from 0 to 1`;
}

/**
 * How a campaign is to explore, as its configuration says; undefined when it says nothing.
 * @throws PalateError `invalid_argument` naming what is out of range, or that the recipe does not explore
 */
export function explorationOf(
  config: CampaignConfig | undefined,
  recipe: RecipeDescriptor | undefined,
): ExplorationRecord | undefined {
  const given = config?.itemExplorationConfig;
  if (given === undefined) return undefined;
  const field = "campaign_config.item_exploration_config";
  const { weight, ageCutOffDays } = DEFAULT_EXPLORATION;
  const record = {
    weight: given.explorationWeight ?? weight,
    ageCutOffDays: given.explorationItemAgeCutOff ?? ageCutOffDays,
  };
  const violations: Violation[] = [];
  if (recipe !== undefined && !explores(recipe))
    violations.push({ field, message: `is not for ${recipe.name}, which does not explore` });
  const problem = explorationWeightProblem(record.weight);
  if (problem !== undefined) violations.push({ field: `${field}.exploration_weight`, message: problem });
  if (!(record.ageCutOffDays > 0 && Number.isFinite(record.ageCutOffDays)))
    violations.push({
      field: `${field}.exploration_item_age_cut_off`,
      message: `is ${record.ageCutOffDays}; it must be a number of days above 0`,
    });
  if (violations.length > 0)
    throw invalidArgument(`${violations.map((one) => `${one.field} ${one.message}`).join("; ")}.`, violations);
  return record;
}

function explores(recipe: RecipeDescriptor): boolean {
  return recommendsItems(recipe) && recipe.explores === true;
}

/** How a campaign explores with this recipe; undefined for recipes that do not. */
export function explorationInForce(
  { exploration }: Pick<CampaignDocument, "exploration">,
  recipe: RecipeDescriptor | undefined,
): Exploration | undefined {
  return recipe !== undefined && explores(recipe) ? (exploration ?? DEFAULT_EXPLORATION) : undefined;
}

/** The configuration of a campaign as the API describes it, with defaults. */
export function campaignConfigMessage(
  exploration: Exploration | undefined,
  hidingEventTypes: readonly string[] = HIDING_EVENT_TYPES,
): CampaignConfig {
  return {
    itemExplorationConfig: exploration && {
      explorationWeight: exploration.weight,
      explorationItemAgeCutOff: exploration.ageCutOffDays,
    },
    hiddenItemsConfig: { eventTypes: [...hidingEventTypes] },
  };
}
