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
  readonly createdAt: number;
}
