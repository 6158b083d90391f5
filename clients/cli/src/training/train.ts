import { Failure, usage } from "../errors/failure.js";
import {
  CREATE_CAMPAIGN,
  CREATE_SOLUTION,
  CREATE_SOLUTION_VERSION,
  RECIPES,
  SOLUTION,
  type SolutionInput,
  type SolutionVersion,
} from "../operations/solutions.js";
import type { Session } from "../session/session.js";

/** How a solution is made where it is not there yet. */
export type NewSolution = Omit<SolutionInput, "recipe"> & { readonly recipe: string | undefined };

const EXISTS = ["ALREADY_EXISTS"];

/**
 * Makes sure that there is such a solution; says whether it was made now.
 * @throws Failure when it is not there and no recipe is given, or when it has another recipe
 */
export async function ensureSolution({ api }: Session, wanted: NewSolution): Promise<boolean> {
  const { datasetGroup, name, recipe, hyperparameters } = wanted;
  const { solution } = await api.ask(SOLUTION, { datasetGroup, name });
  if (!solution) {
    if (recipe === undefined) throw await withoutRecipe({ api }, wanted);
    await api.change(CREATE_SOLUTION, { ...wanted, recipe });
    return true;
  }
  if (recipe !== undefined && recipe !== solution.recipe)
    throw new Failure(
      "ALREADY_EXISTS",
      `Solution "${name}" has the recipe ${solution.recipe}; another needs another name.`,
    );
  if (Object.keys(hyperparameters).length > 0)
    throw new Failure(
      "ALREADY_EXISTS",
      `Solution "${name}" has its hyperparameters already; others need another name.`,
    );
  return false;
}

async function withoutRecipe({ api }: Pick<Session, "api">, { datasetGroup, name }: NewSolution): Promise<Failure> {
  const { recipes } = await api.ask(RECIPES, {});
  const names = (recipes?.nodes ?? []).map((recipe) => recipe.name);
  return usage(
    `There is no solution "${name}" in "${datasetGroup}"; say with --recipe what to make it of.`,
    `Recipes: ${names.join(", ")}.`,
  );
}

/** Starts a training. */
export async function startTraining(
  { api }: Session,
  input: { datasetGroup: string; solution: string; seed?: number; trainingMode?: "FULL" | "UPDATE" },
): Promise<SolutionVersion> {
  const { solutionVersion } = await api.change(CREATE_SOLUTION_VERSION, input);
  if (!solutionVersion) throw new Failure("NO_ANSWER", "The gateway did not say which version it has begun.");
  return solutionVersion;
}

/** Makes sure that a campaign of the solution's name serves its newest version. */
export async function ensureCampaign({ api }: Session, datasetGroup: string, solution: string): Promise<void> {
  await api.change(CREATE_CAMPAIGN, { datasetGroup, name: solution, solution }, EXISTS);
}
