import { usage } from "../errors/failure.js";
import { CAMPAIGNS, type Campaign, type RecipeType } from "../operations/solutions.js";
import type { Session } from "./session.js";

/**
 * The campaign to ask: the one that was named, else the only one of the types that can answer.
 * @param types of the recipes that can answer, best first: where several types have one each, the first counts
 * @throws Failure when there are several, or none
 */
export async function campaignOf(
  { api }: Session,
  datasetGroup: string,
  named: string | undefined,
  types: readonly RecipeType[],
): Promise<string> {
  if (named !== undefined) return named;
  const { campaigns } = await api.ask(CAMPAIGNS, { datasetGroup });
  const all = campaigns?.nodes ?? [];
  for (const type of types) {
    const fitting = all.filter(({ recipeType }) => recipeType === type);
    const [only] = fitting;
    if (fitting.length === 1 && only) return only.name;
    if (fitting.length > 1) throw severalCampaigns(fitting);
  }
  throw usage(
    `Nothing in "${datasetGroup}" can answer this: no campaign has a recipe of type ${types.join(" or ")}.`,
    all.length > 0
      ? `There are ${namesOf(all)}.`
      : "palate train SOLUTION --recipe NAME trains one and makes its campaign.",
  );
}

function severalCampaigns(campaigns: readonly Campaign[]) {
  return usage(
    `${campaigns.length} campaigns can answer this; say which with --campaign.`,
    `They are ${namesOf(campaigns)}.`,
  );
}

function namesOf(campaigns: readonly Campaign[]): string {
  return campaigns.map(({ name, recipe }) => `${name} (${recipe})`).join(", ");
}
