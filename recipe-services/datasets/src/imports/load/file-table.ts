import type { DuckDBType } from "@duckdb/node-api";
import type { ImportProblem } from "@palate/proto/dataset";

/** The DuckDB table that a file is loaded into: a text column for each schema column, rows in the file's order. */
export const STAGED_TABLE = "staged";

/** The DuckDB table that holds what a mapping's query made of a file. */
export const QUERY_TABLE = "query_rows";

/** The rows of a file in {@link STAGED_TABLE}. */
export interface LoadedRows {
  /** Rows in the table. */
  readonly rows: number;
  /** Rows that could not be parsed, and are not in the table. */
  readonly broken: readonly ImportProblem[];
  /** How many such rows there are; `broken` lists the first. */
  readonly brokenRows: number;
  /** Line numbers of the file's rows, which are given by their numbers in the file, counted from 0. */
  lines(rowNumbers: readonly number[]): Promise<Map<number, number>>;
}

/** A file as SQL, within one {@link FileTable.load} only. Columns are given by their place in {@link FileTable.columns}. */
export interface FileRelation {
  /** What stands behind FROM. */
  readonly relation: string;
  /** SQL of a row's number in the file, counted from 0; only of a file that was loaded with `numbered`. */
  readonly rowNumber: string;
  /** A column's value as text, NULL where it is empty. What DuckDB prints of lists and other nested values is no text for anybody. */
  textOf(column: number): string;
  /** Of JSON, the SQL of the value's kind as DuckDB's json_type says it. */
  kindOf?(column: number): string;
  /** Of JSON, the kinds of value that the column has in the file; what is not among them needs no SQL. */
  kindsOf?(column: number): ReadonlySet<string>;
  /** A column's value as the file has it: text in text files, JSON in JSON Lines, typed in typed formats. */
  rawOf(column: number): string;
  /** The type of {@link rawOf}. */
  typeOf(column: number): DuckDBType;
}

/** How a file is loaded. */
interface LoadOptions {
  /** Whether the rows need their numbers: when they are filtered, made more of, or read by a query. It costs a copy of a text file's rows. */
  readonly numbered?: boolean;
}

/**
 * A staged file as a table with its own columns, whatever its format. Which of them fills which column of the schema is
 * decided outside.
 */
export interface FileTable {
  /** The file's columns by the names it gives them, in its order; "#1", "#2" and so on where it gives none. */
  readonly columns: readonly string[];
  /** Line that names them; 0 where none does. */
  readonly line: number;
  /**
   * Makes {@link STAGED_TABLE} of a SELECT over the file.
   * @param used the file's columns that the SELECT asks for, by their places
   * @param select makes it
   */
  load(
    used: readonly number[],
    select: (file: FileRelation) => string | Promise<string>,
    options?: LoadOptions,
  ): Promise<LoadedRows>;
}
