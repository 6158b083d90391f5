import type { Metrics } from "@palate/recipe";
import type { TrainingJob } from "./job.js";

/** What is to be tried. */
export interface TrialSpec {
  /** The recipe's name. */
  readonly recipe: string;
  /** Every hyperparameter that does not have its default. */
  readonly hyperparameters: Readonly<Record<string, string>>;
}

/** What a trial reached. */
export interface TrialReport {
  readonly metrics: Metrics;
  readonly seconds: number;
}

/** Starts a trial and resolves with what it reached. Rejects with why it failed, or with the signal's reason. */
export type StartTrial = (job: TrainingJob, spec: TrialSpec, signal: AbortSignal) => Promise<TrialReport>;
