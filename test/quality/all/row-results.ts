import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import type { Outcome } from "../protocol.js";
import type { Row } from "../rows/row.js";

/** One seed of a row. */
export interface RowRun {
  readonly seed: number;
  /** Day of the measurement, as "2026-01-31". */
  readonly measuredOn: string;
  readonly cores: number;
  /** The processor's name. */
  readonly processor: string;
  readonly outcome: Outcome;
}

/** What was measured of a row. */
export interface RowResult {
  /** The arguments it was measured with; see {@link argumentsOf}. Another row of the same name has nothing to do with it. */
  readonly arguments: readonly string[];
  /** Factor on the training time that it was measured with; 1 is as the row says. */
  readonly minutesScale: number;
  /** By growing seed. */
  readonly runs: readonly RowRun[];
  /** Why a seed could not be measured, by seed. */
  readonly failures: Readonly<Record<string, string>>;
}

/** What was measured of every row, by the rows' names. */
export type RowResults = Readonly<Record<string, RowResult>>;

/** Digits that are kept of every number: enough for any table, and small differences of the file stay small. */
const DIGITS = 6;

/** A row's command line without seed and time scale; the data set stands by its folder's name. */
export function argumentsOf({ recipe, data, protocol, minutes, options = [] }: Row): string[] {
  return [
    ...(data === undefined ? [] : ["--data", data]),
    "--recipe",
    recipe,
    "--protocol",
    protocol,
    ...(minutes === undefined ? [] : ["--minutes", String(minutes)]),
    ...options,
  ];
}

/** The result of a row, unless it was measured with other arguments or never. */
export function resultOf(row: Row, results: RowResults): RowResult | undefined {
  const result = results[row.name];
  return result !== undefined && result.arguments.join(" ") === argumentsOf(row).join(" ") ? result : undefined;
}

/** The results with one more run, or failure, of a row. Runs of the same row with other arguments are forgotten. */
export function withRun(
  results: RowResults,
  row: Row,
  minutesScale: number,
  seed: number,
  run: RowRun | { readonly failure: string },
): RowResults {
  const before = resultOf(row, results);
  const same = before?.minutesScale === minutesScale ? before : undefined;
  const others = (same?.runs ?? []).filter((other) => other.seed !== seed);
  const { [seed]: _, ...failures } = same?.failures ?? {};
  const failed = "failure" in run;
  return {
    ...results,
    [row.name]: {
      arguments: argumentsOf(row),
      minutesScale,
      runs: failed ? others : [...others, run].sort((a, b) => a.seed - b.seed),
      failures: failed ? { ...failures, [seed]: run.failure } : failures,
    },
  };
}

/** Reads what was measured before; nothing where there is no file. */
export async function readResults(file: string): Promise<RowResults> {
  return existsSync(file) ? (JSON.parse(await readFile(file, "utf8")) as RowResults) : {};
}

/** Writes what was measured: rows in the order of their names and a line for each run, so that files compare line by line. */
export async function writeResults(file: string, results: RowResults): Promise<void> {
  const sorted = Object.fromEntries(Object.entries(results).sort(([a], [b]) => (a < b ? -1 : 1)));
  const short = (_key: string, value: unknown): unknown =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(DIGITS)) : value;
  const json = (value: unknown): string => JSON.stringify(value, short);
  const rows = Object.entries(sorted).map(([name, { runs, ...rest }]) => {
    const head = json(rest).slice(0, -1);
    return `${json(name)}: ${head},"runs":[${runs.map((run) => `\n${json(run)}`).join(",")}\n]}`;
  });
  await writeFile(file, `{\n${rows.join(",\n")}\n}\n`);
}
