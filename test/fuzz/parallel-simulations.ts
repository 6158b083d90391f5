import { runSimulations, type SimulationFigures } from "@palate/datasets/simulation";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

/** Runs that are worth a thread of their own: it takes a second to load and to warm up. */
const WORTHWHILE_RUNS = 200;

/** What a thread does; a simulation replaces its clock and timers. */
const PROGRAM = `
  import { parentPort, workerData } from "node:worker_threads";
  const { runSimulations } = await import(workerData.module);
  await runSimulations(workerData.seed, workerData.runs).then(
    (figures) => parentPort.postMessage({ figures }),
    ({ message, seed }) => parentPort.postMessage({ message, seed }),
  );`;

type Answer = { readonly figures: SimulationFigures } | { readonly message: string; readonly seed?: number };

/**
 * Simulates the datasets service with one seed after the other, on all cores.
 * @throws the failure of the lowest seed that fails in any thread, with that `seed`
 */
export async function parallelSimulations(seed: number, runs: number): Promise<SimulationFigures> {
  const threads = Math.min(availableParallelism(), Math.floor(runs / WORTHWHILE_RUNS));
  if (threads < 2) return runSimulations(seed, runs);
  const bounds = Array.from({ length: threads + 1 }, (_, thread) => seed + Math.floor((runs * thread) / threads));
  const answers = await Promise.all(
    bounds.slice(1).map((end, thread) => inThread(bounds[thread]!, end - bounds[thread]!)),
  );
  const total = { runs: 0, commits: 0, compactions: 0, acknowledged: 0, kills: 0, steps: 0 };
  for (const answer of answers) {
    if ("message" in answer) throw Object.assign(new Error(answer.message), { seed: answer.seed });
    for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += answer.figures[name];
  }
  return total;
}

function inThread(seed: number, runs: number): Promise<Answer> {
  const module = pathToFileURL(createRequire(import.meta.url).resolve("@palate/datasets/simulation")).href;
  const program = new URL(`data:text/javascript,${encodeURIComponent(PROGRAM)}`);
  return new Promise((resolve, reject) => {
    const worker = new Worker(program, { workerData: { module, seed, runs } });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error(`the thread of seeds from ${seed} ended early`)));
  });
}
