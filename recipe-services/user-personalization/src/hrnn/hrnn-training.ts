import type { TrainingInput } from "@palate/recipe";
import type { TensorBackend } from "@palate/tensorflow";
import type { ComputationOptions } from "@palate/sequence";

/** How the recipes on the recurrent network differ. */
export interface HrnnPlan {
  /** Whether metadata of items and users takes part. */
  readonly metadata: boolean;
  /** What the recipe adds to the metadata of its artefacts. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** What the steps of one training share. */
export interface HrnnTraining {
  readonly input: TrainingInput;
  readonly plan: HrnnPlan;
  readonly backend: TensorBackend;
  readonly computation: ComputationOptions;
  /** When it started, by `performance.now`. */
  readonly started: number;
  /** Share of the progress bar for the closed form. */
  readonly closedShare: number;
}
