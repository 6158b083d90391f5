import { createReadStream } from "node:fs";
import type { CsvFormat } from "./csv-dialect.js";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Where a record of a text file begins. */
export interface RecordPlace {
  /** Its line; the first line of the file is 1. */
  readonly line: number;
  /** Its first byte; the first of the file is 0. */
  readonly byte: number;
  /** Values in it. */
  readonly values: number;
  /** Set when the text ends inside of quotes in it. */
  readonly unclosed?: true;
}

/** What ends values and records, see {@link recordPlaces}. */
type RecordMarks = Pick<CsvFormat, "delimiter" | "quote" | "escape">;

/**
 * Yields where each record of a text file begins, the header among them. Empty lines are no records. A line feed inside
 * a quoted value does not end the record.
 * @param marks undefined when each line is a record, of one value
 */
export async function* recordPlaces(path: string, marks: RecordMarks | undefined): AsyncGenerator<RecordPlace[]> {
  const scanner = new RecordScanner(marks);
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    yield scanner.take(chunk);
  }
  yield scanner.rest();
}

/** Finds the records of a text whose bytes come in pieces. */
export class RecordScanner {
  readonly #quote: number;
  readonly #escape: number;
  /** The delimiter's bytes as one number, as many bytes as it has, and the bytes seen last. */
  readonly #delimiter: number;
  readonly #mask: number;
  #window = 0;
  #line = 1;
  #byte = 0;
  #start: { line: number; byte: number; values: number } | undefined;
  #quoted = false;
  #escaped = false;
  #atValueStart = true;
  #previous = 0;

  constructor(marks: RecordMarks | undefined) {
    const delimiter = Buffer.from(marks?.delimiter ?? "");
    this.#quote = Buffer.from(marks?.quote ?? "")[0] ?? -1;
    this.#escape = marks?.escape === marks?.quote ? -1 : (Buffer.from(marks?.escape ?? "")[0] ?? -1);
    // No byte of a text is 0, so that -1 and an empty window match nothing.
    this.#delimiter = delimiter.length === 0 ? -1 : delimiter.reduce((number, byte) => ((number << 8) | byte) >>> 0, 0);
    this.#mask = delimiter.length >= 4 ? 0xffffffff : (1 << (8 * delimiter.length)) - 1;
  }

  /** Whether the bytes taken so far end inside of quotes. */
  get isQuoted(): boolean {
    return this.#quoted;
  }

  /** Takes the next bytes; returns the records that end in them. */
  take(chunk: Buffer): RecordPlace[] {
    const places: RecordPlace[] = [];
    for (let i = 0; i < chunk.length; i++) {
      const code = chunk[i]!;
      if (code === LINE_FEED) {
        if (!this.#quoted) {
          places.push(...this.rest());
          this.#atValueStart = true;
          this.#window = 0;
        }
        this.#line++;
      } else if (this.#start !== undefined || code !== CARRIAGE_RETURN) {
        this.#start ??= { line: this.#line, byte: this.#byte + i, values: 1 };
        this.#takeByte(code, this.#start);
      }
      this.#previous = code;
    }
    this.#byte += chunk.length;
    return places;
  }

  /** The record that has begun and not ended. */
  rest(): RecordPlace[] {
    const places =
      this.#start === undefined ? [] : [{ ...this.#start, ...(this.#quoted && { unclosed: true as const }) }];
    this.#start = undefined;
    return places;
  }

  #takeByte(code: number, record: { values: number }): void {
    if (this.#escaped) {
      this.#escaped = false;
    } else if (this.#quoted && code === this.#escape) {
      this.#escaped = true;
    } else if (code === this.#quote) {
      if (this.#quoted || this.#atValueStart) this.#quoted = !this.#quoted;
      else if (this.#previous === this.#quote) this.#quoted = true; // The second of a doubled quote: the value goes on.
      this.#atValueStart = false;
      this.#window = 0;
    } else {
      this.#window = ((this.#window << 8) | code) >>> 0;
      this.#atValueStart = !this.#quoted && (this.#window & this.#mask) >>> 0 === this.#delimiter;
      if (!this.#atValueStart) return;
      record.values++;
      this.#window = 0;
    }
  }
}

/** The records at or next after each of the given bytes, which are in order: DuckDB counts empty lines to the next record. */
export async function placesOf(path: string, marks: RecordMarks, bytes: readonly number[]): Promise<RecordPlace[]> {
  const found: RecordPlace[] = [];
  if (bytes.length === 0) return found;
  for await (const places of recordPlaces(path, marks)) {
    for (const place of places) {
      while (found.length < bytes.length && bytes[found.length]! <= place.byte) found.push(place);
    }
    if (found.length === bytes.length) break;
  }
  return found;
}

/** Which records of a file are rows. */
export interface RowRecords {
  /** How its records are told apart, see {@link recordPlaces}. */
  readonly marks: RecordMarks | undefined;
  /** How many records at the beginning are none. */
  readonly skip: number;
  /** Where records begin that are none. */
  readonly dropped: ReadonlySet<number>;
  /** Lines that were in front of the file and are not in it. */
  readonly linesBefore: number;
}

/** Line numbers of rows, which are given by their numbers, counted from 0. */
export async function linesOf(
  path: string,
  { marks, skip, dropped, linesBefore }: RowRecords,
  rows: readonly number[],
): Promise<Map<number, number>> {
  const wanted = new Set(rows);
  const lines = new Map<number, number>();
  let row = -skip;
  for await (const places of recordPlaces(path, marks)) {
    for (const place of places) {
      if (dropped.has(place.byte)) continue;
      if (wanted.has(row)) lines.set(row, place.line + linesBefore);
      row++;
    }
    if (lines.size === wanted.size) break;
  }
  return lines;
}
