import { notFound } from "@palate/host";
import { resolveHyperparameters, type HyperparameterValues, type Progress, type Recipe } from "@palate/recipe";
import type { SelectionDocument, TrialDocument, VersionDocument } from "@palate/store";
import type { TrainerParts } from "./trainer-parts.js";
import { selectConfiguration } from "./select-configuration.js";

/** What a version is trained with. */
export interface Configuration {
  readonly recipe: Recipe;
  /** Values of all hyperparameters. */
  readonly hyperparameters: HyperparameterValues;
}

/**
 * The configuration of a version: the one given, or the one that trials find best where the solution says so.
 * @throws PalateError `not_found` for a recipe that this service does not offer; what {@link selectConfiguration} throws
 */
export async function chooseConfiguration(
  version: VersionDocument,
  { catalog, recipes, startTrial, signal }: TrainerParts,
  report: (progress: Progress) => void,
): Promise<Configuration> {
  let chosen: Pick<SelectionDocument, "recipe" | "hyperparameters"> = version;
  if (version.tuning) {
    report({ phase: "tuning", fraction: 0, message: "Looking for the best configuration." });
    chosen = await selectConfiguration(version, {
      ...{ catalog, recipes, startTrial, signal },
      onProgress: (fraction, trial) => report(trialProgress(fraction, trial)),
    });
  }
  const recipe = recipes.find((candidate) => candidate.descriptor.name === chosen.recipe);
  if (recipe === undefined) throw notFound("recipe", chosen.recipe);
  return { recipe, hyperparameters: resolveHyperparameters(recipe.descriptor.hyperparameters, chosen.hyperparameters) };
}

function trialProgress(fraction: number, trial: TrialDocument | undefined): Progress {
  if (trial === undefined) return { phase: "tuning", fraction, message: "Trials." };
  const { recipe, values, objective, number } = trial;
  const configuration = Object.entries(values).map(([name, value]) => `${name} ${value}`);
  const reached = objective === null ? "nothing" : objective.toFixed(4);
  return {
    phase: "tuning",
    fraction,
    message: `Trial ${number}: ${configuration.join(", ") || recipe} reached ${reached}.`,
    ...(objective !== null && { points: [{ series: "trial_objective", value: objective }] }),
  };
}
