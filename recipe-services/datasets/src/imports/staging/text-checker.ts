import { isUtf8 } from "node:buffer";
import { LineEndCounter } from "./line-ends.js";

/** Longest line of a text file in bytes. */
export const MAX_LINE_BYTES = 2 * 1024 * 1024;

const LINE_FEED = 0x0a;

const WHITE_SPACE: ReadonlySet<number> = new Set(Buffer.from(" \t\r\n"));

/** Something wrong with the bytes of a text. */
export interface BrokenText {
  /** Line it is in. */
  readonly line: number;
  /** What it is, and what would be right. */
  readonly message: string;
}

/** Bytes at the end of `chunk` that begin a character which goes on in the next chunk. */
function incompleteTail(chunk: Buffer): number {
  for (let back = 1; back <= Math.min(3, chunk.length); back++) {
    const byte = chunk[chunk.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

/** Looks at the bytes of a text as they come: UTF-8, no NUL, no line that is too long. Keeps no more than a few bytes. */
export class TextChecker {
  #line = 1;
  #length = 0;
  #carried: Buffer = Buffer.alloc(0);
  #blank = true;
  readonly #lineEnds = new LineEndCounter();

  /** Whether the text taken so far has nothing but white space. */
  get blank(): boolean {
    return this.#blank;
  }

  /** Whether the lines taken so far end in more than one way, quoted ones among them. */
  get mixedLineEnds(): boolean {
    return this.#lineEnds.mixed;
  }

  /** Takes the next bytes; returns what is wrong first, or undefined. */
  take(chunk: Buffer, last: boolean): BrokenText | undefined {
    let bytes = this.#carried.length > 0 ? Buffer.concat([this.#carried, chunk]) : chunk;
    if (last && bytes.length > 0) {
      if (!isUtf8(bytes)) return { line: this.#line, message: "ends in the middle of a UTF-8 character" };
    }
    const held = last ? 0 : incompleteTail(bytes);
    this.#carried = Buffer.from(bytes.subarray(bytes.length - held));
    bytes = bytes.subarray(0, bytes.length - held);
    const right = isUtf8(bytes) && !bytes.includes(0);
    this.#lineEnds.begin(bytes);
    if (this.#blank) this.#blank = bytes.every((byte) => WHITE_SPACE.has(byte));
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(LINE_FEED, at);
      const next = end === -1 ? bytes.length : end + 1;
      if (!right) {
        const message = brokenPart(bytes.subarray(at, next));
        if (message !== undefined) return { line: this.#line, message };
      }
      this.#lineEnds.line(bytes, at, end);
      this.#length += next - at;
      if (this.#length > MAX_LINE_BYTES) {
        const message = `is longer than ${MAX_LINE_BYTES} bytes; is a quote not closed, or the file no text?`;
        return { line: this.#line, message };
      }
      if (end !== -1) {
        this.#line++;
        this.#length = 0;
      }
      at = next;
    }
    if (last) this.#lineEnds.end();
    return undefined;
  }
}

function brokenPart(bytes: Buffer): string | undefined {
  if (bytes.includes(0))
    return "holds a NUL byte, so it is UTF-16 or no text at all; save the file as UTF-8, or say its encoding in a mapping";
  return isUtf8(bytes)
    ? undefined
    : "is not valid UTF-8 (Latin-1, perhaps); save the file as UTF-8, or say its encoding in a mapping";
}
