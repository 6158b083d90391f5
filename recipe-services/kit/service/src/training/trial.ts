import { failedPrecondition, notFound } from "@palate/host";
import {
  resolveHyperparameters,
  tuningHoldOut,
  type Artifact,
  type Recipe,
  type TrainingInput,
  type TrainingData,
} from "@palate/recipe";
import { versionKey } from "@palate/store";
import type { TrainingJob } from "./job.js";
import { readEvents } from "./read-events.js";
import type { TrainerParts } from "./trainer-parts.js";
import type { TrialReport, TrialSpec } from "./trial-types.js";

/** Hyperparameter that says how many seconds a training may take, in recipes that can be cut short. */
const TRAINING_SECONDS = "training_seconds";

/** The training time that hyperparameters ask for, in seconds; undefined when the training cannot be cut short. */
export function trainingSecondsOf(
  { descriptor }: Recipe,
  hyperparameters: Readonly<Record<string, string>>,
): number | undefined {
  const seconds = resolveHyperparameters(descriptor.hyperparameters, hyperparameters)[TRAINING_SECONDS];
  return typeof seconds === "number" && seconds > 0 ? seconds : undefined;
}

/** The hyperparameters with a share of their training time, in whole seconds; as they are where it cannot be cut short. */
export function withBudget(
  recipe: Recipe,
  hyperparameters: Readonly<Record<string, string>>,
  share: number,
): Readonly<Record<string, string>> {
  const seconds = trainingSecondsOf(recipe, hyperparameters);
  if (seconds === undefined) return hyperparameters;
  return { ...hyperparameters, [TRAINING_SECONDS]: String(Math.ceil(seconds * share)) };
}

/** How a configuration is trained. */
export interface ConfigurationParts extends Pick<TrainingInput, "seed" | "backend" | "signal" | "objective"> {
  /** Every hyperparameter that does not have its default. */
  readonly hyperparameters: Readonly<Record<string, string>>;
}

/**
 * Trains one configuration on the older part of training data and measures it on the newer. The part of the data that the
 * metrics of a version are measured on is never used.
 * @throws PalateError `failed_precondition` when there is nothing to measure on
 */
export async function tryConfiguration(
  recipe: Recipe,
  data: TrainingData,
  { hyperparameters, objective, seed, backend, signal }: ConfigurationParts,
): Promise<TrialReport> {
  const started = performance.now();
  const everything = recipe.evaluation.holdOut(data, { seed }).fit;
  const heldOut = tuningHoldOut(recipe, everything, seed);
  if (heldOut.cases === 0)
    throw failedPrecondition("There is too little data to compare configurations on; train without optimisation.");
  let newest: Artifact | undefined;
  await recipe.train({
    everything,
    fit: heldOut.fit,
    hyperparameters: resolveHyperparameters(recipe.descriptor.hyperparameters, hyperparameters),
    ...(objective && { objective }),
    seed,
    backend,
    signal,
    report: () => undefined,
    publish: async ({ evaluation }) => void (newest = evaluation),
  });
  signal.throwIfAborted();
  if (newest === undefined) throw failedPrecondition(`Recipe "${recipe.descriptor.name}" made no model of this data.`);
  return { metrics: heldOut.measure(newest).metrics, seconds: (performance.now() - started) / 1000 };
}

/**
 * Tries one configuration for a version on its training data. Stores nothing.
 * @throws PalateError `failed_precondition` when there is nothing to measure on
 */
export async function runTrial(
  job: TrainingJob,
  spec: TrialSpec,
  parts: Omit<TrainerParts, "startTrial" | "store">,
): Promise<TrialReport> {
  const started = performance.now();
  const { catalog, datasets, recipes, backend, signal } = parts;
  await catalog.refresh();
  const version = catalog.versions.get(versionKey(job.datasetGroup, job.solution, job.versionId));
  if (version === undefined) throw notFound("solution version", job.versionId);
  const recipe = recipes.find((candidate) => candidate.descriptor.name === spec.recipe);
  if (recipe === undefined) throw notFound("recipe", spec.recipe);
  const { data } = await readEvents(datasets, version, recipe.descriptor, { signal });
  const { metrics } = await tryConfiguration(recipe, data, {
    hyperparameters: spec.hyperparameters,
    ...(version.objective && { objective: version.objective }),
    seed: version.seed,
    backend,
    signal,
  });
  return { metrics, seconds: (performance.now() - started) / 1000 };
}
