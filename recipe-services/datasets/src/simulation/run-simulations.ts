import { simulate, type SimulatedRun } from "./simulate.js";
import type { Defects } from "./world.js";

/** Lines of the trace that a failure shows; the last ones. */
const SHOWN_LINES = 60;

/** What several runs came to together. */
export type SimulationFigures = Omit<SimulatedRun, "violation"> & {
  /** Runs. */
  readonly runs: number;
};

/**
 * Simulates the write and read path of the service with one seed after the other.
 * @param seed of the first run; the next has the next number
 * @param rounds runs
 * @throws SimulationFailure at the first violation
 */
export async function runSimulations(seed: number, rounds: number, defects: Defects = {}): Promise<SimulationFigures> {
  const figures = { runs: 0, commits: 0, compactions: 0, acknowledged: 0, kills: 0, steps: 0 };
  for (let each = seed; each < seed + rounds; each++) {
    const { violation, ...run } = await simulate(each, defects);
    if (violation !== undefined) throw await failure(each, violation, defects);
    figures.runs++;
    for (const [name, count] of Object.entries(run)) figures[name as keyof typeof run] += count;
  }
  return figures;
}

/** A violation that a simulated run came to, with the steps that led to it. */
class SimulationFailure extends Error {
  /** With which it happens again. */
  readonly seed: number;

  constructor(seed: number, message: string) {
    super(message);
    this.seed = seed;
  }
}

/** Runs a seed that failed once more, this time with a trace: the same seed takes the same steps. */
async function failure(seed: number, violation: string, defects: Defects): Promise<SimulationFailure> {
  const lines: string[] = [];
  await simulate(seed, defects, (line) => lines.push(line));
  const shown = [...lines.slice(0, 1), "…", ...lines.slice(1).slice(-SHOWN_LINES)];
  return new SimulationFailure(
    seed,
    `Seed ${seed}: ${violation}.\nThe last of ${lines.length} steps:\n${shown.join("\n")}`,
  );
}
