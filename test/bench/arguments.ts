import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

/** What can be measured, in this order. */
const PARTS = [
  "first",
  "data",
  "training",
  "serving",
  "freshness",
  "memory",
  "trending",
  "similar",
  "filters",
  "observing",
  "counting",
  "scan",
  "learning",
  "events",
  "kills",
  "volume",
  "encryption",
] as const;
/** One of them. */
export type Part = (typeof PARTS)[number];
/** Parts that need Palate to run. */
export const LIVE_PARTS: readonly Part[] = ["first", "data", "training", "serving", "freshness", "memory"];

/** Those that are measured unless others are asked for: all but those that take minutes or gigabytes. */
const USUAL_PARTS = PARTS.filter((part) => !["kills", "scan", "learning", "volume"].includes(part));

const HELP = `usage: npm run bench -- [options]

  --json <file>        also write every figure there
  --data <folder>      folder that holds movielens-100k and movielens-1m, each with interactions.csv.gz; without it their
                       measurements are skipped
  --seconds <number>   length of each load; default 4
  --rounds <number>    times each load is measured, in turn with its yardstick; the median counts; default 3
  --training-seconds <number>   training time of the network; default 20
  --volume <number>    interactions of the parts "volume" and "learning"; default 10000000
  --kills <number>     times that processes are killed in the part "kills"; default 100
  --only <parts>       measure these alone, with commas between: ${PARTS.join(", ")};
                       default all but kills, scan, learning and volume
`;

/** What to measure. */
export interface BenchArguments {
  /** File for the figures as JSON; undefined for none. */
  readonly json: string | undefined;
  /** Folders of the MovieLens data sets by name; those that were not given are missing. */
  readonly movielens: ReadonlyMap<string, string>;
  /** Seconds of each load. */
  readonly seconds: number;
  /** Times each load is measured. */
  readonly rounds: number;
  /** Seconds the network is trained for. */
  readonly trainingSeconds: number;
  /** Interactions of the parts "volume" and "learning". */
  readonly volume: number;
  /** Times that processes are killed in the part "kills". */
  readonly kills: number;
  /** What to measure. */
  readonly parts: ReadonlySet<Part>;
}

/** The data sets that may be given. */
export const MOVIELENS = ["movielens-100k", "movielens-1m"] as const;

/** Reads the command line; undefined when help was asked for and printed. */
export function readArguments(args: readonly string[]): BenchArguments | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "string" },
      data: { type: "string" },
      seconds: { type: "string", default: "4" },
      rounds: { type: "string", default: "3" },
      "training-seconds": { type: "string", default: "20" },
      volume: { type: "string", default: "10000000" },
      kills: { type: "string", default: "100" },
      only: { type: "string", default: USUAL_PARTS.join(",") },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return undefined;
  }
  const folders = MOVIELENS.map((name) => [name, path.resolve(values.data ?? "", name)] as const);
  return {
    json: values.json,
    movielens: new Map(
      values.data ? folders.filter(([, folder]) => existsSync(path.join(folder, "interactions.csv.gz"))) : [],
    ),
    seconds: positive("--seconds", values.seconds),
    rounds: positive("--rounds", values.rounds),
    trainingSeconds: positive("--training-seconds", values["training-seconds"]),
    volume: positive("--volume", values.volume),
    kills: positive("--kills", values.kills),
    parts: new Set(values.only.split(",").map((name) => partOf(name.trim()))),
  };
}

function partOf(name: string): Part {
  const part = PARTS.find((candidate) => candidate === name);
  if (part === undefined) throw new Error(`--only ${name}: there is no such part; there are ${PARTS.join(", ")}`);
  return part;
}

function positive(name: string, value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new Error(`${name} ${value} is not a number above 0`);
  return number;
}
