import type { EventWeight, Objective } from "@palate/recipe";
import { createHash } from "node:crypto";
import type { EvaluationRecord } from "./evaluation-record.js";

/** What is trained and on which events: a solution says it, and each of its versions keeps it. */
export interface TrainingPlan {
  /** The recipe's name. */
  readonly recipe: string;
  /** Every hyperparameter with the value in force, as text. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Train on events of this type only; empty means all. */
  readonly eventType: string;
  /** Train on events whose EVENT_VALUE is at least this; null means all. */
  readonly eventValueThreshold: number | null;
  /** Which events it trains on and how much each type counts; absent: all alike that the two above let through. */
  readonly events?: readonly EventWeight[];
  /** What it makes much of beside relevance; absent: nothing. */
  readonly objective?: Objective;
  /** How each training chooses its recipe and hyperparameters; absent when both are given. */
  readonly tuning?: TuningRecord;
}

/** A recipe with its configuration, as stored. Immutable. */
export interface SolutionDocument extends TrainingPlan {
  /** "datasetGroup|name". */
  readonly _id: string;
  readonly datasetGroup: string;
  readonly name: string;
  /** Whether it trains anew when data was deleted that its newest version learnt from; absent: no. */
  readonly retrainsAfterDeletion?: boolean;
  /** Milliseconds from one automatic training to the next; absent when it does not train by itself. */
  readonly trainsEvery?: number;
  /** Unix time in milliseconds. */
  readonly createdAt: number;
}

/** A dataset group that solutions here are of, as it was last seen. */
export interface SeenGroupDocument {
  /** Its name. */
  readonly _id: string;
  /** Tells it from a group that had its name before. */
  readonly uid: string;
  /** Cursor and Unix time in milliseconds of the last deletion of users or items; empty and 0 before the first. */
  readonly deletionCursor: string;
  readonly deletionAt: number;
  /** Unix time in milliseconds of the last deletion whose ids were taken out of what is stored here. */
  readonly erasedThrough: number;
}

/** How hyperparameters are searched for. */
export interface HpoRecord {
  /** Key of the metric to optimise; empty means the recipe's own. */
  readonly metric: string;
  /** Whether less of it is better. */
  readonly minimize: boolean;
  /** Configurations tried. */
  readonly trials: number;
  /** Trials at the same time; 0 means as many as suit the machine. */
  readonly parallel: number;
  readonly numeric: readonly { readonly name: string; readonly minimum: number; readonly maximum: number }[];
  readonly categorical: readonly { readonly name: string; readonly values: readonly string[] }[];
}

/** What a training is to find out before it begins. */
export interface TuningRecord {
  /** How to search for hyperparameters; null when they are given. */
  readonly hpo: HpoRecord | null;
  /** Recipes to choose from and the metric to choose by (empty: their own); null when the recipe is given. */
  readonly autoMl: { readonly metric: string; readonly recipes: readonly string[] } | null;
}

/** A training that was asked for, as stored. Immutable; what comes of it stands in other documents. */
export interface VersionDocument extends TrainingPlan {
  /** {@link versionKey}. */
  readonly _id: string;
  readonly datasetGroup: string;
  readonly solution: string;
  /** Eight hexadecimal digits. */
  readonly versionId: string;
  readonly seed: number;
  /** Whether it starts from the version before; absent: FULL. */
  readonly trainingMode?: "FULL" | "UPDATE";
  /** Who asked for it; absent: MANUAL. */
  readonly trainingType?: "MANUAL" | "AUTOMATIC";
  readonly createdAt: number;
}

/** One configuration tried for a version, as stored. Immutable. */
export interface TrialDocument {
  /** "versionKey|recipe|number|budget in thousandths". */
  readonly _id: string;
  readonly versionKey: string;
  readonly recipe: string;
  /** Counts from 1 over the whole version, in the order in which configurations were thought of. */
  readonly number: number;
  /** Hyperparameters that were varied. */
  readonly values: Readonly<Record<string, string>>;
  /** Share of the full training time, 0 to 1. */
  readonly budget: number;
  /** The objective's value; null when the trial failed. */
  readonly objective: number | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Why it failed; empty otherwise. */
  readonly failureReason: string;
  readonly createdAt: number;
}

/** What a version is trained with in the end, where that was to be found out. Immutable. */
export interface SelectionDocument {
  /** {@link versionKey}. */
  readonly _id: string;
  readonly recipe: string;
  /** Every hyperparameter with the value in force. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Those that were searched for. */
  readonly tuned: Readonly<Record<string, string>>;
  /** Number of the trial that won. */
  readonly trial: number;
  readonly createdAt: number;
}

/** A model of a version that can serve, as stored. Immutable. */
export interface CheckpointDocument {
  /** "versionKey|number". */
  readonly _id: string;
  readonly versionKey: string;
  /** Counts from 1; higher is better. */
  readonly number: number;
  /** SHA-256 of the model file in hexadecimal. */
  readonly sha256: string;
  /** Bytes of the model file. */
  readonly bytes: number;
  /** Seconds since training began. */
  readonly seconds: number;
  /** Metrics on held-out data by Amazon Personalize's keys. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The same metrics of the baseline. */
  readonly baselineMetrics: Readonly<Record<string, number>>;
  /** What stands behind the metrics; absent in old documents. */
  readonly evaluation?: EvaluationRecord;
  readonly createdAt: number;
}

/** How a training ended, as stored. Immutable. */
export interface ResultDocument {
  /** {@link versionKey}. */
  readonly _id: string;
  readonly outcome: "ACTIVE" | "CREATE FAILED" | "CREATE STOPPED";
  /** Why it failed; empty otherwise. */
  readonly failureReason: string;
  /** Tensor backend used; empty when it never came to that. */
  readonly backend: string;
  /** Seconds from start to end. */
  readonly seconds: number;
  readonly statistics: StatisticsRecord;
  readonly createdAt: number;
}

/** What a model was trained on. */
export interface StatisticsRecord {
  readonly users: number;
  readonly items: number;
  readonly interactions: number;
  /** Cursor up to which data was read. */
  readonly cursor: string;
  /** What of the data is too little, or odd, for the model or its metrics to mean much; absent in old documents. */
  readonly warnings?: readonly string[];
}

/** One point of a curve drawn while training. */
export interface CurvePointRecord {
  readonly seconds: number;
  readonly series: string;
  readonly value: number;
}

/** How far a training is; overwritten while it runs, and its sign of life. */
export interface ProgressDocument {
  /** {@link versionKey}. */
  readonly _id: string;
  readonly phase: string;
  readonly fraction: number;
  readonly message: string;
  /** Estimated seconds left; null while unknown. */
  readonly secondsLeft: number | null;
  readonly curve: readonly CurvePointRecord[];
  readonly statistics: StatisticsRecord | null;
  readonly reportedAt: number;
}

/** How a campaign explores new items, as stored. */
export interface ExplorationRecord {
  /** 0 to 1. */
  readonly weight: number;
  /** Days before the newest interaction. */
  readonly ageCutOffDays: number;
}

/** Where recommendations are served from, as stored; only the version, the configuration and `updatedAt` ever change. */
export interface CampaignDocument {
  /** "datasetGroup|name". */
  readonly _id: string;
  readonly datasetGroup: string;
  readonly name: string;
  readonly solution: string;
  /** A version's id or "$LATEST". */
  readonly versionId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** How new items are explored; absent in campaigns of recipes that do not, or stored before they could. */
  readonly exploration?: ExplorationRecord;
  /** Event types that hide an item from a user; absent: the usual ones. */
  readonly hidingEventTypes?: readonly string[];
}

/** A batch job that was asked for, as stored. Immutable; its questions are in GridFS. */
export interface BatchJobDocument {
  /** "datasetGroup|name". */
  readonly _id: string;
  readonly datasetGroup: string;
  readonly name: string;
  readonly solution: string;
  /** {@link versionKey} of the version that answers. */
  readonly versionKey: string;
  readonly versionId: string;
  readonly recipe: string;
  /** The request without its input, as a protobuf message in base64. */
  readonly template: string;
  /** SHA-256 of the request in hexadecimal: tells a retry from another job of the same name. */
  readonly digest: string;
  readonly createdAt: number;
}

/** How far a batch job is. */
export interface BatchCounts {
  /** Lines of the input; 0 until they are counted. */
  readonly lines: number;
  /** Lines whose answers are stored. */
  readonly done: number;
  /** Lines among them that could not be answered. */
  readonly failed: number;
  /** Files that the stored answers are in. */
  readonly parts: number;
  readonly outputBytes: number;
  /** Seconds spent on answering. */
  readonly seconds: number;
}

/** A running batch job's counts; overwritten while it runs, and its sign of life. */
export interface BatchProgressDocument extends BatchCounts {
  readonly _id: string;
  /** How manieth runner has it. */
  readonly epoch: number;
  readonly reportedAt: number;
}

/** How a batch job ended, as stored. Immutable. */
export interface BatchResultDocument extends BatchCounts {
  readonly _id: string;
  readonly outcome: "ACTIVE" | "CREATE FAILED" | "CREATE STOPPED";
  /** Why it failed; empty otherwise. */
  readonly failureReason: string;
  readonly createdAt: number;
}

/** Key of a resource that has a name within a dataset group. */
export function resourceKey(datasetGroup: string, name: string): string {
  return `${datasetGroup}|${name}`;
}

/** Key of a solution version. */
export function versionKey(datasetGroup: string, solution: string, versionId: string): string {
  return `${datasetGroup}|${solution}|${versionId}`;
}

/** The version id that a request id stands for: a retry finds the version that the first call created. */
export function versionIdOf(datasetGroup: string, solution: string, requestId: string): string {
  return createHash("sha256").update(`${datasetGroup}|${solution}|${requestId}`).digest("hex").slice(0, 8);
}
