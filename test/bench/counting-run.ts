/** One counting recipe, or the same in SQL, on synthetic data: a process of its own, so that its memory is its own. */
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { replicaViewOf, resolveHyperparameters, type Recipe, type TrainingData } from "@palate/kit/recipe";
import { popularityCount } from "@palate/popularity";
import { itemAffinity } from "@palate/segments";
import { sims } from "@palate/sims";
import { memoryOf } from "./memory.js";
import { syntheticData, type SyntheticSize } from "./synthetic.js";

/** What is to be measured. */
export interface CountingTask {
  readonly what: "popularity" | "sims" | "segments";
  readonly how: "palate" | "sql";
  readonly size: SyntheticSize;
}

/** What was measured. */
export interface CountingFigures {
  readonly seconds: number;
  /** Most memory of the process, less what the data itself took before, in MiB. */
  readonly extraMib: number;
}

const RECIPES = { popularity: popularityCount, sims, segments: itemAffinity } as const;
/** Segments asked for, spread over the catalogue. */
const SEGMENTS = 10;
const MAX_GAP = 15;
const LIST = 100;

function settingsOf({ descriptor }: Recipe) {
  return resolveHyperparameters(descriptor.hyperparameters, {});
}

async function byPalate(what: CountingTask["what"], data: TrainingData): Promise<void> {
  const recipe: Recipe = RECIPES[what];
  let load: () => ReturnType<Recipe["load"]> = () => {
    throw new Error("No model was published.");
  };
  await recipe.train({
    everything: data,
    fit: data,
    hyperparameters: settingsOf(recipe),
    seed: 1,
    backend: "auto",
    signal: new AbortController().signal,
    report: () => undefined,
    publish: async ({ deployed }) => void (load = () => recipe.load(deployed, replicaViewOf(data))),
  });
  if (what !== "segments") return;
  const model = load();
  for (let k = 0; k < SEGMENTS; k++) {
    const item = Math.floor((k * data.itemIds.length) / SEGMENTS / 10);
    const limit = Math.ceil(data.userIds.length / 100);
    const query = { item, attributes: "", segment: "", limit, excludeOwners: true, timestamp: 0 };
    const work = model.segment!(query);
    while (work.next().done !== true);
  }
}

/** The data as a table; position counts a user's interactions from 0. */
async function table(connection: DuckDBConnection, data: TrainingData): Promise<void> {
  await connection.run(`CREATE TABLE interactions ("user" INTEGER, item INTEGER, position INTEGER)`);
  const appender = await connection.createAppender("interactions");
  for (let user = 0; user < data.userIds.length; user++)
    for (let i = data.offsets[user]!; i < data.offsets[user + 1]!; i++) {
      appender.appendInteger(user);
      appender.appendInteger(data.items[i]!);
      appender.appendInteger(i - data.offsets[user]!);
      appender.endRow();
    }
  appender.closeSync();
}

/** The same computation, written down as one would in SQL. */
function statements(what: CountingTask["what"], data: TrainingData): string[] {
  switch (what) {
    case "popularity":
      return [
        `CREATE TABLE result AS SELECT item, count(DISTINCT "user") AS users FROM interactions GROUP BY item ORDER BY users DESC`,
      ];
    case "sims":
      return [
        `CREATE TABLE lengths AS SELECT "user", count(*) AS length FROM interactions GROUP BY "user"`,
        `CREATE TABLE counts AS SELECT item, count(*) AS n FROM interactions GROUP BY item`,
        `CREATE TABLE pairs AS
           SELECT a.item AS item, b.item AS other, count(*) AS m,
                  sum((CASE WHEN b.position > a.position THEN 1.0 ELSE 0.25 END) / abs(b.position - a.position) / sqrt(length)) AS weight
           FROM interactions a
           JOIN interactions b ON a."user" = b."user" AND b.position BETWEEN a.position - ${MAX_GAP} AND a.position + ${MAX_GAP} AND a.item <> b.item
           JOIN lengths ON lengths."user" = a."user"
           GROUP BY a.item, b.item`,
        `CREATE TABLE result AS
           SELECT item, other, score FROM (
             SELECT pairs.item, other, weight * m / (m + 5) / pow(x.n, 0.75) / pow(y.n, 0.25) AS score
             FROM pairs JOIN counts x ON x.item = pairs.item JOIN counts y ON y.item = other)
           QUALIFY row_number() OVER (PARTITION BY item ORDER BY score DESC) <= ${LIST}`,
      ];
    case "segments": {
      const limit = Math.ceil(data.userIds.length / 100);
      const counts = [
        `CREATE TABLE lengths AS SELECT "user", count(*) AS length FROM interactions GROUP BY "user"`,
        `CREATE TABLE counts AS SELECT item, count(DISTINCT "user") AS n FROM interactions GROUP BY item`,
        `CREATE TABLE weights AS SELECT "user", item, greatest(0.05, pow(0.5, (length - 1 - position) / 10.0)) AS weight, length
           FROM interactions JOIN lengths USING ("user")`,
      ];
      const asked = Array.from({ length: SEGMENTS }, (_, k) => {
        const item = Math.floor((k * data.itemIds.length) / SEGMENTS / 10);
        return `CREATE OR REPLACE TABLE result AS
          WITH owners AS (SELECT DISTINCT "user" FROM interactions WHERE item = ${item}),
          likeness AS (
            SELECT i.item, sum(pow(length, -0.5)) / pow(any_value(n), 0.8) AS s
            FROM (SELECT DISTINCT "user", item FROM interactions JOIN owners USING ("user")) i
            JOIN lengths USING ("user") JOIN counts ON counts.item = i.item GROUP BY i.item)
          SELECT "user", pow(any_value(length), 0.4) * sum(weight * coalesce(s, 0)) / sum(weight) AS score
          FROM weights LEFT JOIN likeness USING (item) ANTI JOIN owners USING ("user")
          GROUP BY "user" ORDER BY score DESC LIMIT ${limit}`;
      });
      return [...counts, ...asked];
    }
  }
}

async function measure({ what, how, size }: CountingTask): Promise<CountingFigures> {
  const data = syntheticData(size);
  const connection = how === "sql" ? await (await DuckDBInstance.create(":memory:")).connect() : undefined;
  if (connection) await table(connection, data);
  const before = memoryOf(process.pid).residentMib;
  const started = performance.now();
  if (connection) for (const statement of statements(what, data)) await connection.run(statement);
  else await byPalate(what, data);
  const seconds = (performance.now() - started) / 1000;
  return { seconds, extraMib: Math.max(0, memoryOf(process.pid).peakMib - before) };
}

process.once("message", (task: CountingTask) => {
  void measure(task).then((figures) => process.send!(figures, () => process.exit()));
});
