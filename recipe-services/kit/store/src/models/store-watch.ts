import { PalateError, toPalateError, unavailable } from "@palate/host";
import type { CommandFailedEvent, MongoClient } from "mongodb";
import { setTimeout as sleep } from "node:timers/promises";
import { toStoreError } from "../gridfs/store-error.js";

/** Time from one look to the next, and time that an answer may take. */
const LOOK_MS = 1_000;
const ANSWER_MS = 2_500;

/**
 * Whether the database can be used: it is asked again and again, and damage that any command of the client comes across is kept in mind
 * until the connection to the server is lost, as when it is restarted with data that was restored.
 */
export class StoreWatch {
  readonly #client: MongoClient;
  readonly #onChange: (problem: PalateError | undefined) => void;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  #damage: PalateError | undefined;
  #told: string | undefined;

  /**
   * @param client made with `monitorCommands`
   * @param onChange told whether the database can be used, at the first look and whenever that changes; the problem, if it cannot
   */
  constructor(client: MongoClient, onChange: (problem: PalateError | undefined) => void) {
    this.#client = client;
    this.#onChange = onChange;
    client.on("commandFailed", this.#notice);
    client.on("connectionPoolCleared", this.#forget);
    this.#running = this.#watch();
  }

  /** Ends the watching. */
  async close(): Promise<void> {
    this.#stopped.abort();
    this.#client.off("commandFailed", this.#notice);
    this.#client.off("connectionPoolCleared", this.#forget);
    await this.#running;
  }

  readonly #notice = ({ failure }: CommandFailedEvent): void => {
    const error = toStoreError(failure);
    if (error instanceof PalateError && error.code === "data_loss") this.#damage = error;
  };

  readonly #forget = (): void => {
    this.#damage = undefined;
  };

  async #watch(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const problem = (await this.#ask()) ?? this.#damage;
      if (signal.aborted) return;
      const told = problem?.message ?? "";
      if (told !== this.#told) this.#onChange(problem);
      this.#told = told;
      await sleep(LOOK_MS, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** What is wrong with reaching the server. */
  async #ask(): Promise<PalateError | undefined> {
    const { signal } = this.#stopped;
    const late = sleep(ANSWER_MS, unavailable("MongoDB does not answer."), { signal, ref: false }).catch(
      () => undefined,
    );
    const answer = this.#client
      .db("admin")
      .command({ ping: 1 })
      .then(
        () => undefined,
        (thrown: unknown) => toPalateError(toStoreError(thrown)),
      );
    return Promise.race([answer, late]);
  }
}
