import { open } from "node:fs/promises";
import type { CsvFormat } from "./csv-dialect.js";
import { RecordScanner, type RecordPlace } from "./record-places.js";

const LINE_FEED = 0x0a;

/** Longest first record. */
export const MAX_HEADER_BYTES = 1024 * 1024;

/** How values are told apart in a record. */
type RecordFormat = Pick<CsvFormat, "delimiter" | "quote" | "escape">;

/** Splits one CSV record into its values. Quotes may enclose a value; a quote inside follows the escape character. */
export function splitRecord(record: string, format: RecordFormat): string[] {
  const { delimiter, quote } = format;
  const values: string[] = [];
  let at = 0;
  for (;;) {
    let value = "";
    if (quote !== "" && record[at] === quote) {
      const quoted = readQuoted(record, at + 1, format);
      value = quoted.value;
      at = quoted.end;
    }
    const end = record.indexOf(delimiter, at);
    value += record.slice(at, end === -1 ? undefined : end);
    values.push(value);
    if (end === -1) return values;
    at = end + delimiter.length;
  }
}

/** The text up to the closing quote, and where what follows it begins. */
function readQuoted(record: string, start: number, { quote, escape }: RecordFormat): { value: string; end: number } {
  let value = "";
  let at = start;
  for (; at < record.length; at++) {
    const next = record[at + 1];
    if (record[at] === escape && (next === quote || (next === escape && escape !== quote))) {
      value += next;
      at++;
    } else if (record[at] === quote) return { value, end: at + 1 };
    else value += record[at];
  }
  return { value, end: at };
}

/** A CSV file's first record: where it begins, and its values. */
interface FirstRecord {
  /** Its line; the first line of the file is 1. */
  readonly line: number;
  /** Its first byte; the first of the file is 0. */
  readonly byte: number;
  /** Its values; undefined when it is longer than {@link MAX_HEADER_BYTES}. */
  readonly values: string[] | undefined;
}

/** Reads the first record of a CSV file, which may be empty. Empty lines before it are passed over. */
export async function readFirstRecord(path: string, format: CsvFormat): Promise<FirstRecord> {
  const head = await readHead(path, MAX_HEADER_BYTES + 1);
  const scanner = new RecordScanner(format);
  for (let at = 0; at < head.length;) {
    const end = head.indexOf(LINE_FEED, at);
    const next = end === -1 ? head.length : end + 1;
    const [first] = scanner.take(head.subarray(at, next));
    if (first) return firstRecord(first, head.subarray(0, end), format);
    at = next;
  }
  const [only] = scanner.rest();
  if (only === undefined) return { line: 1, byte: 0, values: [""] };
  return head.length > MAX_HEADER_BYTES ? { ...only, values: undefined } : firstRecord(only, head, format);
}

function firstRecord({ line, byte }: RecordPlace, head: Buffer, format: CsvFormat): FirstRecord {
  const text = head.toString("utf8", byte).replace(/\r$/, "");
  return { line, byte, values: splitRecord(text, format) };
}

/** The first bytes of a file, at most `most`. */
async function readHead(path: string, most: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(most), 0, most, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
