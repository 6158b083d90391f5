import { open } from "node:fs/promises";
import type { CsvFormat } from "./csv-dialect.js";
import { RecordScanner, type RecordPlace } from "./record-places.js";
import { splitRecord } from "../staging/split-records.js";

const LINE_FEED = 0x0a;

const MARK = "\u{feff}";

/** Longest first record. */
export const MAX_HEADER_BYTES = 1024 * 1024;

/** What ends the records of a file; a file without any counts as one of line feeds. */
export type LineEnd = "\n" | "\r\n";

/** A CSV file's first record: where it begins, and its values. */
interface FirstRecord {
  /** Its line; the first line of the file is 1. */
  readonly line: number;
  /** Its first byte; the first of the file is 0. */
  readonly byte: number;
  /** Its values; undefined when it is longer than {@link MAX_HEADER_BYTES}. */
  readonly values: string[] | undefined;
  /** What ends it, and with it all others. */
  readonly lineEnd: LineEnd;
  /** Whether the file begins with a byte order mark in front of it, which is no part of {@link values}, and which DuckDB leaves out. */
  readonly marked: boolean;
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
  if (only === undefined) return { line: 1, byte: 0, values: [""], lineEnd: "\n", marked: false };
  return {
    ...(head.length > MAX_HEADER_BYTES
      ? { ...only, values: undefined, marked: false }
      : firstRecord(only, head, format)),
    lineEnd: "\n",
  };
}

function firstRecord({ line, byte }: RecordPlace, head: Buffer, format: CsvFormat): FirstRecord {
  const text = head.toString("utf8", byte);
  const marked = byte === 0 && text.startsWith(MARK);
  const values = splitRecord((marked ? text.slice(MARK.length) : text).replace(/\r$/, ""), format);
  return { line, byte, values, lineEnd: text.endsWith("\r") ? "\r\n" : "\n", marked };
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
