/** Training in a process of its own: launchers, the trainer, its progress. */
export { ChildProcessLauncher, STOPPED_EXIT_CODE } from "./child-process-launcher.js";
export type { TrainingExit, TrainingJob, TrainingLauncher } from "./job.js";
export { ProgressReporter } from "./progress-reporter.js";
export { runTrainer, type TrainerParts } from "./trainer.js";
export {
  runTrial,
  trainingSecondsOf,
  tryConfiguration,
  withBudget,
  type ConfigurationParts,
  type TrialReport,
  type TrialSpec,
} from "./trial.js";
export { trialsInProcesses, type StartTrial, type TrialMessage } from "./trial-process.js";
