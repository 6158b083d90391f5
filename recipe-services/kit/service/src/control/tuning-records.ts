import { invalidArgument, notFound, type Violation } from "@palate/host";
import type { AutoMlConfig, CreateSolutionRequest, HpoConfig } from "@palate/proto/recipe";
import { hyperparametersAsText, resolveHyperparameters, type Recipe } from "@palate/recipe";
import type { HpoRecord, TuningRecord } from "@palate/store";
import { searchSpace } from "../tuning/search-space.js";
import { recipeName } from "./names.js";

/** Recipe name of a solution whose trainings choose the recipe by trials. */
export const AUTO_RECIPE = "auto";

const DEFAULT_TRIALS = 16;
const MAX_TRIALS = 200;
const MAX_PARALLEL = 10;

/** What a solution trains with, as given when it is created. */
export interface SolutionConfiguration {
  /** The recipe's name, or "auto". */
  readonly recipe: string;
  /** Every hyperparameter with the value in force; empty when the recipe is chosen by trial. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** What each training searches for first. */
  readonly tuning?: TuningRecord;
}

/**
 * Checks what a solution is to train with.
 * @param offered recipes of this service by name
 * @throws PalateError `not_found` for an unknown recipe; `invalid_argument` naming everything else that is wrong
 */
export function solutionConfiguration(
  request: CreateSolutionRequest,
  offered: ReadonlyMap<string, Recipe>,
): SolutionConfiguration {
  const { performHpo, performAutoMl } = request;
  if (request.hpoConfig && !performHpo) throw wrong("hpo_config", "has no effect without perform_hpo");
  if (request.autoMlConfig && !performAutoMl) throw wrong("auto_ml_config", "has no effect without perform_auto_ml");
  if (performAutoMl) {
    if (request.recipe !== "" && request.recipe !== AUTO_RECIPE)
      throw wrong("recipe", "is chosen by trial with perform_auto_ml; leave it out, or leave that out");
    if (Object.keys(request.hyperparameters).length > 0)
      throw wrong("hyperparameters", "cannot be given while the recipe is open; each candidate takes its defaults");
    const autoMl = autoMlRecord(request.autoMlConfig, offered);
    const hpo = performHpo ? hpoRecord(request.hpoConfig) : null;
    if (hpo && hpo.numeric.length + hpo.categorical.length > 0)
      throw wrong("hpo_config", "can have no ranges while the recipe is open; everything tunable is varied");
    return { recipe: AUTO_RECIPE, hyperparameters: {}, tuning: { hpo, autoMl } };
  }
  const recipe = find(request.recipe, offered);
  const { hyperparameters } = recipe.descriptor;
  const values = hyperparametersAsText(resolveHyperparameters(hyperparameters, request.hyperparameters));
  const common = { recipe: recipe.descriptor.name, hyperparameters: values };
  if (!performHpo) return common;
  const hpo = hpoRecord(request.hpoConfig);
  const space = searchSpace(hyperparameters, hpo);
  if (space.length === 0)
    throw wrong("perform_hpo", `has nothing to vary: ${common.recipe} has no tunable hyperparameter`);
  return { ...common, tuning: { hpo, autoMl: null } };
}

function find(nameOrArn: string, offered: ReadonlyMap<string, Recipe>): Recipe {
  const recipe = offered.get(recipeName(nameOrArn));
  if (recipe === undefined)
    throw notFound("recipe", nameOrArn, `This service offers ${[...offered.keys()].join(", ")}.`);
  return recipe;
}

function wrong(field: string, message: string): Error {
  return invalidArgument(`${field} ${message}.`, [{ field, message }]);
}

function hpoRecord(config: HpoConfig | undefined): HpoRecord {
  const violations: Violation[] = [];
  const count = (field: string, value: number, most: number, byDefault: number): number => {
    if (value < 0 || value > most)
      violations.push({
        field: `hpo_config.${field}`,
        message: `is ${value}; it must be from 1 to ${most}, or 0 for the default`,
      });
    return value === 0 ? byDefault : value;
  };
  const trials = count("max_number_of_training_jobs", config?.maxNumberOfTrainingJobs ?? 0, MAX_TRIALS, DEFAULT_TRIALS);
  const parallel = count("max_parallel_training_jobs", config?.maxParallelTrainingJobs ?? 0, MAX_PARALLEL, 0);
  if (violations.length > 0)
    throw invalidArgument(violations.map(({ field, message }) => `${field} ${message}`).join("; ") + ".", violations);
  return {
    metric: config?.objectiveMetric ?? "",
    minimize: config?.minimize ?? false,
    trials,
    parallel,
    numeric: (config?.numericRanges ?? []).map(({ name, minValue, maxValue }) => ({
      name,
      minimum: minValue,
      maximum: maxValue,
    })),
    categorical: (config?.categoricalRanges ?? []).map(({ name, values }) => ({ name, values: [...values] })),
  };
}

/** The candidates; all of one type, so that one metric and one kind of query compares them. */
function autoMlRecord(
  config: AutoMlConfig | undefined,
  offered: ReadonlyMap<string, Recipe>,
): NonNullable<TuningRecord["autoMl"]> {
  const named = (config?.recipeList ?? []).map((name) => find(name, offered));
  const all = [...offered.values()].filter(({ descriptor }) => descriptor.type === "USER_PERSONALIZATION");
  const recipes = named.length > 0 ? named : all;
  if (recipes.length === 0)
    throw wrong("perform_auto_ml", "has nothing to choose from here: name candidates in auto_ml_config.recipe_list");
  const types = new Set(recipes.map(({ descriptor }) => descriptor.type));
  if (types.size > 1)
    throw wrong("auto_ml_config.recipe_list", `must name recipes of one type, not of ${[...types].join(" and ")}`);
  const names = [...new Set(recipes.map(({ descriptor }) => descriptor.name))];
  return { metric: config?.metricName ?? "", recipes: names };
}
