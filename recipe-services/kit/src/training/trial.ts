import { failedPrecondition, notFound } from "../errors/index.js";
import { versionKey } from "../models/index.js";
import {
  recommendationEvaluation,
  resolveHyperparameters,
  tuningHoldOut,
  type Artifact,
  type Metrics,
} from "../recipe/index.js";
import type { TrainingJob } from "./job.js";
import { readEvents } from "./read-events.js";
import type { TrainerParts } from "./trainer.js";

/** Hyperparameter that says how many seconds a training may take, in recipes that can be cut short. */
export const TRAINING_SECONDS = "training_seconds";

/** What is to be tried. */
export interface TrialSpec {
  /** The recipe's name. */
  readonly recipe: string;
  /** Every hyperparameter that does not have its default. */
  readonly hyperparameters: Readonly<Record<string, string>>;
}

/** What a trial reached. */
export interface TrialReport {
  readonly metrics: Metrics;
  readonly seconds: number;
}

/**
 * Trains one configuration for a version on the older part of its training data and measures it on the newer. Stores
 * nothing. The part of the data that the version's metrics are measured on is never looked at.
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
  const { data } = await readEvents(datasets, version, { signal });
  const { holdOut } = recipe.evaluation ?? recommendationEvaluation;
  const everything = holdOut(recipe, data, { seed: version.seed }).fit;
  const heldOut = tuningHoldOut(recipe, everything, version.seed);
  if (heldOut.cases === 0)
    throw failedPrecondition("There is too little data to compare configurations on; train without optimisation.");
  let newest: Artifact | undefined;
  await recipe.train({
    everything,
    fit: heldOut.fit,
    hyperparameters: resolveHyperparameters(recipe.descriptor.hyperparameters, spec.hyperparameters),
    ...(version.objective && { objective: version.objective }),
    seed: version.seed,
    backend,
    signal,
    report: () => undefined,
    publish: async ({ evaluation }) => void (newest = evaluation),
  });
  signal.throwIfAborted();
  if (newest === undefined) throw failedPrecondition(`Recipe "${spec.recipe}" made no model of this data.`);
  return { metrics: heldOut.measure(newest).metrics, seconds: (performance.now() - started) / 1000 };
}
