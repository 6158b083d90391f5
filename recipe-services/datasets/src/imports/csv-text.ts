import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";

const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Longest header line. */
export const MAX_HEADER_BYTES = 1024 * 1024;

/** Splits one CSV record into its values. Quotes may enclose a value; a doubled quote inside means one. */
export function splitRecord(record: string): string[] {
  const values: string[] = [];
  let at = 0;
  for (;;) {
    let value = "";
    if (record[at] === '"') {
      at++;
      for (;;) {
        const end = record.indexOf('"', at);
        value += record.slice(at, end === -1 ? undefined : end);
        if (end === -1 || record[end + 1] !== '"') {
          at = end === -1 ? record.length : end + 1;
          break;
        }
        value += '"';
        at = end + 2;
      }
    }
    const comma = record.indexOf(",", at);
    value += record.slice(at, comma === -1 ? undefined : comma);
    values.push(value);
    if (comma === -1) return values;
    at = comma + 1;
  }
}

/** The values of a CSV file's first line; undefined when it is longer than {@link MAX_HEADER_BYTES}. */
export async function readHeader(path: string): Promise<string[] | undefined> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_HEADER_BYTES), 0, MAX_HEADER_BYTES, 0);
    const text = buffer.subarray(0, bytesRead);
    const end = text.indexOf(LINE_FEED);
    if (end === -1 && bytesRead === MAX_HEADER_BYTES) return undefined;
    return splitRecord(text.toString("utf8", 0, end === -1 ? bytesRead : end).replace(/\r$/, ""));
  } finally {
    await file.close();
  }
}

/** Where a record of a text file begins. */
export interface RecordPlace {
  /** Its line; the first line of the file is 1. */
  readonly line: number;
  /** Its first byte; the first of the file is 0. */
  readonly byte: number;
  /** Values in it, which are separated by commas. */
  readonly values: number;
}

/**
 * Yields where each record of a text file begins, the header among them. Empty lines are no records. With `quotes`, a
 * line feed inside a quoted value does not end the record.
 */
export async function* recordPlaces(path: string, quotes: boolean): AsyncGenerator<RecordPlace[]> {
  let line = 1;
  let byte = 0;
  let start: { line: number; byte: number; values: number } | undefined;
  let quoted = false;
  let atValueStart = true;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    const places: RecordPlace[] = [];
    for (let i = 0; i < chunk.length; i++) {
      const code = chunk[i]!;
      const here = byte + i;
      if (code === LINE_FEED) {
        if (!quoted) {
          if (start) places.push(start);
          start = undefined;
          atValueStart = true;
        }
        line++;
        continue;
      }
      if (start === undefined) {
        if (code === CARRIAGE_RETURN) continue;
        start = { line, byte: here, values: 1 };
      }
      if (!quotes) continue;
      if (code === QUOTE) {
        if (quoted || atValueStart) quoted = !quoted;
        else if (chunk[i - 1] === QUOTE) quoted = true; // The second of a doubled quote: the value goes on.
        atValueStart = false;
      } else {
        atValueStart = !quoted && code === COMMA;
        if (atValueStart) start.values++;
      }
    }
    byte += chunk.length;
    yield places;
  }
  if (start) yield [start];
}
