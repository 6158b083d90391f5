import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { beginsWithMark, BYTE_ORDER_MARK } from "./line-ends.js";
import { MAX_LINE_BYTES } from "./text-checker.js";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const LINE_END = Buffer.from([LINE_FEED]);

/** What tells values and records apart in a text with separated values. */
export interface ValueMarks {
  /** What separates values. */
  readonly delimiter: string;
  /** The character around values that hold separators; "" when quotes are text. */
  readonly quote: string;
  /** The character before a quote inside of quotes. */
  readonly escape: string;
  /** Lines before the first record. */
  readonly skipLines: number;
  /** What lines begin with that are no records; "" is none. */
  readonly comment: string;
}

/** A line as it ends, and the values of it that have to be quoted. */
interface WalkedLine {
  /** Whether the line feed behind it is inside of quotes. */
  readonly quoted: boolean;
  /** Where values without quotes are that hold a CR: first byte, and first behind. */
  readonly withReturn: readonly (readonly [number, number])[];
}

/**
 * Makes each record of a text end in LF; what is quoted stays as it is, to the byte. A record ends at LF or CR LF, or at
 * CR where that is said; any other CR is part of the value that it stands in.
 */
class RecordEnds {
  readonly #marks: ValueMarks;
  readonly #delimiter: Buffer;
  readonly #comment: Buffer;
  readonly #quote: number;
  readonly #escape: number;
  #quoted = false;
  #line = 0;

  constructor(marks: ValueMarks) {
    this.#marks = marks;
    this.#delimiter = Buffer.from(marks.delimiter);
    this.#comment = Buffer.from(marks.comment);
    this.#quote = marks.quote === "" ? -1 : marks.quote.charCodeAt(0);
    this.#escape = marks.escape === "" ? -1 : marks.escape.charCodeAt(0);
  }

  /**
   * A line as it is to be.
   * @param given without what ended it
   * @param end the byte that ended it; undefined for the last one
   */
  normalise(given: Buffer, end: number | undefined): Buffer[] {
    this.#line++;
    // A byte order mark is no part of the first value, whose quote stands behind it.
    const line = this.#line === 1 && beginsWithMark(given) ? given.subarray(BYTE_ORDER_MARK.length) : given;
    const ended = end === undefined ? [] : [LINE_END];
    if (this.#isOther(line)) return [withoutReturns(line), ...ended];
    const { quoted, withReturn } = this.#walk(line);
    this.#quoted = quoted;
    if (quoted) return end === undefined ? [line] : [line, Buffer.from([end])];
    let last = line.length;
    while (last > 0 && line[last - 1] === CARRIAGE_RETURN) last--;
    return [...this.#quoteValues(line.subarray(0, last), withReturn), ...ended];
  }

  #isOther(line: Buffer): boolean {
    if (this.#quoted) return false;
    if (this.#line <= this.#marks.skipLines) return true;
    return this.#comment.length > 0 && line.subarray(0, this.#comment.length).equals(this.#comment);
  }

  #walk(line: Buffer): WalkedLine {
    const withReturn: [number, number][] = [];
    const nothing = !this.#quoted && (this.#quote === -1 || !line.includes(this.#quote));
    let ends = line.length;
    while (ends > 0 && line[ends - 1] === CARRIAGE_RETURN) ends--;
    const bare = line.subarray(0, ends).includes(CARRIAGE_RETURN);
    if (nothing && !bare) return { quoted: false, withReturn };

    let inside = this.#quoted;
    /** Where the value begins; -1 when it is quoted. */
    let value = inside ? -1 : 0;
    let holdsReturn = false;
    const endValue = (at: number) => {
      if (holdsReturn && value !== -1) withReturn.push([value, at]);
      holdsReturn = false;
    };
    for (let at = 0; at < line.length;) {
      const byte = line[at]!;
      if (inside) {
        if (byte === this.#escape && this.#escape !== this.#quote) at++;
        else if (byte === this.#quote) inside = false;
        at++;
      } else if (byte === this.#quote && (at === value || (value === -1 && line[at - 1] === this.#quote))) {
        inside = true; // It opens the value, or is the second of a doubled one.
        value = -1;
        at++;
      } else if (byte === this.#delimiter[0] && this.#isDelimiter(line, at)) {
        endValue(at);
        at += this.#delimiter.length;
        value = at;
      } else {
        holdsReturn ||= byte === CARRIAGE_RETURN && at < ends;
        at++;
      }
    }
    endValue(ends);
    return { quoted: inside, withReturn };
  }

  #isDelimiter(line: Buffer, at: number): boolean {
    return line.subarray(at, at + this.#delimiter.length).equals(this.#delimiter);
  }

  /** Puts quotes around values: only there a CR is text. Where quotes are text, it becomes a blank. */
  #quoteValues(line: Buffer, values: WalkedLine["withReturn"]): Buffer[] {
    const { quote, escape } = this.#marks;
    const parts: Buffer[] = [];
    let from = 0;
    for (const [start, end] of values) {
      const text = line.toString("utf8", start, end);
      const quoted =
        quote === "" ? text.replace(/\r/g, " ") : quote + text.replaceAll(quote, () => escape + quote) + quote;
      parts.push(line.subarray(from, start), Buffer.from(quoted));
      from = end;
    }
    parts.push(line.subarray(from));
    return parts;
  }
}

function withoutReturns(line: Buffer): Buffer {
  return line.includes(CARRIAGE_RETURN) ? Buffer.from(line.filter((byte) => byte !== CARRIAGE_RETURN)) : line;
}

/**
 * A text whose records all end in LF.
 * @param returnEnds whether records end at CR too
 */
export async function* normalisedLineEnds(
  text: AsyncIterable<Buffer>,
  marks: ValueMarks,
  returnEnds: boolean,
): AsyncGenerator<Buffer> {
  const records = new RecordEnds(marks);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of text) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const parts: Buffer[] = [];
    let at = 0;
    for (;;) {
      const end = lineEnd(bytes, at, returnEnds);
      if (end === -1) break;
      parts.push(...records.normalise(bytes.subarray(at, end), bytes[end]));
      at = end + 1;
    }
    rest = bytes.subarray(at);
    if (rest.length > MAX_LINE_BYTES) {
      // Whoever checks the text will refuse this line.
      parts.push(rest);
      rest = Buffer.alloc(0);
    }
    yield Buffer.concat(parts);
  }
  if (rest.length > 0) yield Buffer.concat(records.normalise(rest, undefined));
}

function lineEnd(bytes: Buffer, at: number, returnEnds: boolean): number {
  const feed = bytes.indexOf(LINE_FEED, at);
  if (!returnEnds) return feed;
  const first = bytes.indexOf(CARRIAGE_RETURN, at);
  return first === -1 || (feed !== -1 && feed < first) ? feed : first;
}

/** Makes each record of a file end in LF, in place. */
export async function normaliseFile(path: string, marks: ValueMarks, signal: AbortSignal): Promise<void> {
  const other = `${path}.normalised`;
  try {
    const text = createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>;
    await pipeline(Readable.from(normalisedLineEnds(text, marks, false)), createWriteStream(other), { signal });
    await rename(other, path);
  } finally {
    await rm(other, { force: true });
  }
}
