import type { DuckDBConnection } from "@duckdb/node-api";
import { countRows, execute, identifier } from "../../storage/duckdb.js";
import { numberedParquetRows, parquetRows, ROW_NUMBER } from "../../storage/read-files.js";
import { STAGED_TABLE, type FileTable, type LoadedRows } from "./file-table.js";
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
  const described = await connection.runAndReadAll(`SELECT * FROM ${parquetRows(file)} LIMIT 0`);
  const columns = described.columnNames();
  const types = described.columnTypes();
  return {
    columns,
    line: 0,
    async load(_used, select, options): Promise<LoadedRows> {
      const sql = await select({
        relation: options?.numbered ? numberedParquetRows(file) : parquetRows(file),
        rowNumber: ROW_NUMBER,
        textOf: (column) => `nullif(${identifier(columns[column]!)}::VARCHAR, '')`,
        rawOf: (column) => identifier(columns[column]!),
        typeOf: (column) => types[column]!,
      });
      await execute(connection, `CREATE TABLE ${STAGED_TABLE} AS ${sql}`);
      return { rows: await countRows(connection, STAGED_TABLE), broken: [], brokenRows: 0, lines: countedFromOne };
    },
  };
}

/** A Parquet file has no lines: its rows are counted from 1. */
async function countedFromOne(rows: readonly number[]): Promise<Map<number, number>> {
  return new Map(rows.map((row) => [row, row + 1]));
}
