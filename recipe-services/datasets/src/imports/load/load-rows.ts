import type { DuckDBConnection } from "@duckdb/node-api";
import type { Column, ImportMapping } from "@palate/proto/dataset";
import { defaultOf } from "../../schema/column-default.js";
import { identifier, literal } from "../../storage/duckdb.js";
import type { StagedFile } from "../staging/stage-file.js";
import { csvFormat } from "./csv-dialect.js";
import { STAGED_TABLE, type FileRelation, type FileTable, type LoadedRows } from "./file-table.js";
import { CSV_TABLE, openCsv } from "./load-csv.js";
import { JSON_LINES_TABLE, openJsonLines } from "./load-json-lines.js";
import { openParquet } from "./load-parquet.js";
import { matchColumns, type MatchedColumns } from "./match-columns.js";
import { withPartitionKeys } from "./partition-columns.js";
import { refusingUnreadable } from "./reading-errors.js";

/** What is loaded, and for which schema. */
export interface RowsToLoad {
  /** The dataset, for messages. */
  readonly label: string;
  /** The file. */
  readonly staged: StagedFile;
  /** The schema's columns. */
  readonly columns: readonly Column[];
  /** How its rows become rows of the dataset; undefined when they have its columns and forms. */
  readonly mapping: ImportMapping | undefined;
  /** Most bytes that the file's values may take. */
  readonly maxBytes: number;
}

/**
 * Loads a staged file into {@link STAGED_TABLE}.
 * @throws FileRefused when it cannot be read, or its columns are not the schema's
 */
export async function loadRows(connection: DuckDBConnection, request: RowsToLoad): Promise<LoadedRows> {
  const { label, staged, columns } = request;
  return refusingUnreadable(label, staged.path, async () => {
    const table = await openFile(connection, request);
    const matched = matchColumns(label, table, columns);
    return table.load([...matched.values()], (file) => selectColumns(columns, matched, file));
  });
}

/** Removes what {@link loadRows} made, however far it came. */
export async function dropRows(connection: DuckDBConnection): Promise<void> {
  for (const table of [STAGED_TABLE, JSON_LINES_TABLE, CSV_TABLE]) {
    await connection.run(`DROP TABLE IF EXISTS ${table}`);
  }
}

/** Opens a file as a table with its own columns, and the keys of its folders where the mapping names some. Throws FileRefused. */
export async function openFile(connection: DuckDBConnection, request: RowsToLoad): Promise<FileTable> {
  const { label, staged, mapping } = request;
  return withPartitionKeys(label, await openOwn(connection, request), mapping?.partitionKeys ?? [], staged.folders);
}

function openOwn(
  connection: DuckDBConnection,
  { label, staged: { format, path }, mapping, maxBytes }: RowsToLoad,
): Promise<FileTable> {
  switch (format) {
    case "csv":
      return openCsv(connection, label, path, csvFormat(mapping?.csv));
    case "jsonl":
      return openJsonLines(connection, label, path);
    case "parquet":
      return openParquet(connection, label, path, maxBytes);
  }
}

/** The schema's columns: the file's, or the default of one that the file does not have. */
function selectColumns(columns: readonly Column[], matched: MatchedColumns, file: FileRelation): string {
  const list = columns.map((column) => {
    const place = matched.get(column.name);
    return `${place === undefined ? absent(column) : file.textOf(place)} AS ${identifier(column.name)}`;
  });
  return `SELECT ${list.join(", ")} FROM ${file.relation}`;
}

function absent(column: Column): string {
  const value = defaultOf(column);
  return value === undefined ? "NULL::VARCHAR" : `${literal(String(value))}::VARCHAR`;
}
