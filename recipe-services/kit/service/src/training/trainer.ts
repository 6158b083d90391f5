import { failedPrecondition, notFound } from "@palate/host";
import {
  dataWarnings,
  recommendationEvaluation,
  resolveHyperparameters,
  type Artifact,
  type Checkpoint,
  type HyperparameterValues,
  type Progress,
  type Recipe,
  type TrainingData,
} from "@palate/recipe";
import {
  evaluationRecord,
  finiteMetrics,
  versionKey,
  type SelectionDocument,
  type StatisticsRecord,
  type TrialDocument,
  type VersionDocument,
} from "@palate/store";
import type { TrainingJob } from "./job.js";
import { ProgressReporter } from "./progress-reporter.js";
import { readEvents } from "./read-events.js";
import { selectConfiguration, selectionCost } from "./select-configuration.js";
import type { TrainerParts } from "./trainer-parts.js";

/** Share of the progress bar for reading the data. */
const READING = 0.1;

function statisticsOf(data: TrainingData, cursor: string): StatisticsRecord {
  let users = 0;
  for (let user = 0; user < data.userIds.length; user++) if (data.offsets[user + 1]! > data.offsets[user]!) users++;
  return { users, items: data.itemIds.length, interactions: data.items.length, cursor };
}

/**
 * Trains one version from start to end: reads the data, holds some out, fits, measures and stores every better
 * checkpoint, and writes how it ended. What the version's documents say decides everything, so a training can be
 * repeated exactly.
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
    const report = (progress: Progress): void =>
      reporter.report({ ...progress, fraction: selecting + (1 - selecting) * progress.fraction });
    const { recipe, hyperparameters } = await configurationOf(version, parts, (share, message, objective) =>
      reporter.report({
        phase: "tuning",
        fraction: selecting * share,
        message,
        ...(objective !== null && { points: [{ series: "trial_objective", value: objective }] }),
      }),
    );
    report({ phase: "reading", fraction: 0, message: "Reading the data." });
    const snapshot = await readEvents(parts.datasets, version, recipe.descriptor, {
      signal,
      onProgress: (share: number) =>
        report({ phase: "reading", fraction: READING * share, message: "Reading the data." }),
    });
    const everything = snapshot.data;
    const statistics = statisticsOf(everything, snapshot.cursor);
    reporter.describe(statistics);
    if (statistics.interactions === 0 && recipe.descriptor.needsInteractions !== false) {
      const filter =
        version.eventType || version.eventValueThreshold !== null || version.events
          ? " that the solution's event filter lets through"
          : "";
      throw failedPrecondition(
        `Dataset group "${job.datasetGroup}" has no interactions${filter}; import or stream some first.`,
      );
    }

    const { primaryMetric, baseline = "", holdOut } = recipe.evaluation ?? recommendationEvaluation;
    const heldOut = holdOut(recipe, everything, {
      seed: version.seed,
      ...(version.objective && { rewardColumn: version.objective.column }),
    });
    const described = { ...statistics, warnings: dataWarnings(everything, heldOut.cases) };
    reporter.describe(described);
    const earlier = catalog.checkpointsOf(key);
    let number = earlier.length;
    const publish = async (checkpoint: Checkpoint): Promise<void> => {
      const measured = heldOut.measure(checkpoint.evaluation);
      const metrics = finiteMetrics(measured.metrics);
      // After a restart the first models are worse than what the attempt before has stored already.
      const best = earlier.at(-1)?.metrics[primaryMetric] ?? -1;
      if ((metrics[primaryMetric] ?? 0) < best) return;
      number++;
      const stored = await store.save(key, number, checkpoint.deployed, recipe.descriptor);
      await catalog.insert("checkpoints", {
        _id: `${key}|${number}`,
        versionKey: key,
        number,
        sha256: stored.sha256,
        bytes: stored.bytes,
        seconds: reporter.seconds,
        metrics,
        baselineMetrics: finiteMetrics(measured.baseline),
        evaluation: evaluationRecord(measured, primaryMetric, baseline, heldOut.cases),
        createdAt: Date.now(),
      });
      logger.info({ version: key, checkpoint: number, bytes: stored.bytes, metrics }, "checkpoint stored");
    };
    const resume = await store.loadState(key, recipe.descriptor);
    if (resume) logger.info({ version: key }, "going on where an attempt before was ended");
    const previous = await previousModel(version, recipe, parts);
    const result = await recipe.train({
      everything,
      fit: heldOut.fit,
      hyperparameters,
      ...(version.objective && { objective: version.objective }),
      seed: version.seed,
      backend: parts.backend,
      signal,
      report: (progress) => report({ ...progress, fraction: READING + (1 - READING) * progress.fraction }),
      publish,
      async saveState(state) {
        await store.saveState(key, state, recipe.descriptor);
        logger.debug({ version: key }, "kept how far the training is");
      },
      ...(resume && { resume }),
      ...(previous && { previous }),
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

/** The recipe and hyperparameters of a version; searched for where the solution says so. */
async function configurationOf(
  version: VersionDocument,
  { catalog, recipes, startTrial, signal }: TrainerParts,
  onProgress: (share: number, message: string, objective: number | null) => void,
): Promise<{ recipe: Recipe; hyperparameters: HyperparameterValues }> {
  let chosen: Pick<SelectionDocument, "recipe" | "hyperparameters"> = version;
  if (version.tuning) {
    onProgress(0, "Looking for the best configuration.", null);
    chosen = await selectConfiguration(version, {
      catalog,
      recipes,
      startTrial,
      signal,
      onProgress: (share, trial) =>
        onProgress(share, trial ? `Trial ${trial.number}: ${trialText(trial)}.` : "Trials.", trial?.objective ?? null),
    });
  }
  const recipe = recipes.find((candidate) => candidate.descriptor.name === chosen.recipe);
  if (recipe === undefined) throw notFound("recipe", chosen.recipe);
  return { recipe, hyperparameters: resolveHyperparameters(recipe.descriptor.hyperparameters, chosen.hyperparameters) };
}

function trialText({ recipe, values, objective }: TrialDocument): string {
  const what = Object.entries(values).map(([name, value]) => `${name} ${value}`);
  return `${what.join(", ") || recipe} reached ${objective === null ? "nothing" : objective.toFixed(4)}`;
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
