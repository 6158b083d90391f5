import { parseArgs } from "node:util";
import type { Fuzzer } from "./fuzzer.js";
import type { FuzzExtent } from "./run-fuzzers.js";

/** What the command line asks for. */
export interface FuzzArguments extends FuzzExtent {
  readonly fuzzers: readonly Fuzzer[];
  /** Only say which fuzzers there are. */
  readonly list: boolean;
  readonly help: boolean;
}

/** What `--help` says. */
export const HELP = `usage: npm run fuzz -- [options]

Tries random inputs, orders and moments on what must hold whatever they are.

  --seed <number>      where the random numbers begin; default 1
  --rounds <number>    rounds of each fuzzer; default its own number, about half a minute
  --seconds <number>   time of each fuzzer, in place of rounds
  --only <names>       these alone, with commas between
  --list               say which fuzzers there are
`;

/**
 * Reads the command line.
 * @throws Error that says what is wrong
 */
export function readArguments(args: readonly string[], fuzzers: readonly Fuzzer[]): FuzzArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string", default: "1" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      only: { type: "string" },
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.rounds !== undefined && values.seconds !== undefined) {
    throw new Error("--rounds and --seconds exclude one another; give one of them");
  }
  return {
    seed: whole("--seed", values.seed, 0),
    rounds: values.rounds === undefined ? undefined : whole("--rounds", values.rounds, 1),
    seconds: values.seconds === undefined ? undefined : whole("--seconds", values.seconds, 1),
    fuzzers: values.only === undefined ? fuzzers : values.only.split(",").map((name) => named(name.trim(), fuzzers)),
    list: values.list,
    help: values.help,
  };
}

function named(name: string, fuzzers: readonly Fuzzer[]): Fuzzer {
  const found = fuzzers.find((fuzzer) => fuzzer.name === name);
  if (found) return found;
  const names = fuzzers.map((fuzzer) => fuzzer.name).join(", ");
  throw new Error(`--only ${name}: there is no such fuzzer; there are ${names}`);
}

function whole(option: string, text: string, least: number): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`${option} ${text} is not a whole number from ${least} on`);
}
