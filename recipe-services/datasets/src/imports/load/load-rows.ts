import type { DuckDBConnection } from "@duckdb/node-api";
import type { Column } from "@palate/proto/dataset";
import { defaultOf } from "../../schema/column-default.js";
import { identifier, literal } from "../../storage/duckdb.js";
import type { StagedFile } from "../staging/stage-file.js";
import { STAGED_TABLE, type FileTable, type LoadedRows, type TextOf } from "./file-table.js";
import { openCsv } from "./load-csv.js";
import { JSON_LINES_TABLE, openJsonLines } from "./load-json-lines.js";
import { openParquet } from "./load-parquet.js";
import { matchColumns, type MatchedColumns } from "./match-columns.js";
import { refusingUnreadable } from "./reading-errors.js";

/** What is loaded, and for which schema. */
export interface RowsToLoad {
  /** The dataset, for messages. */
  readonly label: string;
  /** The file. */
  readonly staged: StagedFile;
  /** The schema's columns. */
  readonly columns: readonly Column[];
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
    const file = await openFile(connection, request);
    const matched = matchColumns(label, file, columns);
    return file.load([...matched.values()], (textOf) => selectList(columns, matched, textOf));
  });
}

/** Removes what {@link loadRows} made, however far it came. */
export async function dropRows(connection: DuckDBConnection): Promise<void> {
  await connection.run(`DROP TABLE IF EXISTS ${STAGED_TABLE}; DROP TABLE IF EXISTS ${JSON_LINES_TABLE}`);
}

/** Opens a file as a table with its own columns. Throws FileRefused. */
function openFile(
  connection: DuckDBConnection,
  { label, staged: { format, path }, maxBytes }: RowsToLoad,
): Promise<FileTable> {
  switch (format) {
    case "csv":
      return openCsv(connection, label, path);
    case "jsonl":
      return openJsonLines(connection, label, path);
    case "parquet":
      return openParquet(connection, label, path, maxBytes);
  }
}

/** The schema's columns: the file's, or the default of one that the file does not have. */
function selectList(columns: readonly Column[], matched: MatchedColumns, textOf: TextOf): string {
  const list = columns.map((column) => {
    const name = matched.get(column.name);
    return `${name === undefined ? absent(column) : textOf(name)} AS ${identifier(column.name)}`;
  });
  return list.join(", ");
}

function absent(column: Column): string {
  const value = defaultOf(column);
  return value === undefined ? "NULL::VARCHAR" : `${literal(String(value))}::VARCHAR`;
}
