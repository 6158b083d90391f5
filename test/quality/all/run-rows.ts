import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AllOptions } from "../run-options.js";
import { protocolNamed } from "../protocols/index.js";
import type { Outcome } from "../protocol.js";
import type { Row } from "../rows/row.js";
import type { QualityReport } from "../run.js";
import { argumentsOf, resultOf, withRun, type RowResults, type RowRun } from "./row-results.js";

/** Rows that `--only` asks for. */
export function chosenRows(rows: readonly Row[], only: readonly string[]): readonly Row[] {
  if (only.length === 0) return rows;
  for (const name of only) {
    if (rows.some((row) => row.name.startsWith(name))) continue;
    throw new Error(`--only ${name}: no row's name begins so; known: ${rows.map((row) => row.name).join(", ")}.`);
  }
  const named = new Set(rows.map((row) => row.name));
  // A row's whole name means that row, also where others' names go on from it.
  return rows.filter((row) => only.some((name) => (named.has(name) ? row.name === name : row.name.startsWith(name))));
}

/** The command line of one seed of a row; training takes `minutesScale` times what the row says. */
export function commandLineOf(row: Row, seed: number, minutesScale: number, data?: string): string[] {
  const scaled = row.minutes === undefined ? row : { ...row, minutes: row.minutes * minutesScale };
  const line = argumentsOf(data === undefined || row.data === undefined ? scaled : { ...scaled, data });
  return [...line, "--seed", String(seed)];
}

/** Runs a program and gives its last words where it fails. */
async function runProgram(program: string, args: readonly string[]): Promise<string | undefined> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (words = (words + text).slice(-20_000)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0) return undefined;
  return words.split("\n\nnpm run quality")[0]!.trim().slice(-500) || `ended with ${code ?? "a signal"}`;
}

/** Keeps of a curve what tables show. */
function shortened(outcome: Outcome, protocol: string): Outcome {
  const keys = protocolNamed(protocol).columns.map(({ key }) => key);
  const curve = outcome.curve.map(({ seconds, metrics }) => ({
    seconds,
    metrics: Object.fromEntries(keys.flatMap((key) => (metrics[key] === undefined ? [] : [[key, metrics[key]]]))),
  }));
  return { ...outcome, curve };
}

/** What runs need beside their rows. */
interface RunParts {
  /** The harness's own main file. */
  readonly program: string;
  /** What was measured before. */
  readonly before: RowResults;
  /** Called with everything known after each run. */
  store(results: RowResults): Promise<void>;
  /** Says what is going on. */
  say(line: string): void;
}

/** Measures rows, each seed in a process of its own, with just the command line that the page shows. */
export async function runRows(
  rows: readonly Row[],
  options: AllOptions,
  { program, before, store, say }: RunParts,
): Promise<RowResults> {
  const folder = await mkdtemp(join(tmpdir(), "palate-quality-"));
  let results = before;
  try {
    for (const row of rows) {
      for (let seed = 1; seed <= (options.seeds ?? row.seeds ?? 3); seed++) {
        const known = resultOf(row, results);
        const measured = known?.minutesScale === options.minutesScale && known.runs.some((run) => run.seed === seed);
        if (options.missing && measured) continue;
        say(`${row.name}, seed ${seed} …`);
        const json = join(folder, "run.json");
        const data = row.data === undefined ? undefined : join(options.dataRoot, row.data);
        const line = commandLineOf(row, seed, options.minutesScale, data);
        const failure = await runProgram(program, [...line, "--json", json]);
        if (failure === undefined) {
          const report = JSON.parse(await readFile(json, "utf8")) as QualityReport;
          const run: RowRun = {
            seed,
            measuredOn: new Date().toISOString().slice(0, 10),
            cores: report.cores,
            processor: report.processor,
            outcome: shortened(report.outcomes[0]!, row.protocol),
          };
          results = withRun(results, row, options.minutesScale, seed, run);
        } else {
          say(`  ${failure}`);
          results = withRun(results, row, options.minutesScale, seed, { failure });
        }
        await store(results);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return results;
}
