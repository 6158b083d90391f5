/** How a process ended. */
export interface Ending {
  /** "exit code 1", "signal SIGKILL". */
  readonly how: string;
  /** What it said last, if anything is known. */
  readonly lastWords: readonly string[];
}

/** One run of a process. */
export interface Instance {
  /** Process id; undefined when the process is not ours. */
  readonly pid: number | undefined;
  /** Resolves when the process can be used; rejects when `signal` aborts first. */
  ready(signal: AbortSignal): Promise<void>;
  /** Resolves when the process has ended; never rejects. */
  readonly ended: Promise<Ending>;
  /** Whether the process answers at all, whatever it says; false after some seconds of silence. */
  responds(): Promise<boolean>;
  /** Ends the process at once. */
  kill(): void;
  /** Asks the process to end and resolves when it has. */
  stop(): Promise<void>;
}
