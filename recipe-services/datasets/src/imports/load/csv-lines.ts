import { createReadStream } from "node:fs";
import { open, rename, type FileHandle } from "node:fs/promises";
import type { CsvFormat } from "./csv-dialect.js";
import { RecordScanner } from "./record-places.js";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Bytes that are read, and written, at a time. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Takes lines out of a file that are no records: those to be skipped, comments, and empty lines in front. Comments among
 * the records become empty lines, so that lines keep their numbers.
 * @returns how many lines in front of the first record are gone
 */
export async function removeOtherLines(file: string, format: CsvFormat): Promise<number> {
  const target = `${file}.records`;
  const out = await open(target, "w");
  const lines = new RecordLines(out, format);
  try {
    for await (const some of fileLines(file)) await lines.take(some);
  } finally {
    await out.close();
  }
  await rename(target, file);
  return lines.before;
}

/** Writes the lines of a text that belong to records. */
class RecordLines {
  /** Lines in front of the first record. */
  before = 0;
  readonly #out: FileHandle;
  readonly #scanner: RecordScanner;
  readonly #skipLines: number;
  readonly #comment: Buffer;
  #written: Buffer[] = [];
  #begun = false;

  constructor(out: FileHandle, format: CsvFormat) {
    this.#out = out;
    this.#scanner = new RecordScanner(format);
    this.#skipLines = format.skipLines;
    this.#comment = Buffer.from(format.comment);
  }

  async take(lines: readonly Buffer[]): Promise<void> {
    for (const line of lines) this.#line(line);
    await this.#out.writev(this.#written);
    this.#written = [];
  }

  #line(line: Buffer): void {
    if (!this.#begun && this.before < this.#skipLines) {
      this.before++;
      return;
    }
    const length = this.#comment.length;
    const isComment = length > 0 && !this.#scanner.isQuoted && line.subarray(0, length).equals(this.#comment);
    const kept = isComment ? line.subarray(line.length - endLength(line)) : line;
    if (!this.#begun && kept.every((byte) => byte === LINE_FEED || byte === CARRIAGE_RETURN)) {
      this.before++;
      return;
    }
    this.#begun = true;
    this.#scanner.take(kept);
    this.#written.push(kept);
  }
}

/** Bytes that end a line: all lines of a file end in the same ones, which DuckDB relies on. */
function endLength(line: Buffer): number {
  if (line.at(-1) !== LINE_FEED) return 0;
  return line.at(-2) === CARRIAGE_RETURN ? 2 : 1;
}

/** Lines of a file of one column of which DuckDB makes rows without a value. */
interface LinesWithoutValue {
  /** How many lines are empty, and so no records. */
  readonly empty: number;
  /** The first line that is a pair of quotes with nothing between, and so a record. */
  readonly quoted: number | undefined;
}

/** Looks through a file of one column for lines without a value. */
export async function linesWithoutValue(file: string, format: CsvFormat): Promise<LinesWithoutValue> {
  const scanner = new RecordScanner(format);
  const nothing = Buffer.from(format.quote + format.quote);
  let quoted: number | undefined;
  let [empty, number] = [0, 0];
  for await (const lines of fileLines(file)) {
    for (const line of lines) {
      number++;
      const text = line.subarray(0, line.length - endLength(line));
      if (!scanner.isQuoted && text.length === 0) empty++;
      else if (!scanner.isQuoted && text.equals(nothing)) quoted ??= number;
      scanner.take(line);
    }
  }
  return { empty, quoted };
}

/** The lines of a file with what ends them, many at a time. */
async function* fileLines(file: string): AsyncGenerator<Buffer[]> {
  let carried: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    const bytes = carried.length > 0 ? Buffer.concat([carried, chunk]) : chunk;
    const lines: Buffer[] = [];
    let at = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, at)) {
      lines.push(bytes.subarray(at, end + 1));
      at = end + 1;
    }
    carried = bytes.subarray(at);
    yield lines;
  }
  if (carried.length > 0) yield [carried];
}
