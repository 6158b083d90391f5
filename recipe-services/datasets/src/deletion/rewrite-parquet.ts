import { DeletionKind, type DatasetType } from "@palate/proto/dataset";
import { literal, queryRows, type DuckDb } from "../storage/duckdb.js";
import { holdsRowsOf, isErased, mentions, withoutMentions, type Origin } from "../storage/erase-sql.js";
import type { ErasedIds } from "../storage/erased-ids.js";
import { numberedParquetRows, parquetRows, ROW_NUMBER } from "../storage/read-files.js";

/** A Parquet file of a dataset. */
export interface StoredRows {
  /** Where it is. */
  readonly path: string;
  /** The dataset. */
  readonly type: DatasetType;
  /** How its rows came into it. */
  readonly origin: Origin;
}

/** A file that was written anew. */
export interface Rewritten {
  /** Rows there were. */
  readonly before: number;
  /** Rows left. */
  readonly rows: number;
  /** Rows removed or changed, for each deletion. */
  readonly removed: readonly number[];
}

/**
 * Writes a Parquet file without the rows of deleted users or items, and without their mention in impressions.
 * @param target where to write it
 * @returns undefined when the file holds nothing of them; then nothing is written
 */
export async function rewriteParquet(
  duckdb: DuckDb,
  { path, type, origin }: StoredRows,
  erased: readonly ErasedIds[],
  target: string,
): Promise<Rewritten | undefined> {
  if (!erased.some(({ kind }) => holdsRowsOf(kind, type))) return undefined;
  const table = { source: parquetRows(path), type, origin, into: `${literal(target)} (${PARQUET})` };
  const ordered = { source: numberedParquetRows(path), by: ROW_NUMBER };
  return rewriteTable(duckdb, { ...table, ordered }, erased);
}

const PARQUET = "FORMAT parquet, COMPRESSION zstd";

/** Hashes from which on it is quicker to find rows by a join and to sort what is left. */
const MANY = 64;

/** A table to be written without some rows. */
export interface Table {
  /** SQL of it. */
  readonly source: string;
  /** The dataset whose rows it has. */
  readonly type: DatasetType;
  /** How they came. */
  readonly origin: Origin;
  /** SQL of the same with a further column that numbers the rows, and the column's name; where there is such. */
  readonly ordered?: { readonly source: string; readonly by: string };
  /** Where to write it and how, as SQL. */
  readonly into: string;
}

/**
 * Writes the rows of a table without those of deleted users or items, and without their mention in impressions, in the
 * order in which they were.
 * @returns undefined when it holds nothing of them; then nothing is written
 */
export async function rewriteTable(
  duckdb: DuckDb,
  { source, type, origin, ordered, into }: Table,
  erased: readonly ErasedIds[],
): Promise<Rewritten | undefined> {
  return duckdb.with(async (connection) => {
    const columns = await queryRows(connection, `DESCRIBE SELECT * FROM ${source}`);
    const hasImpression = columns.some((column) => column["column_name"] === "IMPRESSION");
    const ofItems = erased.filter(({ kind }) => kind === DeletionKind.DELETION_KIND_ITEMS);
    const isGone = (joined: boolean) => erased.map((one) => `(${isErased(one, type, origin, joined)})`);
    const tests = isGone(true).map((test, i) => `${test} AS t${i}`);
    const shortened = erased.map((one, i) => {
      const isItems = one.kind === DeletionKind.DELETION_KIND_ITEMS && hasImpression;
      return `${isItems ? mentions(`"IMPRESSION"`, one) : "false"} AS m${i}`;
    });
    const counts = erased.map((_, i) => `count(*) FILTER (WHERE t${i} OR m${i}) AS n${i}`);
    const living = `count(*) FILTER (WHERE NOT (${erased.map((_, i) => `t${i}`).join(" OR ")})) AS living`;
    const [row] = await queryRows(
      connection,
      `SELECT ${[...counts, living].join(", ")}, count(*) AS before
       FROM (SELECT ${[...tests, ...shortened].join(", ")} FROM ${source})`,
    );
    const removed = erased.map((_, i) => Number(row![`n${i}`]));
    if (removed.every((count) => count === 0)) return undefined;
    const impression = ofItems.reduce((sql, one) => withoutMentions(sql, one), `"IMPRESSION"`);
    const replaced = hasImpression && ofItems.length > 0 ? ` REPLACE (${impression} AS "IMPRESSION")` : "";
    const sorted = erased.some(({ size }) => size > MANY) ? ordered : undefined;
    const gone = isGone(sorted !== undefined).join(" OR ");
    const kept = sorted
      ? `SELECT * EXCLUDE (${sorted.by})${replaced} FROM ${sorted.source} WHERE NOT (${gone}) ORDER BY ${sorted.by}`
      : `SELECT *${replaced} FROM ${source} WHERE NOT (${gone})`;
    await connection.run(`COPY (${kept}) TO ${into}`);
    return { before: Number(row!["before"]), rows: Number(row!["living"]), removed };
  });
}
