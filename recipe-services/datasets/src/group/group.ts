import type { Logger } from "@palate/host";
import type { CommitQueue } from "./commit-queue.js";
import type { GroupState } from "./group-state.js";

/** How often the log is looked at for commits of other processes while someone follows. */
const POLL_MS = 200;

/** A dataset group as this process works with it. */
export class Group {
  /** Its name. */
  readonly name: string;
  /** What is known of its log. */
  readonly state: GroupState;
  /** Through which everything is written. */
  readonly queue: CommitQueue;
  readonly #logger: Logger;
  #followers = 0;
  #polling = false;
  #closed = false;

  constructor(name: string, state: GroupState, queue: CommitQueue, logger: Logger) {
    this.name = name;
    this.state = state;
    this.queue = queue;
    this.#logger = logger;
  }

  /** Keeps the state current for as long as someone follows. Call the result to stop. */
  follow(): () => void {
    this.#followers++;
    if (!this.#polling) void this.#poll();
    return () => {
      this.#followers--;
    };
  }

  /** Stops looking for commits of other processes, and wakes all followers. */
  close(): void {
    this.#closed = true;
    this.state.changed.notify();
  }

  async #poll(): Promise<void> {
    this.#polling = true;
    let isUnreachable = false;
    while (this.#followers > 0 && !this.#closed) {
      try {
        await this.state.catchUp();
        if (isUnreachable) this.#logger.info({ group: this.name }, "the log can be read again");
        isUnreachable = false;
      } catch (thrown) {
        if (!isUnreachable) this.#logger.warn({ group: this.name, err: thrown }, "the log cannot be read; trying on");
        isUnreachable = true;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    this.#polling = false;
  }
}
