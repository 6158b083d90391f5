import type { Logger } from "@palate/host";
import { versionIdOf, versionKey, type Catalog, type SolutionDocument, type VersionDocument } from "@palate/store";
import { isDeletedSince } from "./deleted-since.js";

/** Seed of a training whose caller gives none. */
export const DEFAULT_SEED = 42;

/** What the caller of a training chooses. */
export interface VersionChoices {
  readonly versionId: string;
  readonly seed: number;
  readonly trainingMode: "FULL" | "UPDATE";
  readonly trainingType: "MANUAL" | "AUTOMATIC";
  /** Place among the solution's versions. */
  readonly number: number;
}

/** A new version of a solution, with the solution's present configuration. */
export function newVersion(solution: SolutionDocument, choices: VersionChoices, now: number): VersionDocument {
  const { datasetGroup, name, recipe, hyperparameters, eventType, eventValueThreshold, tuning, events, objective } =
    solution;
  return {
    _id: versionKey(datasetGroup, name, choices.versionId),
    datasetGroup,
    solution: name,
    recipe,
    hyperparameters,
    eventType,
    eventValueThreshold,
    ...(events && { events }),
    ...(objective && { objective }),
    ...(tuning && { tuning }),
    ...choices,
    createdAt: now,
  };
}

/**
 * Creates the versions that are due: of each solution with automatic training, when its newest training has ended and
 * is older than the interval. The first one is due at once. Several processes may do this; a version's id follows from
 * the one before, so that only one of them creates it.
 * A solution that is to be retrained after deletions is due when its newest version was trained on data that was deleted since.
 * @param now Unix time in milliseconds
 */
export async function trainWhatIsDue(catalog: Catalog, now: number, logger: Logger): Promise<void> {
  for (const solution of catalog.solutions.values()) {
    const { trainsEvery, retrainsAfterDeletion } = solution;
    if (trainsEvery === undefined && !retrainsAfterDeletion) continue;
    const newest = catalog.versionsOf(solution.datasetGroup, solution.name)[0];
    const result = newest && catalog.results.get(newest._id);
    if (newest && !result) continue;
    const tooOld = trainsEvery !== undefined && (!newest || now - newest.createdAt >= trainsEvery);
    const cursor = result?.outcome === "ACTIVE" ? result.statistics.cursor : "";
    const deleted = retrainsAfterDeletion && isDeletedSince(cursor, catalog.lastDeletion(solution.datasetGroup));
    if (!tooOld && !deleted) continue;
    const versionId = versionIdOf(solution.datasetGroup, solution.name, `after ${newest?.versionId ?? "nothing"}`);
    const number = catalog.nextVersionNumber(solution.datasetGroup, solution.name);
    const choices = { versionId, number, seed: DEFAULT_SEED, trainingMode: "FULL", trainingType: "AUTOMATIC" } as const;
    const version = newVersion(solution, choices, now);
    if (await catalog.insert("versions", version)) logger.info({ version: version._id }, "a training is due");
  }
}
