import {
  type Campaign,
  type DataStatistics,
  type Recipe as RecipeMessage,
  type Solution,
  type SolutionVersion,
  type TrainingProgress,
  HyperparameterType,
  RecipeType as RecipeTypeMessage,
  ResourceStatus,
} from "@palate/proto/recipe";
import type { Hyperparameter, RecipeDescriptor, RecipeType } from "@palate/recipe";
import type {
  CampaignDocument,
  CheckpointDocument,
  LastDeletion,
  ProgressDocument,
  ResultDocument,
  SelectionDocument,
  SolutionDocument,
  StatisticsRecord,
  TrialDocument,
  VersionDocument,
} from "@palate/store";
import { campaignConfigMessage, explorationInForce } from "../serving/exploration-config.js";
import { solutionEmphasis } from "./emphasis-records.js";
import { checkpointQualityMessage, evaluationMessage } from "./evaluation-message.js";
import { isDeletedSince } from "./deleted-since.js";
import { solutionTuning, versionTuning } from "./tuning-messages.js";

/** Recipe types as the API names them. */
export const RECIPE_TYPES: Readonly<Record<RecipeType, RecipeTypeMessage>> = {
  USER_PERSONALIZATION: RecipeTypeMessage.RECIPE_TYPE_USER_PERSONALIZATION,
  POPULAR_ITEMS: RecipeTypeMessage.RECIPE_TYPE_POPULAR_ITEMS,
  RELATED_ITEMS: RecipeTypeMessage.RECIPE_TYPE_RELATED_ITEMS,
  PERSONALIZED_RANKING: RecipeTypeMessage.RECIPE_TYPE_PERSONALIZED_RANKING,
  PERSONALIZED_ACTIONS: RecipeTypeMessage.RECIPE_TYPE_PERSONALIZED_ACTIONS,
  USER_SEGMENTATION: RecipeTypeMessage.RECIPE_TYPE_USER_SEGMENTATION,
};

const HYPERPARAMETER_TYPES: Readonly<Record<Hyperparameter["type"], HyperparameterType>> = {
  integer: HyperparameterType.HYPERPARAMETER_TYPE_INTEGER,
  continuous: HyperparameterType.HYPERPARAMETER_TYPE_CONTINUOUS,
  categorical: HyperparameterType.HYPERPARAMETER_TYPE_CATEGORICAL,
  boolean: HyperparameterType.HYPERPARAMETER_TYPE_BOOLEAN,
  text: HyperparameterType.HYPERPARAMETER_TYPE_TEXT,
};

const OUTCOMES: Readonly<Record<ResultDocument["outcome"], ResourceStatus>> = {
  ACTIVE: ResourceStatus.RESOURCE_STATUS_ACTIVE,
  "CREATE FAILED": ResourceStatus.RESOURCE_STATUS_CREATE_FAILED,
  "CREATE STOPPED": ResourceStatus.RESOURCE_STATUS_CREATE_STOPPED,
};

/** A recipe as the API describes it. */
export function recipeMessage(recipe: RecipeDescriptor, service: string): RecipeMessage {
  return {
    name: recipe.name,
    type: RECIPE_TYPES[recipe.type],
    description: recipe.description,
    requiresUser: recipe.requiresUser,
    requiresItem: recipe.requiresItem,
    service,
    hyperparameters: recipe.hyperparameters.map((parameter) => ({
      name: parameter.name,
      type: HYPERPARAMETER_TYPES[parameter.type],
      defaultValue: String(parameter.default),
      minimum: "minimum" in parameter ? parameter.minimum : undefined,
      maximum: "maximum" in parameter ? parameter.maximum : undefined,
      choices: parameter.type === "categorical" ? [...parameter.choices] : [],
      description: parameter.description,
      tunable: parameter.tunable,
    })),
  };
}

/** A solution as the API describes it. */
export function solutionMessage(solution: SolutionDocument, latestVersionId: string): Solution {
  return {
    datasetGroup: solution.datasetGroup,
    name: solution.name,
    recipe: solution.recipe,
    hyperparameters: { ...solution.hyperparameters },
    eventType: solution.eventType,
    eventValueThreshold: solution.eventValueThreshold ?? undefined,
    status: ResourceStatus.RESOURCE_STATUS_ACTIVE,
    latestVersionId,
    createdAtMs: solution.createdAt,
    retrainAfterDeletion: solution.retrainsAfterDeletion ?? false,
    ...solutionTuning(solution),
    ...solutionEmphasis(solution),
  };
}

/** Everything known of one version. */
export interface VersionFacts {
  readonly version: VersionDocument;
  readonly checkpoints: readonly CheckpointDocument[];
  readonly result: ResultDocument | undefined;
  readonly progress: ProgressDocument | null;
  /** What it found out before it was trained. */
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
  const { version, checkpoints, result, progress, selection, trials } = facts;
  const newest = checkpoints.at(-1);
  return {
    datasetGroup: version.datasetGroup,
    solution: version.solution,
    versionId: version.versionId,
    recipe: selection?.recipe ?? version.recipe,
    status: statusOf(facts),
    failureReason: result?.failureReason ?? "",
    hyperparameters: { ...(selection ?? version).hyperparameters },
    seed: version.seed,
    progress: progressMessage(facts),
    metrics: { ...newest?.metrics },
    baselineMetrics: { ...newest?.baselineMetrics },
    evaluation: newest && evaluationMessage(newest),
    checkpointHistory: checkpoints.map(checkpointQualityMessage),
    dataStatistics: statisticsMessage(result?.statistics ?? progress?.statistics),
    backend: result?.backend ?? "",
    trainingSeconds: result?.seconds ?? 0,
    checkpoints: checkpoints.length,
    sha256: newest?.sha256 ?? "",
    modelBytes: newest?.bytes ?? 0,
    createdAtMs: version.createdAt,
    dataDeletedAtMs: isDeletedSince((result?.statistics ?? progress?.statistics)?.cursor ?? "", facts.deletion)
      ? facts.deletion!.at
      : 0,
    ...versionTuning(version, selection, trials),
    updatedAtMs: result?.createdAt ?? progress?.reportedAt ?? version.createdAt,
  };
}

/** What answers for a campaign now. */
export interface ServingFacts {
  readonly versionId: string;
  readonly checkpoint: number;
}

/** A campaign as the API describes it. */
export function campaignMessage(
  campaign: CampaignDocument,
  recipe: RecipeDescriptor | undefined,
  serving: ServingFacts | undefined,
): Campaign {
  return {
    datasetGroup: campaign.datasetGroup,
    name: campaign.name,
    solution: campaign.solution,
    versionId: campaign.versionId,
    servingVersionId: serving?.versionId ?? "",
    servingCheckpoint: serving?.checkpoint ?? 0,
    recipe: recipe?.name ?? "",
    recipeType: recipe ? RECIPE_TYPES[recipe.type] : RecipeTypeMessage.RECIPE_TYPE_UNSPECIFIED,
    status: serving ? ResourceStatus.RESOURCE_STATUS_ACTIVE : ResourceStatus.RESOURCE_STATUS_CREATE_PENDING,
    createdAtMs: campaign.createdAt,
    updatedAtMs: campaign.updatedAt,
    campaignConfig: campaignConfigMessage(explorationInForce(campaign, recipe), campaign.hidingEventTypes),
  };
}
