import type { Logger } from "./logger.js";

/** Where a process is in its life. */
export type Phase = "starting" | "serving" | "draining" | "stopped";

/** Something to close when the process ends. */
export interface Closable {
  /** What it is, for the log. */
  readonly name: string;
  /** Closes it. */
  close(): Promise<void> | void;
}

/**
 * One process from start to end. What is opened first is closed last; SIGTERM and SIGINT start the end, a second one
 * hurries it.
 */
export class Lifecycle {
  #phase: Phase = "starting";
  readonly #closables: Closable[] = [];
  readonly #logger: Logger;
  readonly #ended: Promise<void>;
  #end: () => void = () => {};

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** Where the process is now. */
  get phase(): Phase {
    return this.#phase;
  }

  /** Resolves once everything is closed. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Registers something to close at the end, before everything registered earlier. */
  onStop(name: string, close: () => Promise<void> | void): void {
    this.#closables.push({ name, close });
  }

  /**
   * Ends this process when its parent is gone, which closes the IPC channel to it: at once while it starts, in order later. To be
   * called before anything is started: the parent may be gone already.
   */
  endWithParent(): void {
    if (process.connected === undefined) {
      this.#logger.warn("PALATE_EXIT_WITH_PARENT has no effect: there is no IPC channel to the parent process");
      return;
    }
    if (!process.connected) process.exit(0);
    process.on("disconnect", () => {
      if (this.#phase === "starting") process.exit(0);
      this.#stopFor("disconnect");
    });
  }

  /** Says that the process is usable, and listens for signals. */
  started(): void {
    this.#phase = "serving";
    const stop = (signal: string) => {
      if (this.#phase === "draining") process.exit(1);
      this.#stopFor(signal);
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
  }

  #stopFor(signal: string): void {
    this.#logger.info({ signal }, "stopping");
    void this.stop().then(() => process.exit(0));
  }

  /** Closes everything in reverse order. A failure to close one thing does not keep the rest open. */
  async stop(): Promise<void> {
    if (this.#phase === "draining" || this.#phase === "stopped") return this.#ended;
    this.#phase = "draining";
    for (const closable of this.#closables.reverse()) {
      try {
        await closable.close();
      } catch (error) {
        this.#logger.error({ err: error, what: closable.name }, "could not close");
      }
    }
    this.#phase = "stopped";
    this.#logger.info("stopped");
    this.#end();
  }
}
