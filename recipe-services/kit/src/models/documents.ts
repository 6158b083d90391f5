import { createHash } from "node:crypto";

/** A recipe with its configuration, as stored. Immutable. */
export interface SolutionDocument {
  /** "datasetGroup|name". */
  readonly _id: string;
  readonly datasetGroup: string;
  readonly name: string;
  /** The recipe's name. */
  readonly recipe: string;
  /** Every hyperparameter with the value in force, as text. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Train on events of this type only; empty means all. */
  readonly eventType: string;
  /** Train on events whose EVENT_VALUE is at least this; null means all. */
  readonly eventValueThreshold: number | null;
  /** Unix time in milliseconds. */
  readonly createdAt: number;
}

/** A training that was asked for, as stored. Immutable; what comes of it stands in other documents. */
export interface VersionDocument {
  /** {@link versionKey}. */
  readonly _id: string;
  readonly datasetGroup: string;
  readonly solution: string;
  /** Eight hexadecimal digits. */
  readonly versionId: string;
  readonly recipe: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly eventType: string;
  readonly eventValueThreshold: number | null;
  readonly seed: number;
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
  readonly popularityMetrics: Readonly<Record<string, number>>;
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

/** Where recommendations are served from, as stored; only `versionId` and `updatedAt` ever change. */
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
