/** Runs the cases of some seeds in a process of its own, and sends what came of it. */
import { openSync, writeSync } from "node:fs";
import { runCases } from "./run-cases.js";

const [seed, rounds, watched] = process.argv.slice(2);
const file = openSync(watched!, "w");
// A file survives whatever ends the process.
const begin = (each: number) => void writeSync(file, String(each).padStart(16), 0);
const answer = await runCases(Number(seed), Number(rounds), begin).then(
  (figures) => ({ figures }),
  (thrown: Error & { readonly seed?: number }) => ({ message: thrown.message, seed: thrown.seed }),
);
process.send!(answer, () => process.exit());
