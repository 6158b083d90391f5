import { DeletionKind, type DatasetType } from "@palate/proto/dataset";
import { literal, queryRows, type DuckDb } from "../duckdb.js";
import type { ErasedIds } from "./erased-ids.js";
import { holdsRowsOf, isErased, mentions, withoutMentions, type Origin } from "./erase-sql.js";

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
  const into = `${literal(target)} (FORMAT parquet, COMPRESSION zstd)`;
  return rewriteTable(duckdb, `read_parquet(${literal(path)})`, type, origin, erased, into);
}

/**
 * Writes the rows of a table without those of deleted users or items, and without their mention in impressions.
 * @param source SQL of the table
 * @param into where to write it and how, as SQL
 * @returns undefined when it holds nothing of them; then nothing is written
 */
export async function rewriteTable(
  duckdb: DuckDb,
  source: string,
  type: DatasetType,
  origin: Origin,
  erased: readonly ErasedIds[],
  into: string,
): Promise<Rewritten | undefined> {
  return duckdb.with(async (connection) => {
    const columns = await queryRows(connection, `DESCRIBE SELECT * FROM ${source}`);
    const hasImpression = columns.some((column) => column["column_name"] === "IMPRESSION");
    const ofItems = erased.filter(({ kind }) => kind === DeletionKind.DELETION_KIND_ITEMS);
    const tests = erased.map((one) => isErased(one, type, origin));
    const counts = erased.map((one, i) => {
      const shortened = one.kind === DeletionKind.DELETION_KIND_ITEMS && hasImpression;
      const touched = shortened ? `(${tests[i]}) OR ${mentions(`"IMPRESSION"`, one)}` : tests[i];
      return `count(*) FILTER (WHERE ${touched}) AS n${i}`;
    });
    const gone = tests.map((test) => `(${test})`).join(" OR ");
    const left = `count(*) FILTER (WHERE NOT (${gone})) AS living, count(*) AS before`;
    const [row] = await queryRows(connection, `SELECT ${[...counts, left].join(", ")} FROM ${source}`);
    const removed = erased.map((_, i) => Number(row![`n${i}`]));
    if (removed.every((count) => count === 0)) return undefined;
    const impression = ofItems.reduce((sql, one) => withoutMentions(sql, one), `"IMPRESSION"`);
    const replaced = hasImpression && ofItems.length > 0 ? ` REPLACE (${impression} AS "IMPRESSION")` : "";
    await connection.run(`COPY (SELECT *${replaced} FROM ${source} WHERE NOT (${gone})) TO ${into}`);
    return { before: Number(row!["before"]), rows: Number(row!["living"]), removed };
  });
}
