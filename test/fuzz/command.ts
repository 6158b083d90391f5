import { printTable } from "../bench/report.js";
import { HELP, readArguments } from "./arguments.js";
import type { Fuzzer } from "./fuzzer.js";
import { runFuzzers, type FuzzResult } from "./run-fuzzers.js";

/**
 * Does what a command line of `npm run fuzz` asks for, and prints what came of it.
 * @returns the exit code: 0 when everything held, 1 when something did not, 2 when the command line is wrong
 */
export async function fuzzCommand(args: readonly string[], all: readonly Fuzzer[]): Promise<number> {
  let wanted;
  try {
    wanted = readArguments(args, all);
  } catch (thrown) {
    console.error((thrown as Error).message);
    return 2;
  }
  if (wanted.help) console.log(HELP);
  else if (wanted.list) list(all);
  else return run(wanted);
  return 0;
}

function list(fuzzers: readonly Fuzzer[]): void {
  const rows = fuzzers.map(({ name, checks, round, rounds }) => [name, checks, round, rounds]);
  printTable("Fuzzers", ["name", "checks that", "a round is", "rounds"], rows);
}

async function run({ fuzzers, ...extent }: ReturnType<typeof readArguments>): Promise<number> {
  const results: FuzzResult[] = [];
  for await (const result of runFuzzers(fuzzers, extent)) {
    console.log(`${result.name}: ${result.outcome} after ${result.seconds.toFixed(1)} s`);
    results.push(result);
  }
  const rows = results.map(({ name, seed, rounds, seconds, outcome, said }) => [
    ...[name, seed, rounds, seconds],
    outcome === "failed" ? "failed" : `${outcome}: ${said}`,
  ]);
  printTable("Fuzzing", ["name", "seed", "rounds", "seconds", "result"], rows);
  const failed = results.filter(({ outcome }) => outcome === "failed");
  for (const { name, said, again } of failed) console.log(`\n${name} failed: ${said}\nTo see it again: ${again}`);
  return failed.length > 0 ? 1 : 0;
}
