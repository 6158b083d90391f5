import { MIXER_DEFAULTS, sequencesOf, trainMixer } from "@palate/sequence";
import { loadTensorBackend, type TensorBackend } from "@palate/tensorflow";
import { fork } from "node:child_process";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { LearningFigures, LearningTask } from "./learning-run.js";
import { syntheticData, type SyntheticSize } from "./synthetic.js";

/** A catalogue of the size of MovieLens-1M, where the softmax is over all items. */
const SMALL: SyntheticSize = { items: 3_416, users: 6_040, interactions: 1_000_000 };
/** What the part "learning" trains on unless told otherwise. */
export const LARGE: SyntheticSize = { items: 100_000, users: 150_000, interactions: 10_000_000, shelves: 3 };

/**
 * Interactions per second of training that were measured on two shared cores when Palate was designed, of a small network
 * (64 numbers a vector, two blocks of attention) over a catalogue like {@link SMALL}.
 */
const REFERENCE = { native: 8_200, wasm: 1_160 } as const;

/** How fast a network learns. */
export interface SpeedFigures {
  readonly backend: "native" | "wasm";
  readonly items: number;
  /** Interactions per second, by the clock and per second of processor time. */
  readonly perSecond: number;
  readonly perCpuSecond: number;
  /** What the reference made of the same by the clock; only of the small catalogue. */
  readonly reference: number | undefined;
}

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function speedOf(backend: TensorBackend, size: SyntheticSize, seconds: number): Promise<SpeedFigures> {
  const sequences = sequencesOf(syntheticData({ ...size, interactions: Math.min(size.interactions, 1_000_000) }));
  const options = { ...MIXER_DEFAULTS, context: { longestGap: 20 } };
  let [tokens, spent, busy, before, at] = [0, 0, 0, cpuSeconds(), performance.now()];
  const training = trainMixer(
    backend,
    sequences,
    options,
    { seconds, checkpoints: [1], seed: 1 },
    {
      onProgress(progress) {
        if (progress.phase !== "network") return;
        const [now, cpu] = [performance.now(), cpuSeconds()];
        // The first report counts what only happens once.
        if (progress.step > 1) {
          tokens += progress.tokensPerSecond * ((now - at) / 1000);
          spent += (now - at) / 1000;
          busy += cpu - before;
        }
        [at, before] = [now, cpu];
      },
    },
  );
  for await (const _ of training);
  const reference = size === SMALL ? REFERENCE[backend.name] : undefined;
  return {
    backend: backend.name,
    items: size.items,
    perSecond: tokens / spent,
    perCpuSecond: tokens / busy,
    reference,
  };
}

/** How many interactions a second a network learns from, on every backend that this machine has. */
export async function measureLearningSpeed(seconds: number): Promise<SpeedFigures[]> {
  const figures: SpeedFigures[] = [];
  for (const prefer of ["native", "wasm"] as const) {
    const backend = await loadTensorBackend({ prefer }).catch(() => undefined);
    if (backend === undefined) continue;
    for (const size of [SMALL, LARGE]) figures.push(await speedOf(backend, size, seconds));
  }
  return figures;
}

/** One training, from data in memory to the best model, in a process of its own. */
export async function measureLearning(size: SyntheticSize, trainingSeconds: number): Promise<LearningFigures> {
  const child = fork(fileURLToPath(new URL("./learning-run.js", import.meta.url)));
  const task: LearningTask = { size, trainingSeconds };
  child.send(task);
  const [figures] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code, signal]) => {
      throw new Error(`The training ended with ${String(signal ?? code)}.`);
    }),
  ])) as [LearningFigures];
  return figures;
}
