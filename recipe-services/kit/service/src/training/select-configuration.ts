import { failedPrecondition, notFound } from "@palate/host";
import { hyperparametersAsText, resolveHyperparameters, type Recipe } from "@palate/recipe";
import type { Catalog, HpoRecord, SelectionDocument, TrialDocument, VersionDocument } from "@palate/store";
import { availableParallelism } from "node:os";
import { searchSpace } from "../tuning/search-space.js";
import { MIN_GAIN, search, type TrialOutcome, type TrialPlan } from "../tuning/search.js";
import { costOf, roundsOf } from "../tuning/successive-halving.js";
import type { TrainingJob } from "./job.js";
import type { StartTrial } from "./trial-types.js";
import { trainingSecondsOf, withBudget } from "./trial.js";

/** Share of the full training time that recipes get when one is chosen among them. */
const RECIPE_BUDGET = 1 / 3;
const MAX_PARALLEL = 10;

/** What a selection is made with. */
export interface SelectionParts {
  readonly catalog: Catalog;
  readonly recipes: readonly Recipe[];
  readonly startTrial: StartTrial;
  readonly signal: AbortSignal;
  /** Told of the share of the work done and the newest trial. */
  readonly onProgress: (share: number, trial: TrialDocument | undefined) => void;
}

/** A trial's plan, and what all trials of a search have in common. */
interface TrialOf {
  readonly version: VersionDocument;
  readonly recipe: Recipe;
  readonly metric: string;
  /** Added to the plan's number: trials before this search. */
  readonly offset: number;
  readonly plan: TrialPlan;
}

/**
 * What the selection costs, in full trainings; 0 when there is nothing to select. For progress.
 */
export function selectionCost(version: VersionDocument): number {
  const { hpo, autoMl } = version.tuning ?? { hpo: null, autoMl: null };
  return (autoMl ? autoMl.recipes.length * RECIPE_BUDGET : 0) + (hpo ? costOf(roundsOf(hpo.trials, true)) : 0);
}

/**
 * Selects the recipe and hyperparameters of a version by trials in processes of their own, and stores each trial and the
 * choice. A selection that a crash cut short resumes where it was: stored trials are not run again.
 * @throws PalateError `failed_precondition` when no configuration could be trained; the signal's reason when aborted
 */
export async function selectConfiguration(version: VersionDocument, parts: SelectionParts): Promise<SelectionDocument> {
  const { catalog } = parts;
  const known = catalog.selections.get(version._id);
  if (known !== undefined) return known;
  const { hpo, autoMl } = version.tuning!;
  const candidates = autoMl ? autoMl.recipes : [version.recipe];
  const recipes = candidates.map((name) => {
    const recipe = parts.recipes.find(({ descriptor }) => descriptor.name === name);
    if (recipe === undefined) throw notFound("recipe", name);
    return recipe;
  });
  const cost = selectionCost(version);
  let spent = 0;
  let recipe = recipes[0]!;
  if (autoMl) {
    const outcomes: (TrialDocument & { of: Recipe })[] = [];
    for (const [at, candidate] of recipes.entries()) {
      const plan = { number: 1, values: {}, budget: RECIPE_BUDGET };
      const metric = autoMl.metric || metricOf(candidate);
      const trial = await tryOne({ version, recipe: candidate, metric, offset: at, plan }, parts);
      outcomes.push({ ...trial, of: candidate });
      parts.onProgress((spent += RECIPE_BUDGET) / cost, trial);
    }
    const usable = outcomes.filter(({ objective }) => objective !== null);
    if (usable.length === 0) throw nothingWorked(outcomes);
    recipe = usable.reduce((best, trial) => (trial.objective! > best.objective! ? trial : best)).of;
  }
  const { hyperparameters } = version;
  let chosen: { number: number; values: Readonly<Record<string, string>> } = {
    number: autoMl ? recipes.indexOf(recipe) + 1 : 1,
    values: {},
  };
  if (hpo) {
    const offset = autoMl ? recipes.length : 0;
    const trials: TrialDocument[] = [];
    const sign = hpo.minimize ? -1 : 1;
    const metric = hpo.metric || metricOf(recipe);
    const run = async (plan: TrialPlan): Promise<TrialOutcome> => {
      const trial = await tryOne({ version, recipe, metric, offset, plan }, parts);
      trials.push(trial);
      return { ...plan, objective: trial.objective === null ? null : sign * trial.objective };
    };
    const options = {
      space: searchSpace(recipe.descriptor.hyperparameters, hpo),
      trials: hpo.trials,
      parallel: parallelOf(hpo),
      seed: version.seed,
      budgeted: trainingSecondsOf(recipe, hyperparameters) !== undefined,
      minGain: MIN_GAIN,
    };
    const found = await search(options, run, (share) =>
      parts.onProgress((spent + share * (cost - spent)) / cost, trials.at(-1)),
    );
    if (trials.every(({ objective }) => objective === null)) throw nothingWorked(trials);
    chosen = { number: offset + found.number, values: found.values };
  }
  const selection: SelectionDocument = {
    _id: version._id,
    recipe: recipe.descriptor.name,
    hyperparameters: hyperparametersAsText(resolved(recipe, { ...hyperparameters, ...chosen.values })),
    tuned: chosen.values,
    trial: chosen.number,
    createdAt: Date.now(),
  };
  await catalog.insert("selections", selection);
  return selection;
}

function resolved(recipe: Recipe, values: Readonly<Record<string, string>>) {
  return resolveHyperparameters(recipe.descriptor.hyperparameters, values);
}

function metricOf(recipe: Recipe): string {
  return recipe.evaluation.primaryMetric;
}

/** Trials use all cores while a model is fitted, so only some run at once: one for each two cores. */
function parallelOf({ parallel }: HpoRecord): number {
  return parallel > 0 ? parallel : Math.min(MAX_PARALLEL, Math.max(1, Math.floor(availableParallelism() / 2)));
}

/** Runs one trial, or takes it from the catalogue when an earlier attempt has stored it. */
async function tryOne(
  { version, recipe, metric, offset, plan }: TrialOf,
  parts: SelectionParts,
): Promise<TrialDocument> {
  const { catalog, signal } = parts;
  const { name } = recipe.descriptor;
  const number = offset + plan.number;
  const _id = `${version._id}|${name}|${number}|${Math.round(1000 * plan.budget)}`;
  const stored = catalog.trialsOf(version._id).find((trial) => trial._id === _id);
  if (stored !== undefined) return stored;
  const started = performance.now();
  const common = { _id, versionKey: version._id, recipe: name, number, values: plan.values, budget: plan.budget };
  let trial: TrialDocument;
  try {
    const { metrics, seconds } = await parts.startTrial(jobOf(version), specOf(version, recipe, plan), signal);
    const objective = metrics[metric];
    if (objective === undefined || !Number.isFinite(objective))
      throw failedPrecondition(`There is no metric "${metric}"; there are ${Object.keys(metrics).join(", ")}.`);
    const finite = Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
    trial = { ...common, objective, metrics: finite, seconds, failureReason: "", createdAt: Date.now() };
  } catch (error) {
    signal.throwIfAborted();
    const failureReason = error instanceof Error ? error.message : String(error);
    const seconds = (performance.now() - started) / 1000;
    trial = { ...common, objective: null, metrics: {}, seconds, failureReason, createdAt: Date.now() };
  }
  await catalog.insert("trials", trial);
  return trial;
}

function jobOf({ datasetGroup, solution, versionId }: VersionDocument): TrainingJob {
  return { datasetGroup, solution, versionId };
}

/** The configuration with its part of the training time. */
function specOf({ hyperparameters }: VersionDocument, recipe: Recipe, { values, budget }: TrialPlan) {
  return {
    recipe: recipe.descriptor.name,
    hyperparameters: withBudget(recipe, { ...hyperparameters, ...values }, budget),
  };
}

function nothingWorked(trials: readonly TrialDocument[]): Error {
  return failedPrecondition(`No configuration could be trained; the first: ${trials[0]?.failureReason ?? "none"}`);
}
