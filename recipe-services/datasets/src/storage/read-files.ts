import { exactly, literal } from "./duckdb.js";

/**
 * SQL of the rows of files. DuckDB takes a folder called `name=value`, anywhere above a file, for a column of that name
 * that wins over the file's own, and `*`, `?` and `[` in a path for a pattern. Here a path is a place and nothing else,
 * so lint refuses DuckDB's own functions outside this file.
 */
const PLACE_ONLY = "hive_partitioning = false";

/** The name under which {@link numberedParquetRows} counts rows, from 0. */
export const ROW_NUMBER = "file_row_number";

/** SQL of the rows of a Parquet file, or of several, one after the other: what columns some of them lack is null there. */
export function parquetRows(path: string | readonly string[]): string {
  const united = typeof path === "string" ? "" : ", union_by_name = true";
  return `read_parquet(${placeOf(path)}, ${PLACE_ONLY}${united})`;
}

/** SQL of the rows of a Parquet file with their numbers in a further column, {@link ROW_NUMBER}. */
export function numberedParquetRows(path: string): string {
  return `read_parquet(${placeOf(path)}, ${PLACE_ONLY}, ${ROW_NUMBER} = true)`;
}

/** SQL of what a Parquet file says about its rows: one row with `num_rows`. */
export function parquetFileMetadata(path: string): string {
  return `parquet_file_metadata(${placeOf(path)})`;
}

/** SQL of what a Parquet file says about its columns: one row for each of them in each row group. */
export function parquetColumnMetadata(path: string): string {
  return `parquet_metadata(${placeOf(path)})`;
}

/** SQL of how a Parquet file's values are typed: one row for each column and each part of a nested one. */
export function parquetSchema(path: string): string {
  return `parquet_schema(${placeOf(path)})`;
}

/** SQL of what else the writer of a Parquet file put into it: rows with `key` and `value`, both BLOBs. */
export function parquetKeyValues(path: string): string {
  return `parquet_kv_metadata(${placeOf(path)})`;
}

/**
 * SQL of the rows of a CSV file.
 * @param options DuckDB's, in SQL
 */
export function csvRows(path: string, options: string): string {
  return `read_csv(${placeOf(path)}, ${PLACE_ONLY}, ${options})`;
}

/**
 * SQL of the rows of a file of JSON lines.
 * @param options DuckDB's, in SQL
 */
export function jsonRows(path: string, options: string): string {
  return `read_json(${placeOf(path)}, ${PLACE_ONLY}, format = 'newline_delimited', ${options})`;
}

/**
 * SQL of the lines of a file of JSON lines, each in a column `json`.
 * @param options DuckDB's, in SQL
 */
export function jsonObjects(path: string, options: string): string {
  return `read_ndjson_objects(${placeOf(path)}, ${PLACE_ONLY}, ${options})`;
}

function placeOf(path: string | readonly string[]): string {
  return typeof path === "string"
    ? literal(exactly(path))
    : `[${path.map((each) => literal(exactly(each))).join(", ")}]`;
}
