import { createReadStream } from "node:fs";

const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

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

/** The records at or next after each of the given bytes, which are in order: DuckDB counts empty lines to the next record. */
export async function placesOf(path: string, bytes: readonly number[]): Promise<RecordPlace[]> {
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

/** Which records of a file are rows. */
export interface RowRecords {
  /** Whether a quoted value may hold line feeds, see {@link recordPlaces}. */
  readonly quotes: boolean;
  /** How many records at the beginning are none. */
  readonly skip: number;
  /** Where records begin that are none. */
  readonly dropped: ReadonlySet<number>;
}

/** Line numbers of rows, which are given by their numbers, counted from 0. */
export async function linesOf(
  path: string,
  { quotes, skip, dropped }: RowRecords,
  rowIds: readonly number[],
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
