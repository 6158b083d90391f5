import { startMongo, type MongoOptions, type RunningMongo } from "@palate/mongo";
import type { Ending, Instance } from "./instance.js";

/** A MongoDB engine that can be started again and again on the same port and data. */
export class MongoProcess {
  readonly #options: MongoOptions;
  #running: RunningMongo | undefined;
  #startedBefore = false;

  constructor(options: MongoOptions) {
    this.#options = options;
  }

  /**
   * The engine as it was last started.
   * @throws Error before the first start
   */
  get running(): RunningMongo {
    if (this.#running === undefined) throw new Error("MongoDB has not been started.");
    return this.#running;
  }

  /** Starts one run; it is ready when this resolves. */
  async launch(): Promise<Instance> {
    // What the engine can do was found out at the first start.
    const running = await startMongo({ ...this.#options, probe: !this.#startedBefore });
    this.#running = running;
    this.#startedBefore = true;
    let stopped: () => void = () => {};
    const ended = new Promise<Ending>((resolve) => {
      running.onExit(({ code, signal }) =>
        resolve({ how: signal ? `signal ${signal}` : `exit code ${code}`, lastWords: [] }),
      );
      stopped = () => resolve({ how: "stopped", lastWords: [] });
    });
    return {
      pid: running.pid,
      ready: async () => {},
      ended,
      responds: () => running.responds(),
      kill: () => running.kill(),
      async stop() {
        await running.stop();
        stopped();
      },
    };
  }
}
