import { openSync, writeSync } from "node:fs";

/**
 * What the program of a process of `inProcesses` does: tries the cases, and sends what came of them.
 * @param run tries one case for each of some seeds and tells each before anything is done with it; throws Error with the
 *   `seed` of the first that fails
 */
export async function workAsProcess<Figures>(
  run: (seed: number, rounds: number, begin: (seed: number) => void) => Promise<Figures>,
): Promise<void> {
  const [seed, rounds, watched] = process.argv.slice(2);
  const file = openSync(watched!, "w");
  // A file survives whatever ends the process.
  const begin = (each: number) => void writeSync(file, String(each).padStart(16), 0);
  const answer = await run(Number(seed), Number(rounds), begin).then(
    (figures) => ({ figures }),
    (thrown: Error & { readonly seed?: number }) => ({ message: thrown.message, seed: thrown.seed }),
  );
  process.send!(answer, () => process.exit());
}
