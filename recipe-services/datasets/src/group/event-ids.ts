import { EVENT_DATASETS } from "../schema/dataset-types.js";
import { EVENT_ID_COLUMN } from "../schema/internal-columns.js";
import { findDataset, type Manifest } from "../schema/manifest.js";
import { identifier, queryRows, type DuckDb } from "../storage/duckdb.js";
import { withParquet } from "../storage/parquet-lease.js";
import type { ParquetStore } from "../storage/parquet-store.js";
import { parquetRows } from "../storage/read-files.js";

/** Reads the newest event ids that are in a group's Parquet files, oldest first. */
export async function readEventIds(
  files: ParquetStore,
  duckdb: DuckDb,
  logId: string,
  manifest: Manifest,
  most: number,
): Promise<string[]> {
  const streamed = EVENT_DATASETS.flatMap((type) => findDataset(manifest, type)?.files ?? [])
    .filter((file) => file.kind === "streamed")
    .sort((a, b) => b.arrived - a.arrived);
  const parts: string[][] = [];
  let count = 0;
  for (const file of streamed) {
    if (count >= most) break;
    const column = identifier(EVENT_ID_COLUMN);
    const rows = await withParquet(files, logId, async (lease) => {
      const source = parquetRows(await lease.path(file));
      return duckdb.with((connection) =>
        queryRows(connection, `SELECT ${column} AS id FROM ${source} WHERE ${column} IS NOT NULL`),
      );
    });
    parts.unshift(rows.map((row) => String(row["id"])));
    count += rows.length;
  }
  return parts.flat().slice(-most);
}
