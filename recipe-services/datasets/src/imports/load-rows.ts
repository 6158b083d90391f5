import type { DuckDBConnection } from "@duckdb/node-api";
import type { Column, ImportProblem } from "@palate/proto/dataset";
import { truncate } from "node:fs/promises";
import { defaultOf } from "../schema/column-default.js";
import { columnKey } from "../schema/column-name.js";
import { identifier, literal, queryRows } from "../storage/duckdb.js";
import { MAX_HEADER_BYTES, readHeader, recordPlaces, type RecordPlace } from "./csv-text.js";
import { FileRefused, MAX_LISTED, problemAt } from "./file-problem.js";
import { needReadableParquet } from "./parquet-guard.js";
import type { StagedFile } from "./stage-file.js";
import { MAX_LINE_BYTES } from "./text-checker.js";

/** Records that DuckDB could not take apart and that it remembers; beyond them only their number matters. */
const MAX_BROKEN = 1_000;

/** Most columns of a file; one with more has no header of values that anybody wrote. */
const MAX_COLUMNS = 20_000;

/** Bytes of a CSV file that are read at a time. */
const BUFFER_BYTES = 8 * MAX_LINE_BYTES;

/** The rows of a file in a DuckDB table named `staged`: a text column for each schema column, in the file's order. */
export interface LoadedRows {
  /** Rows in the table. */
  readonly rows: number;
  /** Rows that could not be taken apart, and are not in the table. */
  readonly broken: readonly ImportProblem[];
  /** How many such rows there are; `broken` lists the first. */
  readonly brokenRows: number;
  /** Lines of the given rows of the table, counted from 0. */
  lines(rowIds: readonly number[]): Promise<Map<number, number>>;
}

/** Which column of the file fills which column of the schema. */
type Matched = ReadonlyMap<string, string>;

/**
 * Matches the file's columns with the schema's; capitals and underscores do not count.
 * @throws FileRefused listing every missing, unknown and repeated column
 */
function matchColumns(label: string, found: readonly string[], columns: readonly Column[], line: number): Matched {
  if (found.length > MAX_COLUMNS) {
    const message = `has ${found.length}${found.length === MAX_COLUMNS + 1 ? " or more" : ""} columns; at most ${MAX_COLUMNS} are read`;
    throw new FileRefused(label, [problemAt(line, "", "", message)]);
  }
  const problems: ImportProblem[] = [];
  const schemaNames = shortened(columns.map((column) => column.name).join(", "));
  const byKey = new Map(columns.map((column) => [columnKey(column.name), column]));
  const matched = new Map<string, string>();
  for (const name of found) {
    const column = byKey.get(columnKey(name.trim()));
    if (column === undefined) {
      const message = `is not in the schema, whose columns are ${schemaNames}; take it out of the file, or add it to the schema`;
      problems.push(problemAt(line, name.slice(0, 100), name, message));
    } else if (matched.has(column.name)) {
      problems.push(problemAt(line, column.name, name, "comes twice; keep one of them"));
    } else matched.set(column.name, name);
  }
  for (const column of columns) {
    if (column.nullable || column.defaultValue !== undefined || matched.has(column.name)) continue;
    problems.push(problemAt(line, column.name, "", `is missing; the file has ${shortened(found.join(", "))}`));
  }
  if (problems.length === 0) return matched;
  const [only] = found;
  const separator = [";", "\t", "|"].find((candidate) => found.length === 1 && only?.includes(candidate));
  if (separator) {
    const message = `is separated by ${JSON.stringify(separator)}; separate values by commas`;
    throw new FileRefused(label, [problemAt(line, "", only ?? "", message)]);
  }
  throw new FileRefused(label, problems);
}

function shortened(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/**
 * Loads a staged file.
 * @param maxBytes most bytes that its values may take
 * @throws FileRefused when its columns are not the schema's
 */
export async function loadRows(
  connection: DuckDBConnection,
  label: string,
  staged: StagedFile,
  columns: readonly Column[],
  maxBytes: number,
): Promise<LoadedRows> {
  switch (staged.format) {
    case "csv":
      return loadCsv(connection, label, staged.path, columns);
    case "jsonl":
      return loadJsonLines(connection, label, staged.path, columns);
    case "parquet":
      return loadParquet(connection, label, staged.path, columns, maxBytes);
  }
}

function selectList(columns: readonly Column[], expression: (column: Column) => string | undefined): string {
  // A column that the file does not have holds its default.
  const absent = (column: Column) => {
    const value = defaultOf(column);
    return value === undefined ? "NULL::VARCHAR" : `${literal(String(value))}::VARCHAR`;
  };
  return columns.map((column) => `${expression(column) ?? absent(column)} AS ${identifier(column.name)}`).join(", ");
}

async function countRows(connection: DuckDBConnection, table: string): Promise<number> {
  const [row] = await queryRows(connection, `SELECT count(*) AS rows FROM ${table}`);
  return Number(row?.["rows"]);
}

async function loadCsv(
  connection: DuckDBConnection,
  label: string,
  path: string,
  columns: readonly Column[],
): Promise<LoadedRows> {
  const header = await readHeader(path);
  if (header === undefined) {
    const message = `is longer than ${MAX_HEADER_BYTES} bytes; a header names the columns, separated by commas`;
    throw new FileRefused(label, [problemAt(1, "", "", message)]);
  }
  const matched = matchColumns(label, header, columns, 1);
  const types = header.map((_, index) => `'c${index}': 'VARCHAR'`).join(", ");
  const list = selectList(columns, (column) => {
    const name = matched.get(column.name);
    return name === undefined ? undefined : `c${header.indexOf(name)}`;
  });
  const load = (more: string) =>
    connection.run(
      `CREATE TABLE staged AS SELECT ${list} FROM read_csv(${literal(path)}, auto_detect = false, header = true,
         delim = ',', quote = '"', escape = '"', nullstr = '', columns = {${types}}, max_line_size = ${MAX_LINE_BYTES},
         buffer_size = ${BUFFER_BYTES}${more})`,
    );
  try {
    await load("");
    return csvRows(path, await countRows(connection, "staged"), [], 0);
  } catch (thrown) {
    if (!(thrown as Error).message.startsWith("Invalid Input Error: CSV Error")) throw thrown;
  }
  const known = await cutBehindBroken(path, header.length);
  // By one thread, which goes through the file in order: the records remembered are then the first.
  const [setting] = await queryRows(connection, "SELECT current_setting('threads') AS threads");
  await connection.run("SET threads = 1");
  await load(`, store_rejects = true, rejects_limit = ${MAX_BROKEN}`);
  await connection.run(`SET threads = ${Number(setting?.["threads"])}`);
  // DuckDB counts records, not lines, so places are told by the byte at which a record begins.
  const rejects = await queryRows(
    connection,
    `SELECT line_byte_position - 1 AS byte, any_value(error_type) AS kind, any_value(left(csv_line, 200)) AS text,
       any_value(left(error_message, 1000)) AS message FROM reject_errors GROUP BY ALL ORDER BY byte`,
  );
  const places = await placesOf(
    path,
    rejects.map((reject) => Number(reject["byte"])),
  );
  const broken = rejects.slice(0, MAX_LISTED).map((reject, index) => {
    const text = String(reject["text"] ?? "");
    return problemAt(
      places[index]?.line ?? 0,
      "",
      text,
      csvProblem(String(reject["kind"]), String(reject["message"]), header.length),
    );
  });
  await connection.run("DROP TABLE reject_errors; DROP TABLE reject_scans");
  const rows = await countRows(connection, "staged");
  const brokenRows = Math.max(known, rejects.length);
  const dropped = rejects.length < MAX_BROKEN ? places : undefined;
  return { ...csvRows(path, rows, dropped, brokenRows), broken };
}

/** The rows of a CSV file. Lines cannot be told when not all dropped records are known: those that are fill the list. */
function csvRows(
  path: string,
  rows: number,
  dropped: readonly RecordPlace[] | undefined,
  brokenRows: number,
): LoadedRows {
  const bytes = new Set(dropped?.map((place) => place.byte));
  const lines = (rowIds: readonly number[]) =>
    dropped ? linesOf(path, true, rowIds, 1, bytes) : Promise.resolve(new Map<number, number>());
  return { rows, broken: [], brokenRows, lines };
}

/**
 * Counts the records of another width than the header's. When there are very many, the file is cut behind the first of
 * them: each costs the reading of them more than a hundred good ones, and none behind would be listed.
 */
async function cutBehindBroken(path: string, width: number): Promise<number> {
  let broken = 0;
  let end: number | undefined;
  for await (const places of recordPlaces(path, true)) {
    for (const place of places) {
      if (place.values === width) continue;
      broken++;
      if (broken === MAX_BROKEN) end = place.byte;
    }
  }
  if (end !== undefined) await truncate(path, end);
  return broken;
}

function csvProblem(kind: string, message: string, width: number): string {
  switch (kind) {
    case "MISSING COLUMNS":
    case "TOO MANY COLUMNS":
      return `${message.replace(/^.*Found: (\d+).*$/s, "has $1")} values where the header has ${width}`;
    case "UNQUOTED VALUE":
      return `has a quote that is not closed; write a quote inside a quoted value twice ("")`;
    case "LINE SIZE OVER MAXIMUM":
      return `is longer than ${MAX_LINE_BYTES} bytes`;
    default:
      return `cannot be read: ${message.split("\n")[0]}`;
  }
}

async function loadJsonLines(
  connection: DuckDBConnection,
  label: string,
  path: string,
  columns: readonly Column[],
): Promise<LoadedRows> {
  await connection.run(
    `CREATE TEMP TABLE json_lines AS SELECT json AS line FROM read_ndjson_objects(${literal(path)},
       ignore_errors = true, maximum_object_size = ${MAX_LINE_BYTES})`,
  );
  const lines = (rowIds: readonly number[]) => linesOf(path, false, rowIds, 0, new Set());
  const notObject = `line IS NULL OR json_type(line) <> 'OBJECT'`;
  const bad = await queryRows(
    connection,
    `SELECT rowid AS id, left(line::VARCHAR, 200) AS text FROM json_lines WHERE ${notObject} ORDER BY rowid
       LIMIT ${MAX_LISTED}`,
  );
  if (bad.length > 0) {
    const shown = bad;
    const [counted] = await queryRows(connection, `SELECT count(*) AS bad FROM json_lines WHERE ${notObject}`);
    const lineOf = await lines(shown.map((row) => Number(row["id"])));
    const problems = shown.map((row) => {
      const line = lineOf.get(Number(row["id"])) ?? 0;
      return problemAt(line, "", String(row["text"] ?? ""), `is not a JSON object such as {"ITEM_ID": "1"}`);
    });
    throw new FileRefused(label, problems, Number(counted?.["bad"]), await countRows(connection, "json_lines"));
  }
  const keys = await queryRows(
    connection,
    `SELECT key, min(id) AS id FROM (SELECT rowid AS id, unnest(json_keys(line)) AS key FROM json_lines)
       GROUP BY key ORDER BY id, key LIMIT ${MAX_COLUMNS + 1}`,
  );
  const firstLine = await lines([0]);
  const matched = matchColumns(
    label,
    keys.map((row) => String(row["key"])),
    columns,
    firstLine.get(0) ?? 1,
  );
  const names = [...matched.values()];
  const paths = names.map((name) => literal(`$."${name.replaceAll('"', '\\"')}"`)).join(", ");
  // A list of values becomes text joined by "|"; any other nesting stays JSON text, which the type check then shows.
  const value = (index: number) =>
    `CASE WHEN types[${index}] = 'ARRAY' THEN array_to_string(json_extract_string(line, ${literal(`$."${names[index - 1]!.replaceAll('"', '\\"')}"[*]`)}), '|')
       WHEN texts[${index}] = '' THEN NULL ELSE texts[${index}] END`;
  const list = selectList(columns, (column) => {
    const name = matched.get(column.name);
    return name === undefined ? undefined : value(names.indexOf(name) + 1);
  });
  await connection.run(
    `CREATE TABLE staged AS SELECT ${list} FROM (SELECT line, json_extract_string(line, [${paths}]) AS texts,
       json_type(line, [${paths}]) AS types FROM json_lines)`,
  );
  return { rows: await countRows(connection, "staged"), broken: [], brokenRows: 0, lines };
}

async function loadParquet(
  connection: DuckDBConnection,
  label: string,
  path: string,
  columns: readonly Column[],
  maxBytes: number,
): Promise<LoadedRows> {
  await needReadableParquet(connection, label, path, maxBytes);
  const source = `read_parquet(${literal(path)})`;
  const described = await queryRows(connection, `DESCRIBE SELECT * FROM ${source}`).catch((error: Error) => {
    const message = `is no readable Parquet file: ${error.message.split("\n")[0]}`;
    throw new FileRefused(label, [problemAt(0, "", "", message)]);
  });
  const typeOf = new Map(described.map((row) => [String(row["column_name"]), String(row["column_type"])]));
  const matched = matchColumns(label, [...typeOf.keys()], columns, 0);
  const list = selectList(columns, (column) => {
    const name = matched.get(column.name);
    if (name === undefined) return undefined;
    const isList = typeOf.get(name)?.endsWith("[]");
    return isList ? `array_to_string(${identifier(name)}, '|')` : `nullif(${identifier(name)}::VARCHAR, '')`;
  });
  await connection.run(`CREATE TABLE staged AS SELECT ${list} FROM ${source}`);
  // A Parquet file has no lines: rows are counted from 1.
  const lines = async (rowIds: readonly number[]) => new Map(rowIds.map((id) => [id, id + 1]));
  return { rows: await countRows(connection, "staged"), broken: [], brokenRows: 0, lines };
}

/** The records at or next after each of the given bytes, which are in order: DuckDB counts empty lines to the next record. */
async function placesOf(path: string, bytes: readonly number[]): Promise<RecordPlace[]> {
  const found: RecordPlace[] = [];
  if (bytes.length === 0) return found;
  for await (const places of recordPlaces(path, true)) {
    for (const place of places) {
      while (found.length < bytes.length && bytes[found.length]! <= place.byte) found.push(place);
    }
    if (found.length === bytes.length) break;
  }
  return found;
}

/** Lines of rows of the table, whose rows are the file's records without the first `skip` and without `dropped`. */
async function linesOf(
  path: string,
  quotes: boolean,
  rowIds: readonly number[],
  skip: number,
  dropped: ReadonlySet<number>,
): Promise<Map<number, number>> {
  const wanted = new Set(rowIds);
  const lines = new Map<number, number>();
  let row = -skip;
  for await (const places of recordPlaces(path, quotes)) {
    for (const place of places) {
      if (dropped.has(place.byte)) continue;
      if (wanted.has(row)) lines.set(row, place.line);
      row++;
    }
    if (lines.size === wanted.size) break;
  }
  return lines;
}
