import type { DuckDBConnection } from "@duckdb/node-api";
import { countRows, execute, queryRows } from "../../storage/duckdb.js";
import { parquetRows } from "../../storage/read-files.js";
import { STAGED_TABLE, typedColumnAsText, type FileTable, type LoadedRows } from "./file-table.js";
import { needReadableParquet } from "./parquet-guard.js";

/**
 * Opens a Parquet file.
 * @param maxBytes most bytes that its values may take
 * @throws FileRefused when it is no Parquet file, or one that would unpack to more; DuckDB's errors when it cannot be read
 */
export async function openParquet(
  connection: DuckDBConnection,
  label: string,
  file: string,
  maxBytes: number,
): Promise<FileTable> {
  await needReadableParquet(connection, label, file, maxBytes);
  const described = await queryRows(connection, `DESCRIBE SELECT * FROM ${parquetRows(file)}`);
  const typeOf = new Map(described.map((row) => [String(row["column_name"]), String(row["column_type"])]));
  return {
    columns: [...typeOf.keys()],
    line: 0,
    async load(_used, select): Promise<LoadedRows> {
      const list = select((name) => typedColumnAsText(name, typeOf.get(name) ?? ""));
      await execute(connection, `CREATE TABLE ${STAGED_TABLE} AS SELECT ${list} FROM ${parquetRows(file)}`);
      return { rows: await countRows(connection, STAGED_TABLE), broken: [], brokenRows: 0, lines: countedFromOne };
    },
  };
}

/** A Parquet file has no lines: its rows are counted from 1. */
async function countedFromOne(rowIds: readonly number[]): Promise<Map<number, number>> {
  return new Map(rowIds.map((id) => [id, id + 1]));
}
