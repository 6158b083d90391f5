import { TextProblem } from "./text-problem.js";

const Byte = {
  LineFeed: 0x0a,
  Return: 0x0d,
  Tab: 0x09,
  Blank: 0x20,
  Quote: 0x22,
  Comma: 0x2c,
  Colon: 0x3a,
  Open: 0x5b,
  Backslash: 0x5c,
  Close: 0x5d,
  OpenObject: 0x7b,
  CloseObject: 0x7d,
} as const;

/** Longest key of a document that is looked at. */
const MAX_KEY_BYTES = 1024;

/** Most places with arrays that a message names. */
const MAX_NAMED = 5;

/** An array or object of the document that is not a row. */
interface Container {
  readonly array: boolean;
  /** Whether its elements are the rows. */
  readonly rows: boolean;
  /** Keys that lead to it. */
  readonly path: readonly string[];
  /** The key whose value comes next. */
  key: string;
}

/**
 * Takes JSON documents apart into their rows, byte by byte: each becomes one line, numbers and texts exactly as they were.
 * A row that begins in a later line than those before it keeps its line number.
 */
class RowSplitter {
  readonly #path: readonly string[];
  readonly #stack: Container[] = [];
  /** Paths of arrays that were passed. */
  readonly arrays: string[] = [];
  /** Whether the rows' array, or a row, has been seen. */
  found = false;
  line = 1;
  #outLine = 1;
  #inText = false;
  #escaped = false;
  /** Containers that are open inside of the row; -1 outside of rows. */
  #rowDepth = -1;
  #scalar = false;
  /** Bytes of the text outside of rows that is being read, which may be a key. */
  #text: number[] = [];

  constructor(path: readonly string[]) {
    this.#path = path;
  }

  /** Whether nothing is open. */
  get complete(): boolean {
    return this.#stack.length === 0 && (this.#rowDepth === -1 || this.#scalar) && !this.#inText;
  }

  /** Takes the next bytes and gives the lines, or parts of them, that they make. */
  take(bytes: Buffer): Buffer {
    const out: Buffer[] = [];
    let from = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (this.#inText) {
        this.#takeText(byte);
        continue;
      }
      if (byte === Byte.LineFeed) this.line++;
      const white = byte === Byte.LineFeed || byte === Byte.Return || byte === Byte.Blank || byte === Byte.Tab;
      if (this.#rowDepth === -1) {
        if (white || this.#isMark(byte) || !this.#beginsRow(byte)) continue;
        out.push(Buffer.alloc(Math.max(this.line - this.#outLine, 0), "\n"));
        this.#outLine = Math.max(this.line, this.#outLine);
        from = at;
      } else if (byte === Byte.LineFeed || byte === Byte.Return) {
        out.push(bytes.subarray(from, at)); // Between the values of a row a line end is as good as nothing.
        from = at + 1;
      }
      const ended = this.#takeInRow(byte);
      if (ended === "no") continue;
      const end = ended === "with" ? at + 1 : at;
      out.push(bytes.subarray(Math.min(from, end), end), Buffer.from("\n"));
      this.#outLine++;
      if (ended === "before") this.#outside(byte);
    }
    if (this.#rowDepth !== -1) out.push(bytes.subarray(from));
    return Buffer.concat(out);
  }

  /** Whether a byte is part of a byte order mark: nothing else in front of a document is above ASCII. */
  #isMark(byte: number): boolean {
    return byte >= 0x80 && this.#stack.length === 0;
  }

  #takeText(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === Byte.Backslash) this.#escaped = true;
    else if (byte === Byte.Quote) this.#inText = false;
    if (this.#rowDepth === -1 && this.#inText && this.#text.length < MAX_KEY_BYTES) this.#text.push(byte);
  }

  /** Whether a byte outside of rows, which is no white space, is the first of a row; else it is taken. */
  #beginsRow(byte: number): boolean {
    const top = this.#stack.at(-1);
    const inRows = top === undefined ? this.#path.length === 0 && byte !== Byte.Open : top.rows;
    if (!inRows || byte === Byte.Comma || byte === Byte.Close) {
      this.#outside(byte);
      return false;
    }
    this.found = true;
    this.#rowDepth = 0;
    this.#scalar = byte !== Byte.OpenObject && byte !== Byte.Open;
    return true;
  }

  /** Takes a byte of a row: whether the row ends before it, with it, or not yet. */
  #takeInRow(byte: number): "before" | "with" | "no" {
    switch (byte) {
      case Byte.Quote:
        this.#inText = true;
        return "no";
      case Byte.Open:
      case Byte.OpenObject:
        this.#rowDepth++;
        return "no";
      case Byte.Close:
      case Byte.CloseObject:
        if (this.#rowDepth > 0 && --this.#rowDepth === 0) break;
        if (this.#rowDepth > 0) return "no";
        this.#rowDepth = -1;
        return "before";
      case Byte.Comma:
        if (this.#rowDepth > 0) return "no";
        this.#rowDepth = -1;
        return "before";
      default:
        return "no";
    }
    this.#rowDepth = -1;
    return "with";
  }

  /** Takes a byte that is in no row. */
  #outside(byte: number): void {
    const top = this.#stack.at(-1);
    switch (byte) {
      case Byte.Quote:
        this.#inText = true;
        this.#text = [];
        return;
      case Byte.Colon:
        if (top) top.key = keyOf(this.#text);
        return;
      case Byte.Open:
      case Byte.OpenObject: {
        const path = top === undefined ? [] : top.array ? [...top.path, "#"] : [...top.path, top.key];
        const array = byte === Byte.Open;
        const rows = array && path.join("\0") === this.#path.join("\0");
        if (rows) this.found = true;
        if (array && !path.includes("#") && this.arrays.length < MAX_NAMED) this.arrays.push(path.join("."));
        this.#stack.push({ array, rows, path, key: "" });
        return;
      }
      case Byte.Close:
      case Byte.CloseObject:
        this.#stack.pop();
        return;
      default:
    }
  }
}

function keyOf(bytes: readonly number[]): string {
  const text = Buffer.from(bytes).toString();
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

/** Whether a text that begins so is JSON whose rows are not a line each: an array, or objects over several lines. */
export function isJsonDocument(head: Buffer): boolean {
  const text = head.toString().replace(/^\ufeff?\s*/, "");
  if (text.startsWith("[")) return true;
  const end = text.indexOf("\n");
  if (!text.startsWith("{") || end === -1) return false;
  const splitter = new RowSplitter([]);
  splitter.take(Buffer.from(text.slice(0, end)));
  return !splitter.complete;
}

/**
 * The rows of JSON documents, each in a line of its own.
 * @param rowsPath where their array is, keys separated by "."; "" is the document itself, or several one after the other
 * @throws TextProblem when there is no such array, or the document is not complete
 */
export async function* jsonRows(text: AsyncIterable<Buffer>, rowsPath: string): AsyncGenerator<Buffer> {
  const splitter = new RowSplitter(rowsPath === "" ? [] : rowsPath.split("."));
  for await (const chunk of text) yield splitter.take(chunk);
  if (!splitter.complete)
    throw new TextProblem(splitter.line, "ends in the middle of a JSON value; copy the file again");
  if (!splitter.found && rowsPath !== "") {
    const arrays = splitter.arrays.map((path) => `"${path}"`).join(", ");
    throw new TextProblem(0, `has no array at rows_path "${rowsPath}"; its arrays are at ${arrays || "no place"}`);
  }
}
