import { toPalateError, type ErrorCode, type Logger } from "@palate/host";
import { toStoreError, type Catalog } from "@palate/store";
import type { BatchRunner } from "./batch/batch-runner.js";
import { trainWhatIsDue } from "./control/auto-training.js";
import type { TrainingQueue } from "./control/training-queue.js";
import type { ServingHub } from "./serving/serving-hub.js";

const FOLLOW_EVERY_MS = 250;

/** What follows the catalogue. */
export interface CatalogFollowerParts {
  readonly catalog: Catalog;
  /** Loads what campaigns serve. */
  readonly hub: ServingHub;
  /** Starts trainings. */
  readonly queue: TrainingQueue;
  /** Starts batch jobs. */
  readonly runner: BatchRunner;
  readonly logger: Logger;
  /** Connects to the database; resolves at once when it is connected. */
  readonly connect: () => Promise<unknown>;
  /** Called each time that serving agrees with the catalogue. */
  readonly onLoaded: () => void;
}

/**
 * Reads the catalogue again and again, and starts what it asks for: loads models, trains what is due, runs batch jobs. While
 * the catalogue cannot be read, what is loaded goes on serving.
 */
export class CatalogFollower {
  readonly #parts: CatalogFollowerParts;
  #stopped = false;
  /** Revision of the catalogue that serving agrees with; NaN before the first. */
  #followed = Number.NaN;
  /** Code of the last error, which is logged once; undefined when the last reading succeeded. */
  #lastError: ErrorCode | undefined;
  #loop: Promise<void> = Promise.resolve();

  constructor(parts: CatalogFollowerParts) {
    this.#parts = parts;
  }

  /** Follows the catalogue until the returned function is called. */
  start(): () => Promise<void> {
    this.#loop = this.#follow();
    return async () => {
      this.#stopped = true;
      await this.#loop;
    };
  }

  async #follow(): Promise<void> {
    const { logger } = this.#parts;
    while (!this.#stopped) {
      try {
        await this.#sync();
        if (this.#lastError) logger.info("the catalogue can be read again");
        this.#lastError = undefined;
      } catch (error) {
        // The driver words the same trouble in several ways.
        const { code } = toPalateError(toStoreError(error));
        if (code !== this.#lastError)
          logger.warn({ err: error }, "the catalogue cannot be read; what is loaded goes on serving");
        this.#lastError = code;
      }
      await new Promise((resolve) => setTimeout(resolve, FOLLOW_EVERY_MS));
    }
  }

  async #sync(): Promise<void> {
    const { connect, catalog, hub, queue, runner, logger, onLoaded } = this.#parts;
    await connect();
    await catalog.refresh();
    if (catalog.revision !== this.#followed || hub.retryIsDue) await hub.sync().then(onLoaded);
    this.#followed = catalog.revision;
    await trainWhatIsDue(catalog, Date.now(), logger);
    await queue.sync();
    await runner.sync();
  }
}
