import { EVENT_DATASETS } from "../schema/dataset-types.js";
import { SESSION_ID_COLUMN } from "../schema/internal-columns.js";
import { findDataset, type Manifest } from "../schema/manifest.js";
import { identifier, queryRows, type DuckDb } from "../storage/duckdb.js";
import { withParquet } from "../storage/parquet-lease.js";
import type { ParquetStore } from "../storage/parquet-store.js";
import { numberedParquetRows } from "../storage/read-files.js";
import { readEventIds } from "./event-ids.js";

/** The newest event ids and sessions that are in Parquet files only; writers need them to record an event once. */
export interface RecentIds {
  /** Event ids, oldest first. */
  readonly eventIds: readonly string[];
  /** Sessions with the users who signed in to them, oldest first. */
  readonly sessions: readonly (readonly [sessionId: string, userId: string])[];
}

/**
 * Reads what writers need to know of a group's Parquet files.
 * @param most event ids, and rows with sessions, that are looked at; the newest
 */
export async function readRecentIds(
  files: ParquetStore,
  duckdb: DuckDb,
  logId: string,
  manifest: Manifest,
  most: number,
): Promise<RecentIds> {
  const eventIds = await readEventIds(files, duckdb, logId, manifest, most);
  const streamed = EVENT_DATASETS.flatMap((type) => findDataset(manifest, type)?.files ?? [])
    .filter((file) => file.kind === "streamed")
    .sort((a, b) => b.arrived - a.arrived);
  const parts: [string, string][][] = [];
  const session = identifier(SESSION_ID_COLUMN);
  let count = 0;
  for (const file of streamed) {
    if (count >= most) break;
    const rows = await withParquet(files, logId, async (lease) => {
      const source = numberedParquetRows(await lease.path(file));
      const sql = `SELECT ${session} AS s, arg_max("USER_ID", file_row_number) AS u FROM ${source}
        WHERE ${session} IS NOT NULL AND "USER_ID" IS NOT NULL GROUP BY ALL ORDER BY max(file_row_number)`;
      return duckdb.with((connection) => queryRows(connection, sql));
    });
    parts.unshift(rows.map((row): [string, string] => [String(row["s"]), String(row["u"])]));
    count += rows.length;
  }
  return { eventIds, sessions: parts.flat() };
}
