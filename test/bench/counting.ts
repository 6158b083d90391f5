import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { CountingFigures, CountingTask } from "./counting-run.js";
import type { SyntheticSize } from "./synthetic.js";

/** A recipe beside the same computation in SQL. */
export interface CountingRow {
  readonly what: CountingTask["what"];
  readonly interactions: number;
  readonly palate: Omit<CountingFigures, "answer">;
  readonly sql: Omit<CountingFigures, "answer">;
  /** Seconds of SQL for each of Palate's. */
  readonly timesFaster: number;
  /** Share of the answer that is the same in both; what is missing are ties within rounding. */
  readonly same: number;
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

/** What is compared with what. */
export const COUNTING_TITLE =
  "Counting recipes beside SQL on synthetic data. Both begin with the interactions in memory, as columns or as a table, and end with the same lists of one model (sims: " +
  "500 similar items each; segments: 10 of the best 1 % of users, beside the counts they need); both use all cores.";

/** Share of the places at which two answers are the same; of segments, of the users who are in both. */
function sameShare(what: CountingTask["what"], one: readonly number[], other: readonly number[]): number {
  const users = new Set(other);
  const same = one.filter((value, at) => (what === "segments" ? users.has(value) : value === other[at]));
  return same.length / Math.max(one.length, other.length);
}

/** Time and memory of the counting recipes, each beside a straightforward SQL version in DuckDB in the same run. */
export async function measureCounting(sizes: readonly SyntheticSize[]): Promise<CountingRow[]> {
  const rows: CountingRow[] = [];
  for (const size of sizes)
    for (const what of RECIPES) {
      const { answer: ours, ...palate } = await run({ what, how: "palate", size });
      const { answer: theirs, ...sql } = await run({ what, how: "sql", size });
      const { interactions } = size;
      const timesFaster = sql.seconds / palate.seconds;
      rows.push({ what, interactions, palate, sql, timesFaster, same: sameShare(what, ours, theirs) });
    }
  return rows;
}
