import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { CountingWork } from "./sims/counting-work.js";

/** Pairs of interactions that must be left for a thread to pay for its start of about 50 ms. */
const PAIRS_PER_HELPER = 4_000_000;
/** Most helpers: with more, threads wait for memory instead of counting. */
const MAX_HELPERS = 7;
/** The program of a helper: the compiled file, also when this module runs from its source. */
const PROGRAM = new URL("../dist/sims/counting-helper.js", import.meta.url);

/** Worker threads that help to count: one for each further core, where there is enough to do. */
export class CountingHelpers {
  readonly #workers: Worker[] = [];
  readonly #failed = new AbortController();

  /** @param max helpers at a time; by default one for each core but the first, which counts itself */
  constructor(private readonly max = Math.min(MAX_HELPERS, availableParallelism() - 1)) {}

  /** Aborted, with the error as its reason, when a helper fails: the batches it had taken would never be finished. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /** Starts as many helpers as pay off. They end by themselves when no batch is left. */
  readonly help = (work: CountingWork): void => {
    const pairs = 2 * work.options.maxGap * work.positions.length;
    const helpers = Math.min(this.max, Math.floor(pairs / PAIRS_PER_HELPER));
    for (let k = 0; k < helpers; k++) {
      const worker = new Worker(PROGRAM, { workerData: work });
      worker.once("error", (error) => this.#failed.abort(error));
      this.#workers.push(worker);
    }
  };

  /** Ends all helpers, even in the middle of a batch. */
  async stop(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.terminate()));
  }
}

/**
 * Runs a computation with helpers, which end with it.
 * @param run called with the function that starts helpers, and a signal that aborts with the given one or when a helper fails
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
