import { open } from "node:fs/promises";
import type { CsvFormat } from "./csv-dialect.js";
import { recordPlaces } from "./record-places.js";

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
  const { first, end } = await firstPlaces(path, format);
  if (first === undefined) return { line: 1, byte: 0, values: [""] };
  const { line, byte } = first;
  const length = Math.min(end - byte, MAX_HEADER_BYTES + 1);
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, byte);
    if (bytesRead > MAX_HEADER_BYTES) return { line, byte, values: undefined };
    const text = buffer.toString("utf8", 0, bytesRead).replace(/[\r\n]+$/, "");
    return { line, byte, values: splitRecord(text, format) };
  } finally {
    await file.close();
  }
}

/** Where the first record is, and where it ends at the latest; the whole file is not searched for that. */
async function firstPlaces(path: string, format: CsvFormat) {
  const found: { line: number; byte: number }[] = [];
  let looks = 0;
  for await (const places of recordPlaces(path, format)) {
    found.push(...places.slice(0, 2));
    if (found.length > 1 || ++looks > 2) break;
  }
  return { first: found[0], end: found[1]?.byte ?? Infinity };
}
