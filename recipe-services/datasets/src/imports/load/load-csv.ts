import { VARCHAR, type DuckDBConnection } from "@duckdb/node-api";
import type { ImportProblem } from "@palate/proto/dataset";
import { truncate } from "node:fs/promises";
import { countRows, execute, literal, queryRows } from "../../storage/duckdb.js";
import { csvRows } from "../../storage/read-files.js";
import { FileRefused, MAX_LISTED, problemAt } from "../staging/file-problem.js";
import { MAX_LINE_BYTES } from "../staging/text-checker.js";
import type { CsvFormat } from "./csv-dialect.js";
import { MAX_HEADER_BYTES, readFirstRecord, type LineEnd } from "./csv-header.js";
import { linesWithoutValue, removeOtherLines } from "./csv-lines.js";
import { STAGED_TABLE, type FileRelation, type FileTable, type LoadedRows } from "./file-table.js";
import { linesOf, placesOf, recordPlaces, type RecordPlace } from "./record-places.js";

const UNCLOSED = 'has a quote that is not closed; write a quote inside a quoted value twice ("")';

/** Records that DuckDB could not parse and that it lists; beyond them only their number matters. */
const MAX_BROKEN = 1_000;

/** How DuckDB is told what ends records: else it takes what the first line of the file ends in, even inside of quotes. */
const LINE_ENDS: Readonly<Record<LineEnd, string>> = { "\n": String.raw`'\n'`, "\r\n": String.raw`'\r\n'` };

/** Bytes of a CSV file that are read at a time. */
const BUFFER_BYTES = 8 * MAX_LINE_BYTES;

/** The temporary DuckDB table that holds a CSV file's rows while its rows need numbers. */
export const CSV_TABLE = "csv_rows";

/**
 * Opens a CSV file. Lines that are no records are taken out of it first.
 * @throws FileRefused when its first record is too long, or has not as many values as columns are named
 */
export async function openCsv(
  connection: DuckDBConnection,
  label: string,
  file: string,
  format: CsvFormat,
): Promise<FileTable> {
  const asked = format.skipLines > 0 || format.comment !== "";
  const needsRemoval = asked || (await readFirstRecord(file, format)).byte > 0;
  const linesBefore = needsRemoval ? await removeOtherLines(file, format) : 0;
  const first = await readFirstRecord(file, format);
  const line = first.line + linesBefore;
  const refuse = (message: string) => new FileRefused(label, [problemAt(line, "", "", message)]);
  if (first.values === undefined) {
    throw refuse(`is longer than ${MAX_HEADER_BYTES} bytes; a header names the columns, separated by commas`);
  }
  const { names, header } = format;
  // The file's own mark, if it had one, is gone: this one is of the value.
  if (first.marked && !header)
    throw refuse("begins with a byte order mark (U+FEFF), which would get lost; take it out");
  const width = first.values.length;
  if (names.length > 0 && names.length !== width) {
    throw refuse(`has ${width} values, but the mapping's csv.names has ${names.length}; name each column`);
  }
  const nothing = width === 1 ? await linesWithoutValue(file, format) : { empty: 0, quoted: undefined };
  if (nothing.empty > 0 && nothing.quoted !== undefined) {
    const message =
      "has an empty value, and other lines are empty, which in a file of one column look the same once they are read; take the empty lines out";
    throw new FileRefused(label, [problemAt(nothing.quoted + linesBefore, "", "", message)]);
  }
  const unnamed = () => Array.from({ length: width }, (_, place) => `#${place + 1}`);
  return {
    columns: names.length > 0 ? names : header ? first.values : unnamed(),
    line: header && names.length === 0 ? line : 0,
    load: (_used, select, options) =>
      loadCsv({
        ...{
          connection,
          file,
          width,
          format,
          linesBefore,
          lineEnd: first.lineEnd,
          hasEmptyLines: nothing.empty > 0,
          select,
        },
        numbered: options?.numbered === true,
      }),
  };
}

/** What is loaded. */
interface CsvLoad {
  readonly connection: DuckDBConnection;
  readonly file: string;
  readonly format: CsvFormat;
  /** Columns of the file, which are called c0, c1 and so on in SQL. */
  readonly width: number;
  /** Lines that were in front of the file. */
  readonly linesBefore: number;
  /** What ends its records. */
  readonly lineEnd: LineEnd;
  /** Whether it has one column, and empty lines. */
  readonly hasEmptyLines: boolean;
  /** The SELECT that makes the table. */
  readonly select: (file: FileRelation) => string | Promise<string>;
  /** Whether its rows need numbers. */
  readonly numbered: boolean;
}

async function loadCsv(load: CsvLoad): Promise<LoadedRows> {
  try {
    await readCsv(load, "");
    const rows = await countRows(load.connection, STAGED_TABLE);
    return { rows, broken: [], brokenRows: 0, lines: linesWithout(load, []) };
  } catch (thrown) {
    if (!(thrown as Error).message.startsWith("Invalid Input Error: CSV Error")) throw thrown;
    return loadUnbroken(load);
  }
}

/** Makes the table. Throws DuckDB's error at the first record it cannot parse, unless `options` say otherwise. */
async function readCsv(load: CsvLoad, options: string): Promise<void> {
  const { connection, file, width, format, lineEnd, select, numbered } = load;
  const types = Array.from({ length: width }, (_, index) => `'c${index}': 'VARCHAR'`).join(", ");
  const records = csvRows(
    file,
    `auto_detect = false, header = ${format.header}, delim = ${literal(format.delimiter)},
    quote = ${literal(format.quote)}, escape = ${literal(format.escape)}, nullstr = '', columns = {${types}},
    new_line = ${LINE_ENDS[lineEnd]},     max_line_size = ${MAX_LINE_BYTES}, buffer_size = ${BUFFER_BYTES}${options}`,
  );
  // An empty line is no record, but to DuckDB a value of a file's only column.
  const rows = load.hasEmptyLines ? `(SELECT c0 FROM ${records} WHERE c0 IS NOT NULL)` : records;
  if (numbered) await execute(connection, `CREATE TEMP TABLE ${CSV_TABLE} AS SELECT * FROM ${rows}`);
  const sql = await select({
    relation: numbered ? CSV_TABLE : rows,
    rowNumber: "rowid",
    textOf: (column) => `c${column}`,
    rawOf: (column) => `c${column}`,
    typeOf: () => VARCHAR,
  });
  await execute(connection, `CREATE TABLE ${STAGED_TABLE} AS ${sql}`);
}

/** Loads the records that can be parsed, and says what is wrong with the others. */
async function loadUnbroken(load: CsvLoad): Promise<LoadedRows> {
  const { connection, file, format } = load;
  const { count: known, first } = await cutBehindBroken(load);
  // By one thread, which goes through the file in order: the records listed are then the first.
  await readCsv(load, `, parallel = false, store_rejects = true, rejects_limit = ${MAX_BROKEN}`);
  // DuckDB counts records, not lines, so places are told by the byte at which a record begins.
  const rejects = await queryRows(
    connection,
    `SELECT line_byte_position - 1 AS byte, any_value(error_type) AS kind, any_value(left(csv_line, 200)) AS text,
       any_value(left(error_message, 1000)) AS message FROM reject_errors GROUP BY ALL ORDER BY byte`,
  );
  await connection.run("DROP TABLE reject_errors; DROP TABLE reject_scans");
  const places = await placesOf(
    file,
    format,
    rejects.map((reject) => Number(reject["byte"])),
  );
  return {
    rows: await countRows(connection, STAGED_TABLE),
    broken:
      rejects.length > 0
        ? rejects.slice(0, MAX_LISTED).map((reject, index) => problemOf(load, reject, places[index]))
        : first.map((place) => problemAt(place.line + load.linesBefore, "", "", widthMessage(load, place))),
    brokenRows: Math.max(known, rejects.length),
    lines: linesWithout(load, rejects.length < MAX_BROKEN ? places : undefined),
  };
}

/** Line numbers of rows; none can be told when not all dropped records are known, and those that are fill the list. */
function linesWithout(
  { file, format, linesBefore }: CsvLoad,
  dropped: readonly RecordPlace[] | undefined,
): LoadedRows["lines"] {
  if (dropped === undefined) return () => Promise.resolve(new Map());
  const bytes = new Set(dropped.map((place) => place.byte));
  const records = { marks: format, skip: format.header ? 1 : 0, dropped: bytes, linesBefore };
  return (rows) => linesOf(file, records, rows);
}

/**
 * Counts the records of another width than the header's. When there are very many, the file is cut behind the first of
 * them: each costs the reading of them more than a hundred good ones, and none behind would be listed.
 */
async function cutBehindBroken({ file, width, format }: CsvLoad): Promise<{ count: number; first: RecordPlace[] }> {
  const first: RecordPlace[] = [];
  let broken = 0;
  let end: number | undefined;
  for await (const places of recordPlaces(file, format)) {
    for (const place of places) {
      if (place.values === width) continue;
      broken++;
      if (broken <= MAX_LISTED) first.push(place);
      if (broken === MAX_BROKEN) end = place.byte;
    }
  }
  if (end !== undefined) await truncate(file, end);
  return { count: broken, first };
}

/** What is wrong with a record of another width, where DuckDB says nothing of it. */
function widthMessage(load: CsvLoad, place: RecordPlace): string {
  return place.unclosed ? UNCLOSED : `has ${place.values} values ${rightWidth(load)}`;
}

function rightWidth({ width, format }: CsvLoad): string {
  return `where the ${format.header ? "header" : "first line"} has ${width}`;
}

function problemOf(
  load: CsvLoad,
  reject: Readonly<Record<string, unknown>>,
  place: RecordPlace | undefined,
): ImportProblem {
  const message = messageOf(String(reject["kind"]), String(reject["message"]), rightWidth(load));
  return problemAt(place === undefined ? 0 : place.line + load.linesBefore, "", String(reject["text"] ?? ""), message);
}

function messageOf(kind: string, message: string, rightWidth: string): string {
  switch (kind) {
    case "MISSING COLUMNS":
    case "TOO MANY COLUMNS":
      return `${message.replace(/^.*Found: (\d+).*$/s, "has $1")} values ${rightWidth}`;
    case "UNQUOTED VALUE":
      return UNCLOSED;
    case "LINE SIZE OVER MAXIMUM":
      return `is longer than ${MAX_LINE_BYTES} bytes`;
    default:
      return `cannot be read: ${message.split("\n")[0]}`;
  }
}
