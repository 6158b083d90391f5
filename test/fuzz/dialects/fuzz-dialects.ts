import { inProcesses } from "../processes/in-processes.js";
import { noFigures, runCases, type DialectFigures } from "./run-cases.js";

const PROGRAM = { module: new URL("./worker.js", import.meta.url), what: "file", worthwhile: 300 };

/**
 * Imports a random file for each seed, on all cores where they are many: what one holds comes back as it is, or the file is
 * refused in words that lead to what is wrong with it.
 * @throws Error with the `seed` of a file of which that does not hold, or that ends or blocks the process
 */
export async function fuzzImportDialects(seed: number, rounds: number): Promise<DialectFigures> {
  const parts = await inProcesses<DialectFigures>(PROGRAM, seed, rounds);
  if (parts.length === 0) return runCases(seed, rounds);
  const total = noFigures();
  for (const part of parts)
    for (const name of Object.keys(total) as (keyof DialectFigures)[]) total[name] += part[name];
  return total;
}
