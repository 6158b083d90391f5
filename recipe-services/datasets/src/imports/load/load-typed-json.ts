import type { DuckDBConnection } from "@duckdb/node-api";
import { identifier, literal } from "../../storage/duckdb.js";
import { jsonRows, ROW_NUMBER } from "../../storage/read-files.js";
import { MAX_LINE_BYTES } from "../staging/text-checker.js";
import { lineColumn, lineType, type TypedColumn } from "../staging/typed-rows.js";
import type { FileTable } from "./file-table.js";
import { openTyped } from "./typed-table.js";

/** Opens lines of JSON whose columns have the types of the file that they were made from. */
export function openTypedJson(
  connection: DuckDBConnection,
  file: string,
  columns: readonly TypedColumn[],
): Promise<FileTable> {
  const types = columns
    .map(({ type }, index) => `${literal(lineColumn(index))}: ${literal(lineType(type))}`)
    .join(", ");
  const lines = jsonRows(file, `columns = {${types}}, maximum_object_size = ${MAX_LINE_BYTES}`);
  const selected = columns.map(({ type }, index) => {
    const name = identifier(lineColumn(index));
    return lineType(type) === type ? name : `${name}::${type} AS ${name}`;
  });
  const rows = `(SELECT ${selected.join(", ")} FROM ${lines})`;
  return openTyped(connection, {
    rows,
    numberedRows: `(SELECT *, row_number() OVER () - 1 AS ${ROW_NUMBER} FROM ${rows})`,
    rowNumber: ROW_NUMBER,
    names: columns.map(({ name }) => name),
  });
}
