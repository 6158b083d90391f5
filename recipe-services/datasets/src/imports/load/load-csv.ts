import type { DuckDBConnection } from "@duckdb/node-api";
import type { ImportProblem } from "@palate/proto/dataset";
import { truncate } from "node:fs/promises";
import { countRows, execute, queryRows } from "../../storage/duckdb.js";
import { csvRows } from "../../storage/read-files.js";
import { FileRefused, MAX_LISTED, problemAt } from "../staging/file-problem.js";
import { MAX_LINE_BYTES } from "../staging/text-checker.js";
import { MAX_HEADER_BYTES, readHeader } from "./csv-header.js";
import { STAGED_TABLE, type FileTable, type LoadedRows } from "./file-table.js";
import { linesOf, placesOf, recordPlaces, type RecordPlace } from "./record-places.js";

/** Records that DuckDB could not parse and that it lists; beyond them only their number matters. */
const MAX_BROKEN = 1_000;

/** Bytes of a CSV file that are read at a time. */
const BUFFER_BYTES = 8 * MAX_LINE_BYTES;

/**
 * Opens a CSV file, whose first line names its columns.
 * @throws FileRefused when that line is too long
 */
export async function openCsv(connection: DuckDBConnection, label: string, file: string): Promise<FileTable> {
  const header = await readHeader(file);
  if (header === undefined) {
    const message = `is longer than ${MAX_HEADER_BYTES} bytes; a header names the columns, separated by commas`;
    throw new FileRefused(label, [problemAt(1, "", "", message)]);
  }
  return {
    columns: header,
    line: 1,
    load: (_used, select) =>
      loadCsv({ connection, file, width: header.length, list: select((name) => `c${header.indexOf(name)}`) }),
  };
}

/** What is loaded. */
interface CsvLoad {
  readonly connection: DuckDBConnection;
  readonly file: string;
  /** Columns of the file, which are called c0, c1 and so on in `list`. */
  readonly width: number;
  /** The select list of the table. */
  readonly list: string;
}

async function loadCsv(load: CsvLoad): Promise<LoadedRows> {
  const { connection, file } = load;
  try {
    await readCsv(load, "");
    const rows = await countRows(connection, STAGED_TABLE);
    return { rows, broken: [], brokenRows: 0, lines: linesWithout(file, []) };
  } catch (thrown) {
    if (!(thrown as Error).message.startsWith("Invalid Input Error: CSV Error")) throw thrown;
    return loadUnbroken(load);
  }
}

/** Reads the file into the table. Throws DuckDB's error at the first record it cannot parse, unless `options` say otherwise. */
async function readCsv({ connection, file, width, list }: CsvLoad, options: string): Promise<void> {
  const types = Array.from({ length: width }, (_, index) => `'c${index}': 'VARCHAR'`).join(", ");
  await execute(
    connection,
    `CREATE TABLE ${STAGED_TABLE} AS SELECT ${list} FROM ${csvRows(
      file,
      `auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', nullstr = '', columns = {${types}},
       max_line_size = ${MAX_LINE_BYTES}, buffer_size = ${BUFFER_BYTES}${options}`,
    )}`,
  );
}

/** Loads the records that can be parsed, and says what is wrong with the others. */
async function loadUnbroken(load: CsvLoad): Promise<LoadedRows> {
  const { connection, file, width } = load;
  const known = await cutBehindBroken(file, width);
  // By one thread, which goes through the file in order: the records listed are then the first.
  const [setting] = await queryRows(connection, "SELECT current_setting('threads') AS threads");
  await connection.run("SET threads = 1");
  await readCsv(load, `, store_rejects = true, rejects_limit = ${MAX_BROKEN}`);
  await connection.run(`SET threads = ${Number(setting?.["threads"])}`);
  // DuckDB counts records, not lines, so places are told by the byte at which a record begins.
  const rejects = await queryRows(
    connection,
    `SELECT line_byte_position - 1 AS byte, any_value(error_type) AS kind, any_value(left(csv_line, 200)) AS text,
       any_value(left(error_message, 1000)) AS message FROM reject_errors GROUP BY ALL ORDER BY byte`,
  );
  await connection.run("DROP TABLE reject_errors; DROP TABLE reject_scans");
  const places = await placesOf(
    file,
    rejects.map((reject) => Number(reject["byte"])),
  );
  return {
    rows: await countRows(connection, STAGED_TABLE),
    broken: rejects.slice(0, MAX_LISTED).map((reject, index) => problemOf(reject, places[index], width)),
    brokenRows: Math.max(known, rejects.length),
    lines: linesWithout(file, rejects.length < MAX_BROKEN ? places : undefined),
  };
}

/** Line numbers of rows; none can be told when not all dropped records are known, and those that are fill the list. */
function linesWithout(file: string, dropped: readonly RecordPlace[] | undefined): LoadedRows["lines"] {
  if (dropped === undefined) return () => Promise.resolve(new Map());
  const bytes = new Set(dropped.map((place) => place.byte));
  return (rowIds) => linesOf(file, { quotes: true, skip: 1, dropped: bytes }, rowIds);
}

/**
 * Counts the records of another width than the header's. When there are very many, the file is cut behind the first of
 * them: each costs the reading of them more than a hundred good ones, and none behind would be listed.
 */
async function cutBehindBroken(file: string, width: number): Promise<number> {
  let broken = 0;
  let end: number | undefined;
  for await (const places of recordPlaces(file, true)) {
    for (const place of places) {
      if (place.values === width) continue;
      broken++;
      if (broken === MAX_BROKEN) end = place.byte;
    }
  }
  if (end !== undefined) await truncate(file, end);
  return broken;
}

function problemOf(
  reject: Readonly<Record<string, unknown>>,
  place: RecordPlace | undefined,
  width: number,
): ImportProblem {
  const message = messageOf(String(reject["kind"]), String(reject["message"]), width);
  return problemAt(place?.line ?? 0, "", String(reject["text"] ?? ""), message);
}

function messageOf(kind: string, message: string, width: number): string {
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
