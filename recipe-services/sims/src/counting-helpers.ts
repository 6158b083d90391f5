import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { CountingWork } from "./sims/counting-work.js";

/** Pairs of interactions that a thread must find to be worth its start, about 50 ms. */
const PAIRS_PER_HELPER = 4_000_000;
/** More threads wait for memory rather than count. */
const MAX_HELPERS = 7;
/** What a helper runs. From a source file and from a compiled one this is the same compiled one. */
const PROGRAM = new URL("../dist/sims/counting-helper.js", import.meta.url);

/** Threads that help to count: one for each further core, where there is enough to do. */
export class CountingHelpers {
  readonly #workers: Worker[] = [];
  readonly #failed = new AbortController();

  /** @param most helpers at a time; by default one for each core but the one that counts anyway */
  constructor(private readonly most = Math.min(MAX_HELPERS, availableParallelism() - 1)) {}

  /** Aborted when a helper ends with an error, which is the reason: what it had taken would never be done. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /** Starts as many helpers as the work is worth. They end by themselves when nothing is left to take. */
  readonly help = (work: CountingWork): void => {
    const pairs = 2 * work.options.maxGap * work.positions.length;
    const wanted = Math.min(this.most, Math.floor(pairs / PAIRS_PER_HELPER));
    for (let k = 0; k < wanted; k++) {
      const worker = new Worker(PROGRAM, { workerData: work });
      worker.once("error", (error) => this.#failed.abort(error));
      this.#workers.push(worker);
    }
  };

  /** Ends all helpers, whatever they are at. */
  async stop(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.terminate()));
  }
}

/**
 * Runs something with helpers, and ends them with it.
 * @param run given what tells helpers of work, and a signal that is aborted as the given one is, or when a helper fails
 */
export async function withCountingHelpers<T>(
  signal: AbortSignal,
  run: (help: CountingHelpers["help"], signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const helpers = new CountingHelpers();
  try {
    return await run(helpers.help, AbortSignal.any([signal, helpers.failed]));
  } finally {
    await helpers.stop();
  }
}
