import type { StatisticsRecord } from "./result.js";

/** One point of a curve drawn while training. */
export interface CurvePointRecord {
  readonly seconds: number;
  readonly series: string;
  readonly value: number;
}

/** How far a training is; overwritten while it runs, which is its heartbeat. */
export interface ProgressDocument {
  /** Key of the version: `versionKey` in `keys.ts`. */
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
