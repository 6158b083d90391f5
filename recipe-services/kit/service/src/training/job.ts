/** Which version to train. */
export interface TrainingJob {
  readonly datasetGroup: string;
  readonly solution: string;
  readonly versionId: string;
}

/** How a trainer process ended. */
export interface TrainingExit {
  /** Whether it ended by itself with success. */
  readonly ok: boolean;
  /** Whether something killed it; worth another attempt. */
  readonly killed: boolean;
  /** What it last said, for the failure reason. */
  readonly reason: string;
}

/** Starts trainers where this installation runs them: a child process on one machine, a job in a cluster. */
export interface TrainingLauncher {
  /** Starts a trainer; resolves when it has ended, however it ended. */
  launch(job: TrainingJob): Promise<TrainingExit>;
  /** Asks a running trainer to stop and kills it after two seconds. Does nothing if it does not run here. */
  stop(job: TrainingJob): void;
  /** Stops every trainer started here. */
  close(): Promise<void>;
}
