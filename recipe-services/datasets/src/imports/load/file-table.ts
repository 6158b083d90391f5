import type { ImportProblem } from "@palate/proto/dataset";
import { identifier } from "../../storage/duckdb.js";

/** The DuckDB table that a file is loaded into: a text column for each schema column, rows in the file's order. */
export const STAGED_TABLE = "staged";

/** The rows of a file in {@link STAGED_TABLE}. */
export interface LoadedRows {
  /** Rows in the table. */
  readonly rows: number;
  /** Rows that could not be parsed, and are not in the table. */
  readonly broken: readonly ImportProblem[];
  /** How many such rows there are; `broken` lists the first. */
  readonly brokenRows: number;
  /** Line numbers of rows, which are given by their row ids in the table, counted from 0. */
  lines(rowIds: readonly number[]): Promise<Map<number, number>>;
}

/** The SQL of a file's column as text, NULL where it is empty; within one {@link FileTable.load} only. */
export type TextOf = (column: string) => string;

/**
 * A staged file as a table with its own columns, whatever its format. Which of them fills which column of the schema is
 * decided outside.
 */
export interface FileTable {
  /** The file's columns by the names it gives them, in its order. */
  readonly columns: readonly string[];
  /** Line that names them; 0 where the format has no lines. */
  readonly line: number;
  /**
   * Loads all rows into {@link STAGED_TABLE}.
   * @param used the file's columns that `select` asks for
   * @param select makes the select list of the table
   */
  load(used: readonly string[], select: (textOf: TextOf) => string): Promise<LoadedRows>;
}

/** The SQL of a typed DuckDB column as text: a list joined by "|", NULL where it is empty. */
export function typedColumnAsText(name: string, duckDbType: string): string {
  const sql = identifier(name);
  return duckDbType.endsWith("[]") ? `array_to_string(${sql}, '|')` : `nullif(${sql}::VARCHAR, '')`;
}
