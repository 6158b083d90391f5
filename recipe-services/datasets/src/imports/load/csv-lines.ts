import { createReadStream } from "node:fs";
import { open, rename, type FileHandle } from "node:fs/promises";
import type { CsvFormat } from "./csv-dialect.js";
import { RecordScanner } from "./record-places.js";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Bytes that are written at a time. */
const WRITE_BYTES = 1024 * 1024;

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
    for await (const chunk of createReadStream(file, { highWaterMark: WRITE_BYTES }) as AsyncIterable<Buffer>) {
      await lines.take(chunk);
    }
    await lines.end();
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
  #bytes = 0;
  #begun = false;
  #carried: Buffer = Buffer.alloc(0);

  constructor(out: FileHandle, format: CsvFormat) {
    this.#out = out;
    this.#scanner = new RecordScanner(format);
    this.#skipLines = format.skipLines;
    this.#comment = Buffer.from(format.comment);
  }

  async take(chunk: Buffer): Promise<void> {
    const bytes = this.#carried.length > 0 ? Buffer.concat([this.#carried, chunk]) : chunk;
    let at = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, at)) {
      this.#line(bytes.subarray(at, end + 1));
      at = end + 1;
    }
    this.#carried = Buffer.from(bytes.subarray(at));
    if (this.#bytes >= WRITE_BYTES) await this.#flush();
  }

  async end(): Promise<void> {
    if (this.#carried.length > 0) this.#line(this.#carried);
    await this.#flush();
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
    this.#bytes += kept.length;
  }

  async #flush(): Promise<void> {
    await this.#out.writev(this.#written);
    this.#written = [];
    this.#bytes = 0;
  }
}

/** Bytes that end a line: all lines of a file end in the same ones, which DuckDB relies on. */
function endLength(line: Buffer): number {
  if (line.at(-1) !== LINE_FEED) return 0;
  return line.at(-2) === CARRIAGE_RETURN ? 2 : 1;
}
