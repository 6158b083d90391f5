import type { DatasetServiceClient } from "@palate/proto/dataset";
import { readSnapshot } from "../data/index.js";
import { failedPrecondition, notFound } from "../errors/index.js";
import type { Logger } from "../host/index.js";
import {
  versionKey,
  type Catalog,
  type ModelStore,
  type StatisticsRecord,
  type VersionDocument,
} from "../models/index.js";
import {
  filterInteractions,
  recommendationEvaluation,
  resolveHyperparameters,
  type Checkpoint,
  type Recipe,
  type TrainingData,
} from "../recipe/index.js";
import type { TrainingJob } from "./job.js";
import { ProgressReporter } from "./progress-reporter.js";

/** Share of the progress bar for reading the data. */
const READING = 0.1;

/** What a trainer works with. */
export interface TrainerParts {
  readonly catalog: Catalog;
  readonly store: ModelStore;
  readonly datasets: DatasetServiceClient;
  readonly recipes: readonly Recipe[];
  readonly backend: "auto" | "native" | "wasm";
  readonly logger: Logger;
  /** Aborted when the training is to stop. */
  readonly signal: AbortSignal;
}

/** Interactions that the version's event filter lets through. */
function eventsOf(version: VersionDocument, data: TrainingData): TrainingData {
  const { eventType, eventValueThreshold } = version;
  if (eventType === "" && eventValueThreshold === null) return data;
  const wanted = data.eventTypeNames.map((name) => eventType === "" || name.toLowerCase() === eventType.toLowerCase());
  const atLeast = eventValueThreshold ?? -Infinity;
  return filterInteractions(
    data,
    (i) => wanted[data.eventTypes[i]!]! && (eventValueThreshold === null || data.eventValues[i]! >= atLeast),
  );
}

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
  const recipe = parts.recipes.find((candidate) => candidate.descriptor.name === version.recipe);
  if (recipe === undefined) throw notFound("recipe", version.recipe);

  const reporter = new ProgressReporter(catalog, key, logger);
  try {
    reporter.report({ phase: "reading", fraction: 0, message: "Reading the data." });
    const snapshot = await readSnapshot(parts.datasets, job.datasetGroup, {
      signal,
      onProgress: (share: number) =>
        reporter.report({ phase: "reading", fraction: READING * share, message: "Reading the data." }),
    });
    const everything = eventsOf(version, snapshot.data);
    const statistics = statisticsOf(everything, snapshot.cursor);
    reporter.describe(statistics);
    if (statistics.interactions === 0) {
      const filter =
        version.eventType || version.eventValueThreshold !== null
          ? " that the solution's event filter lets through"
          : "";
      throw failedPrecondition(
        `Dataset group "${job.datasetGroup}" has no interactions${filter}; import or stream some first.`,
      );
    }

    const { primaryMetric, holdOut } = recipe.evaluation ?? recommendationEvaluation;
    const heldOut = holdOut(recipe, everything, { seed: version.seed });
    const earlier = catalog.checkpointsOf(key);
    let number = earlier.length;
    const publish = async (checkpoint: Checkpoint): Promise<void> => {
      const measured = heldOut.measure(checkpoint.evaluation);
      const metrics = finite(measured.metrics);
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
        popularityMetrics: finite(measured.baseline),
        createdAt: Date.now(),
      });
      logger.info({ version: key, checkpoint: number, bytes: stored.bytes, metrics }, "checkpoint stored");
    };
    const result = await recipe.train({
      everything,
      fit: heldOut.fit,
      hyperparameters: resolveHyperparameters(recipe.descriptor.hyperparameters, version.hyperparameters),
      seed: version.seed,
      backend: parts.backend,
      signal,
      report: (progress) => reporter.report({ ...progress, fraction: READING + (1 - READING) * progress.fraction }),
      publish,
    });
    signal.throwIfAborted();
    await catalog.insert("results", {
      _id: key,
      outcome: "ACTIVE",
      failureReason: "",
      backend: result.backend,
      seconds: reporter.seconds,
      statistics,
      createdAt: Date.now(),
    });
    reporter.report({ phase: "storing", fraction: 1, message: "Done." });
  } finally {
    await reporter.close();
  }
}

/** Without values that are not numbers, which not every store can hold. */
function finite(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}
