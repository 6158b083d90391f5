import { ResourceStatus, type DataStatistics, type SolutionVersion, type TrainingProgress } from "@palate/proto/recipe";
import type {
  CheckpointDocument,
  LastDeletion,
  ProgressDocument,
  ResultDocument,
  SelectionDocument,
  StatisticsRecord,
  TrialDocument,
  VersionDocument,
} from "@palate/store";
import { isDeletedSince } from "./deleted-since.js";
import { checkpointQualityMessage, evaluationMessage } from "./evaluation-message.js";
import { versionTuning } from "./tuning-messages.js";

const OUTCOMES: Readonly<Record<ResultDocument["outcome"], ResourceStatus>> = {
  ACTIVE: ResourceStatus.RESOURCE_STATUS_ACTIVE,
  "CREATE FAILED": ResourceStatus.RESOURCE_STATUS_CREATE_FAILED,
  "CREATE STOPPED": ResourceStatus.RESOURCE_STATUS_CREATE_STOPPED,
};

/** Everything known of one version. */
export interface VersionFacts {
  readonly version: VersionDocument;
  readonly checkpoints: readonly CheckpointDocument[];
  readonly result: ResultDocument | undefined;
  readonly progress: ProgressDocument | null;
  /** The configuration that it searched for, and the trials of that search. */
  readonly selection: SelectionDocument | undefined;
  readonly trials: readonly TrialDocument[];
  /** Whether it was asked to stop. */
  readonly stopping: boolean;
  /** The last deletion of users or items in its dataset group. */
  readonly deletion: LastDeletion | undefined;
}

function statusOf(facts: VersionFacts): ResourceStatus {
  if (facts.result) return OUTCOMES[facts.result.outcome];
  if (facts.stopping) return ResourceStatus.RESOURCE_STATUS_CREATE_STOPPING;
  return facts.progress
    ? ResourceStatus.RESOURCE_STATUS_CREATE_IN_PROGRESS
    : ResourceStatus.RESOURCE_STATUS_CREATE_PENDING;
}

function statisticsMessage(statistics: StatisticsRecord | null | undefined): DataStatistics | undefined {
  return statistics ? { ...statistics, warnings: [...(statistics.warnings ?? [])] } : undefined;
}

function progressMessage(facts: VersionFacts): TrainingProgress | undefined {
  const { progress, result } = facts;
  if (progress === null) return undefined;
  const done = result?.outcome === "ACTIVE";
  return {
    phase: progress.phase,
    fraction: done ? 1 : progress.fraction,
    message: done ? "Done." : progress.message,
    secondsLeft: done ? 0 : (progress.secondsLeft ?? undefined),
    curve: progress.curve.map((point) => ({ ...point })),
    reportedAtMs: progress.reportedAt,
  };
}

/** A version as the API describes it. */
export function versionMessage(facts: VersionFacts): SolutionVersion {
  const { version, selection, trials } = facts;
  return {
    datasetGroup: version.datasetGroup,
    solution: version.solution,
    versionId: version.versionId,
    recipe: selection?.recipe ?? version.recipe,
    status: statusOf(facts),
    hyperparameters: { ...(selection ?? version).hyperparameters },
    seed: version.seed,
    progress: progressMessage(facts),
    createdAtMs: version.createdAt,
    ...resultFields(facts),
    ...modelFields(facts.checkpoints),
    ...versionTuning(version, selection, trials),
  };
}

type ResultFields = Pick<
  SolutionVersion,
  "failureReason" | "backend" | "trainingSeconds" | "dataStatistics" | "dataDeletedAtMs" | "updatedAtMs"
>;

/** The training's result, or what is known of it so far. */
function resultFields({ version, result, progress, deletion }: VersionFacts): ResultFields {
  const statistics = result?.statistics ?? progress?.statistics;
  return {
    failureReason: result?.failureReason ?? "",
    backend: result?.backend ?? "",
    trainingSeconds: result?.seconds ?? 0,
    dataStatistics: statisticsMessage(statistics),
    dataDeletedAtMs: isDeletedSince(statistics?.cursor ?? "", deletion) ? deletion!.at : 0,
    updatedAtMs: result?.createdAt ?? progress?.reportedAt ?? version.createdAt,
  };
}

type ModelFields = Pick<
  SolutionVersion,
  "checkpoints" | "checkpointHistory" | "metrics" | "baselineMetrics" | "evaluation" | "sha256" | "modelBytes"
>;

/** The version's models, and the newest one in detail. */
function modelFields(checkpoints: readonly CheckpointDocument[]): ModelFields {
  const newest = checkpoints.at(-1);
  return {
    checkpoints: checkpoints.length,
    checkpointHistory: checkpoints.map(checkpointQualityMessage),
    metrics: { ...newest?.metrics },
    baselineMetrics: { ...newest?.baselineMetrics },
    evaluation: newest && evaluationMessage(newest),
    sha256: newest?.sha256 ?? "",
    modelBytes: newest?.bytes ?? 0,
  };
}
