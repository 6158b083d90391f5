/** Training in a process of its own: launchers, the trainer, its progress. */
export { ChildProcessLauncher, STOPPED_EXIT_CODE } from "./child-process-launcher.js";
export type { TrainingExit, TrainingJob, TrainingLauncher } from "./job.js";
export { ProgressReporter } from "./progress-reporter.js";
export { runTrainer, type TrainerParts } from "./trainer.js";
