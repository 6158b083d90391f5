import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { CountingFigures, CountingTask } from "./counting-run.js";
import type { SyntheticSize } from "./synthetic.js";

/** A recipe beside the same computation in SQL. */
export interface CountingRow {
  readonly what: CountingTask["what"];
  readonly interactions: number;
  readonly palate: CountingFigures;
  readonly sql: CountingFigures;
  /** Seconds of SQL for each of Palate's. */
  readonly timesFaster: number;
}

/** Sizes that are measured: 1 M and 10 M interactions. */
export const COUNTING_SIZES: readonly SyntheticSize[] = [
  { interactions: 1_000_000, users: 50_000, items: 20_000 },
  { interactions: 10_000_000, users: 200_000, items: 50_000 },
];
const RECIPES = ["popularity", "sims", "segments"] as const;

async function run(task: CountingTask): Promise<CountingFigures> {
  const child = fork(fileURLToPath(new URL("./counting-run.js", import.meta.url)));
  child.send(task);
  const [figures] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code, signal]) => {
      throw new Error(`${task.what} by ${task.how} ended with ${String(signal ?? code)}.`);
    }),
  ])) as [CountingFigures];
  return figures;
}

/** Time and memory of the counting recipes, each beside a straightforward SQL version in DuckDB in the same run. */
export async function measureCounting(sizes: readonly SyntheticSize[]): Promise<CountingRow[]> {
  const rows: CountingRow[] = [];
  for (const size of sizes)
    for (const what of RECIPES) {
      const palate = await run({ what, how: "palate", size });
      const sql = await run({ what, how: "sql", size });
      const { interactions } = size;
      rows.push({ what, interactions, palate, sql, timesFaster: sql.seconds / palate.seconds });
    }
  return rows;
}
