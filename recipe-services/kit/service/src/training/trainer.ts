import { failedPrecondition, notFound } from "@palate/host";
import {
  dataWarnings,
  type Artifact,
  type HeldOut,
  type Progress,
  type Recipe,
  type TrainingData,
  type TrainingResult,
} from "@palate/recipe";
import { versionKey, type StatisticsRecord, type VersionDocument } from "@palate/store";
import { CheckpointPublisher } from "./checkpoint-publisher.js";
import { chooseConfiguration, type Configuration } from "./configuration.js";
import type { TrainingJob } from "./job.js";
import type { TrainerParts } from "./trainer-parts.js";
import { ProgressReporter } from "./progress-reporter.js";
import { readEvents } from "./read-events.js";
import { selectionCost } from "./select-configuration.js";

/** Share of a training's progress for reading the data. */
const READING = 0.1;

/** What a version is trained on. */
interface TrainingSet {
  readonly data: TrainingData;
  readonly statistics: StatisticsRecord;
}

/**
 * Trains one version from start to end: chooses its configuration, reads the data, holds some out, fits, measures and stores
 * every better checkpoint, and writes how it ended. What the version's documents say decides everything, so a training can
 * be repeated exactly.
 * @throws whatever went wrong; the caller turns it into the process's end
 */
export async function runTrainer(job: TrainingJob, parts: TrainerParts): Promise<void> {
  const { catalog, store, logger, signal } = parts;
  const key = versionKey(job.datasetGroup, job.solution, job.versionId);
  await catalog.refresh();
  const version = catalog.versions.get(key);
  if (version === undefined) throw notFound("solution version", key);

  const reporter = new ProgressReporter(catalog, key, logger);
  try {
    const selecting = selectionCost(version) / (1 + selectionCost(version));
    const configuration = await chooseConfiguration(version, parts, partOf(reporter, 0, selecting));
    const report = partOf(reporter, selecting, 1);
    const { data, statistics } = await readTrainingSet(
      version,
      configuration.recipe,
      parts,
      partOf({ report }, 0, READING),
    );
    reporter.describe(statistics);
    refuseEmpty(version, configuration.recipe, statistics);

    const heldOut = holdOut(version, configuration.recipe, data);
    const described = { ...statistics, warnings: dataWarnings(data, heldOut.cases) };
    reporter.describe(described);
    const result = await train({ version, configuration, data, heldOut }, parts, {
      report: partOf({ report }, READING, 1),
      seconds: () => reporter.seconds,
    });
    signal.throwIfAborted();
    await catalog.insert("results", {
      _id: key,
      outcome: "ACTIVE",
      failureReason: "",
      backend: result.backend,
      seconds: reporter.seconds,
      statistics: described,
      createdAt: Date.now(),
    });
    reporter.report({ phase: "storing", fraction: 1, message: "Done." });
    await store.deleteStates(key);
  } finally {
    await reporter.close();
  }
}

/** Reports a part of the work: its fractions, from 0 to 1, become those from `from` to `to` of the whole. */
function partOf(whole: { report(progress: Progress): void }, from: number, to: number): (progress: Progress) => void {
  return (progress) => whole.report({ ...progress, fraction: from + (to - from) * progress.fraction });
}

/** Reads what a version is trained on. */
async function readTrainingSet(
  version: VersionDocument,
  { descriptor }: Recipe,
  { datasets, signal }: TrainerParts,
  report: (progress: Progress) => void,
): Promise<TrainingSet> {
  const onProgress = (fraction: number): void => report({ phase: "reading", fraction, message: "Reading the data." });
  onProgress(0);
  const { data, cursor } = await readEvents(datasets, version, descriptor, { signal, onProgress });
  return { data, statistics: statisticsOf(data, cursor) };
}

function statisticsOf(data: TrainingData, cursor: string): StatisticsRecord {
  let users = 0;
  for (let user = 0; user < data.userIds.length; user++) if (data.offsets[user + 1]! > data.offsets[user]!) users++;
  return { users, items: data.itemIds.length, interactions: data.items.length, cursor };
}

/** Throws PalateError `failed_precondition` when a recipe that learns from interactions has none to learn from. */
function refuseEmpty(version: VersionDocument, { descriptor }: Recipe, { interactions }: StatisticsRecord): void {
  if (interactions > 0 || descriptor.needsInteractions === false) return;
  const filters = version.eventType || version.eventValueThreshold !== null || version.events;
  const filter = filters ? " that the solution's event filter lets through" : "";
  throw failedPrecondition(
    `Dataset group "${version.datasetGroup}" has no interactions${filter}; import or stream some first.`,
  );
}

/** Holds out what a version's models are measured on. */
function holdOut({ seed, objective }: VersionDocument, recipe: Recipe, data: TrainingData): HeldOut {
  const options = { seed, ...(objective && { rewardColumn: objective.column }) };
  return recipe.evaluation.holdOut(data, options);
}

/** What a training starts with. */
interface TrainingStart {
  readonly version: VersionDocument;
  readonly configuration: Configuration;
  readonly data: TrainingData;
  readonly heldOut: HeldOut;
}

/** Fits the models of a version and stores the better ones; goes on where an earlier attempt at it was killed. */
async function train(
  { version, configuration, data, heldOut }: TrainingStart,
  parts: TrainerParts,
  progress: { readonly report: (progress: Progress) => void; readonly seconds: () => number },
): Promise<TrainingResult> {
  const { catalog, store, logger, signal, backend } = parts;
  const { recipe, hyperparameters } = configuration;
  const { descriptor } = recipe;
  const key = version._id;
  const publisher = new CheckpointPublisher({
    ...{ catalog, store, logger, versionKey: key, descriptor, heldOut, seconds: progress.seconds },
    evaluation: recipe.evaluation,
  });
  const resume = await store.loadState(key, descriptor);
  if (resume) logger.info({ version: key }, "training resumes where an earlier attempt ended");
  const previous = await previousModel(version, recipe, parts);
  return recipe.train({
    everything: data,
    fit: heldOut.fit,
    hyperparameters,
    ...(version.objective && { objective: version.objective }),
    seed: version.seed,
    backend,
    signal,
    report: progress.report,
    publish: (checkpoint) => publisher.publish(checkpoint),
    async saveState(state) {
      await store.saveState(key, state, descriptor);
      logger.debug({ version: key }, "training state stored");
    },
    ...(resume && { resume }),
    ...(previous && { previous }),
  });
}

/** The newest finished model of the same solution and recipe, for versions that start from it. */
async function previousModel(
  version: VersionDocument,
  { descriptor }: Recipe,
  { catalog, store }: TrainerParts,
): Promise<Artifact | undefined> {
  if (version.trainingMode !== "UPDATE") return undefined;
  const before = catalog
    .versionsOf(version.datasetGroup, version.solution)
    .find(
      (other) => catalog.results.get(other._id)?.outcome === "ACTIVE" && catalog.recipeOf(other) === descriptor.name,
    );
  const checkpoint = before && catalog.checkpointsOf(before._id).at(-1);
  return checkpoint && store.load(before._id, checkpoint.number, descriptor);
}
