/** One counting recipe, or the same in SQL, on synthetic data: a process of its own, so that its memory is its own. */
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { popularityCount } from "@palate/popularity";
import {
  finished,
  replicaViewOf,
  resolveHyperparameters,
  type Artifact,
  type Recipe,
  type TrainingData,
} from "@palate/recipe";
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
  /** Seconds of all processor cores together. */
  readonly cpuSeconds: number;
  /** Most memory of the process, less what the data itself took before, in MiB. */
  readonly extraMib: number;
  /**
   * What came out, to compare: by item its number of users, or its most similar item (-1 where there is none); for segments
   * the users of the last one.
   */
  readonly answer: readonly number[];
}

const RECIPES = { popularity: popularityCount, sims, segments: itemAffinity } as const;
/** Segments asked for, spread over the most popular tenth of the catalogue. */
const SEGMENTS = 10;

/** Sims counts all histories and items: SQL would need a pass more to leave the outermost ones out. */
const OVERRIDES: Record<string, string> = {
  min_user_history_length_percentile: "0",
  max_user_history_length_percentile: "1",
  min_item_interaction_count_percentile: "0",
};

function settingsOf({ descriptor }: Recipe) {
  const known = (name: string) => descriptor.hyperparameters.some((one) => one.name === name);
  const overrides = Object.fromEntries(Object.entries(OVERRIDES).filter(([name]) => known(name)));
  return resolveHyperparameters(descriptor.hyperparameters, overrides);
}

/** The items and users of the data, and no interactions. */
function nothingOf(data: TrainingData): TrainingData {
  return { ...data, offsets: new Int32Array(data.offsets.length), items: new Int32Array(0) };
}

const askedItem = (data: TrainingData, k: number) => Math.floor((k * data.itemIds.length) / SEGMENTS / 10);
const segmentSize = (data: TrainingData) => Math.ceil(data.userIds.length / 100);

/** Trains, and for segments asks. What it returns takes the answer out, which is not timed. */
async function byPalate(what: CountingTask["what"], data: TrainingData): Promise<() => readonly number[]> {
  const recipe: Recipe = RECIPES[what];
  let model: Artifact | undefined;
  await recipe.train({
    everything: data,
    // SQL makes one model; a training makes another one, without what metrics are measured on, which is left empty here.
    fit: nothingOf(data),
    hyperparameters: settingsOf(recipe),
    seed: 1,
    backend: "auto",
    signal: new AbortController().signal,
    report: () => undefined,
    publish: async ({ deployed }) => void (model = deployed),
  });
  const tensor = (name: string) => model!.tensors.get(name)!.data as Int32Array;
  if (what === "popularity") return () => [...tensor("users")];
  if (what === "sims") {
    const [offsets, items] = [tensor("similar.offsets"), tensor("similar.items")];
    return () => data.itemIds.map((_, item) => (offsets[item]! < offsets[item + 1]! ? items[offsets[item]!]! : -1));
  }
  const serving = itemAffinity.load(model!, replicaViewOf(data));
  let users = new Int32Array(0);
  for (let k = 0; k < SEGMENTS; k++) {
    const limit = segmentSize(data);
    const query = { item: askedItem(data, k), attributes: "", segment: "", limit, excludeOwners: true, timestamp: 0 };
    users = Int32Array.from(finished(serving.segment(query)).users);
  }
  return () => [...users];
}

/** The data as a table; position counts a user's interactions from 0. */
async function table(connection: DuckDBConnection, data: TrainingData): Promise<void> {
  await connection.run(`CREATE TABLE interactions ("user" INTEGER, item INTEGER, position INTEGER, time DOUBLE)`);
  const appender = await connection.createAppender("interactions");
  for (let user = 0; user < data.userIds.length; user++)
    for (let i = data.offsets[user]!; i < data.offsets[user + 1]!; i++) {
      appender.appendInteger(user);
      appender.appendInteger(data.items[i]!);
      appender.appendInteger(i - data.offsets[user]!);
      appender.appendDouble(data.timestamps[i]!);
      appender.endRow();
    }
  appender.closeSync();
}

/** The same computation with the same settings, written down as one would in SQL; the answer is in a table "result". */
function statements(what: CountingTask["what"], data: TrainingData): string[] {
  const setting = (name: string) => Number(settingsOf(RECIPES[what])[name]);
  switch (what) {
    case "popularity":
      return [
        `CREATE TABLE result AS SELECT item, count(DISTINCT "user") AS users FROM interactions GROUP BY item ORDER BY users DESC`,
      ];
    case "sims": {
      const gap = setting("max_gap");
      const exponent = setting("popularity_discount_factor") ** 4;
      return [
        `CREATE TABLE lengths AS SELECT "user", count(*) AS length FROM interactions GROUP BY "user"`,
        `CREATE TABLE counts AS SELECT item, count(*) AS n FROM interactions GROUP BY item`,
        `CREATE TABLE pairs AS
           SELECT a.item AS item, b.item AS other, count(*) AS m,
                  sum((CASE WHEN b.position > a.position THEN 1.0::DOUBLE ELSE ${setting("backward_weight")}::DOUBLE END)
                    / abs(b.position - a.position) / sqrt(length)
                    / (1 + abs(b.time - a.time) / ${86_400 * setting("pair_half_life_days")})) AS weight
           FROM interactions a
           JOIN interactions b ON a."user" = b."user" AND b.position BETWEEN a.position - ${gap} AND a.position + ${gap} AND a.item <> b.item
           JOIN lengths ON lengths."user" = a."user"
           GROUP BY a.item, b.item`,
        `CREATE TABLE result AS
           SELECT item, other, score, rank FROM (
             SELECT item, other, score, row_number() OVER (PARTITION BY item ORDER BY sure DESC, score DESC, other) AS rank FROM (
               SELECT pairs.item, other, m >= ${setting("min_cointeraction_count")} AS sure,
                      weight * m / (m + ${setting("shrinkage")}) / pow(x.n, ${1 - exponent}) / pow(y.n, ${exponent}) AS score
               FROM pairs JOIN counts x ON x.item = pairs.item JOIN counts y ON y.item = other))
           WHERE rank <= ${setting("max_similar_items")}`,
      ];
    }
    case "segments": {
      const counts = [
        `CREATE TABLE lengths AS SELECT "user", count(*) AS length FROM interactions GROUP BY "user"`,
        `CREATE TABLE counts AS SELECT item, count(DISTINCT "user") AS n FROM interactions GROUP BY item`,
        `CREATE TABLE weights AS
           SELECT "user", item, ${setting("recency_floor")} + pow(0.5, (length - 1 - position) / ${setting("recency_half_life")}) AS weight, length
           FROM interactions JOIN lengths USING ("user")`,
      ];
      const asked = Array.from({ length: SEGMENTS }, (_, k) => {
        return `CREATE OR REPLACE TABLE result AS
          WITH owners AS (SELECT DISTINCT "user" FROM interactions WHERE item = ${askedItem(data, k)}),
          likeness AS (
            SELECT i.item, sum(pow(length, ${-setting("history_discount")})) / pow(any_value(n), ${setting("popularity_discount")}) AS s
            FROM (SELECT DISTINCT "user", item FROM interactions JOIN owners USING ("user")) i
            JOIN lengths USING ("user") JOIN counts ON counts.item = i.item GROUP BY i.item)
          SELECT "user", pow(any_value(length), ${setting("activity_exponent")}) * sum(weight * coalesce(s, 0)) / sum(weight) AS score
          FROM weights LEFT JOIN likeness USING (item) ANTI JOIN owners USING ("user")
          GROUP BY "user" ORDER BY score DESC, "user" LIMIT ${segmentSize(data)}`;
      });
      return [...counts, ...asked];
    }
  }
}

/** Runs the statements. What it returns reads the answer, which is not timed. */
async function bySql(what: CountingTask["what"], data: TrainingData, connection: DuckDBConnection) {
  for (const statement of statements(what, data)) await connection.run(statement);
  return async (): Promise<readonly number[]> => {
    const columns = { popularity: "item, users", sims: "item, other", segments: `0 AS item, "user"` }[what];
    const reader = await connection.runAndReadAll(
      `SELECT ${columns} FROM result${what === "sims" ? " WHERE rank = 1" : ""}`,
    );
    const rows = reader.getRows().map(([item, value]) => [Number(item), Number(value)] as const);
    if (what === "segments") return rows.map(([, user]) => user);
    const byItem = new Array<number>(data.itemIds.length).fill(what === "sims" ? -1 : 0);
    for (const [item, value] of rows) byItem[item] = value;
    return byItem;
  };
}

async function measure({ what, how, size }: CountingTask): Promise<CountingFigures> {
  const data = syntheticData(size);
  const connection = how === "sql" ? await (await DuckDBInstance.create(":memory:")).connect() : undefined;
  if (connection) await table(connection, data);
  const before = memoryOf(process.pid).residentMib;
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const answer = connection ? await bySql(what, data, connection) : await byPalate(what, data);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const extraMib = Math.max(0, memoryOf(process.pid).peakMib - before);
  return { seconds, cpuSeconds: (user + system) / 1e6, extraMib, answer: await answer() };
}

process.once("message", (task: CountingTask) => {
  void measure(task).then((figures) => process.send!(figures, () => process.exit()));
});
