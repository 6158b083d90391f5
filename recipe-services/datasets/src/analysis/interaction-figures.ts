import type { DuckDBConnection } from "@duckdb/node-api";
import type { Column, InteractionsAnalysis } from "@palate/proto/dataset";
import { queryRows } from "../storage/duckdb.js";
import { countInBins, equalBins, figure, summarise, topValues, type AnalysedRows } from "./figures.js";

/** Interactions below which an item has too few to learn much about it; Amazon calls it cold. */
const FEW = 5;

/** Ranges of the count over time. */
const TIME_BINS = 60;

/** Temporary tables of the ids of a column, `id`, and how many rows have each, `n`; {@link analyseInteractions} makes them. */
export const COUNTED_IDS: Readonly<Record<string, string>> = { USER_ID: "per_user", ITEM_ID: "per_item" };

/** SQL of the ids that another dataset knows, in a column `id`; undefined when the group has no such dataset. */
export interface KnownIds {
  readonly items: string | undefined;
  readonly users: string | undefined;
}

/** What interactions say about users, items and time. Makes the tables of {@link COUNTED_IDS}. */
export async function analyseInteractions(
  { connection, source, rows }: AnalysedRows,
  columns: readonly Column[],
  known: KnownIds,
  nowSeconds: number,
): Promise<InteractionsAnalysis> {
  await connection.run(
    `CREATE TEMP TABLE per_user AS SELECT USER_ID AS id, count(*) AS n, min("TIMESTAMP") = max("TIMESTAMP") AS one_time
       FROM ${source} GROUP BY id; CREATE TEMP TABLE per_item AS SELECT ITEM_ID AS id, count(*) AS n FROM ${source} GROUP BY id`,
  );
  const [users] = await queryRows(
    connection,
    `SELECT count(*) AS n, count(*) FILTER (n = 1) AS one, count(*) FILTER (n > 1 AND one_time) AS one_time FROM per_user`,
  );
  const [items] = await queryRows(
    connection,
    `SELECT count(*) AS n, count(*) FILTER (n < ${FEW}) AS few FROM per_item`,
  );
  const [userCount, itemCount] = [figure(users, "n"), figure(items, "n")];
  const [top] = await queryRows(
    connection,
    `SELECT sum(n) AS n FROM (SELECT n FROM per_item ORDER BY n DESC LIMIT ${Math.ceil(itemCount / 100)})`,
  );
  const [times] = await queryRows(
    connection,
    `SELECT min("TIMESTAMP") AS first, max("TIMESTAMP") AS last, count(*) FILTER ("TIMESTAMP" > ${nowSeconds}) AS future
       FROM ${source}`,
  );
  const [first, last] = [figure(times, "first"), figure(times, "last")];
  const has = (name: string) => columns.some((column) => column.name === name);
  const counted = has("IMPRESSION")
    ? await queryRows(connection, `SELECT count(IMPRESSION) AS n FROM ${source}`)
    : undefined;
  // Pairs of user and item, whose number no query needs: each counts once however often it is repeated.
  const [pairs] = await queryRows(
    connection,
    `SELECT approx_count_distinct(hash(USER_ID, ITEM_ID)) AS n FROM ${source}`,
  );
  return {
    users: userCount,
    items: itemCount,
    usersWithOne: figure(users, "one"),
    itemsWithFew: figure(items, "few"),
    perUser: await summarise(connection, "n", "per_user"),
    perItem: await summarise(connection, "n", "per_item"),
    topItemsShare: rows > 0 ? figure(top, "n") / rows : 0,
    density: userCount > 0 ? Math.min(figure(pairs, "n"), rows) / (userCount * itemCount) : 0,
    firstSeconds: first,
    lastSeconds: last,
    // What lies in the future is no period to draw; it counts in the last range.
    overTime: await countInBins(
      connection,
      '"TIMESTAMP"',
      source,
      equalBins(first, first < nowSeconds ? Math.min(last, nowSeconds) : last, TIME_BINS),
    ),
    inFuture: figure(times, "future"),
    usersWithOneTime: figure(users, "one_time"),
    eventTypes: has("EVENT_TYPE") ? await topValues(connection, "EVENT_TYPE", source) : [],
    unknownItems: await unknown(connection, "per_item", known.items),
    unknownUsers: await unknown(connection, "per_user", known.users),
    withImpression: figure(counted?.[0], "n"),
  };
}

async function unknown(connection: DuckDBConnection, counts: string, ids: string | undefined) {
  if (ids === undefined) return undefined;
  const [row] = await queryRows(
    connection,
    `SELECT coalesce(sum(n), 0) AS n FROM ${counts} ANTI JOIN (${ids}) AS known USING (id)`,
  );
  return figure(row, "n");
}
