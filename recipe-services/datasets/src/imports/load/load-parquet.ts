import type { DuckDBConnection } from "@duckdb/node-api";
import { numberedParquetRows, parquetRows, ROW_NUMBER } from "../../storage/read-files.js";
import type { FileTable } from "./file-table.js";
import { arrowTypesOf } from "../staging/parquet-arrow-types.js";
import { needReadableParquet } from "./parquet-guard.js";
import { openTyped } from "./typed-table.js";

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
  const withTypes = await arrowTypesOf(connection, label, file);
  return openTyped(connection, {
    rows: withTypes(parquetRows(file)),
    numberedRows: withTypes(numberedParquetRows(file)),
    rowNumber: ROW_NUMBER,
  });
}
