import type { TrainingPlan } from "./solution.js";

/** A training that was asked for, as stored. Immutable; progress, checkpoints and result are documents of their own. */
export interface VersionDocument extends TrainingPlan {
  /** Key of the version: `versionKey` in `keys.ts`. */
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
  /**
   * Its place among the solution's versions, counted from 1, which tells the newest whatever clocks said; two that were created at the same
   * time may share one. Absent in those of before there was one: they are older.
   */
  readonly number?: number;
  readonly createdAt: number;
}
