import type { EvaluationRecord } from "../evaluation-record.js";

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
  /** The evaluation that the metrics come from; absent in old documents. */
  readonly evaluation?: EvaluationRecord;
  readonly createdAt: number;
}
