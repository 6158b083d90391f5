const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** What may stand in front of a text in UTF-8. */
export const BYTE_ORDER_MARK: Buffer = Buffer.from([0xef, 0xbb, 0xbf]);

/** Whether a text begins with a byte order mark. */
export function beginsWithMark(text: Buffer): boolean {
  return text.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
}

/** Looks at how the lines of a text end, whatever is quoted. */
export class LineEndCounter {
  #afterLineFeed = false;
  #afterBoth = false;
  #bare = false;
  #previous = 0;
  #hasReturn = false;

  /** Whether lines end in more than one way, so that who reads them must know what is quoted. */
  get mixed(): boolean {
    return this.#bare || (this.#afterBoth && this.#afterLineFeed);
  }

  /** Begins the next part of the text. */
  begin(bytes: Buffer): void {
    this.#hasReturn = bytes.includes(CARRIAGE_RETURN);
  }

  /** Takes a line of the part, from `at` to its line feed at `end`, or to the part's end when `end` is -1. */
  line(bytes: Buffer, at: number, end: number): void {
    const before = at === 0 ? this.#previous : LINE_FEED;
    const last = end === -1 ? bytes.length - 1 : end - 1;
    if (end !== -1) {
      if ((last >= at ? bytes[last] : before) === CARRIAGE_RETURN) this.#afterBoth = true;
      else this.#afterLineFeed = true;
    }
    // A CR at the end of the part before is bare unless a LF follows.
    if (before === CARRIAGE_RETURN && end !== 0) this.#bare = true;
    if (this.#hasReturn) {
      const found = bytes.indexOf(CARRIAGE_RETURN, at);
      if (found !== -1 && found < last) this.#bare = true;
    }
    this.#previous = end === -1 ? bytes[last]! : LINE_FEED;
  }

  /** Ends the text: a CR there is bare. */
  end(): void {
    if (this.#previous === CARRIAGE_RETURN) this.#bare = true;
  }
}

/** What tells values and records of a text apart; see ValueMarks. */
interface Marks {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  readonly skipLines: number;
  readonly comment: string;
}

/**
 * Whether the lines of a text that begins so end in CR alone, as on old Macs.
 * @param marks what is quoted ends no line
 */
export function endsLinesInReturn(head: Buffer, marks: Marks): boolean {
  if (!head.includes(CARRIAGE_RETURN)) return false;
  return !head.includes(LINE_FEED) || bareEnds(head, marks) === "CR";
}

/** The line ends of a text that are not quoted: CR alone, or others too. */
function bareEnds(head: Buffer, { delimiter, quote, escape, skipLines, comment }: Marks): "CR" | "others" {
  const between = Buffer.from(delimiter);
  const remark = Buffer.from(comment);
  const [mark, before] = [Buffer.from(quote)[0] ?? -1, Buffer.from(escape)[0] ?? -1];
  let lines = 0;
  let inside = false;
  /** Whether the byte is the first of a line, and of a value. */
  let [beginsLine, begins] = [true, true];
  let isText = false;
  const first = beginsWithMark(head) ? BYTE_ORDER_MARK.length : 0;
  for (let at = first; at < head.length; at++) {
    const byte = head[at]!;
    if (beginsLine)
      isText = lines < skipLines || (remark.length > 0 && head.subarray(at, at + remark.length).equals(remark));
    beginsLine = false;
    if (inside) {
      if (byte === before && before !== mark) at++;
      else if (byte === mark) inside = false;
      begins = false;
    } else if (byte === LINE_FEED) return "others";
    else if (byte === CARRIAGE_RETURN) {
      lines++;
      beginsLine = begins = true;
    } else if (byte === mark && !isText && (begins || head[at - 1] === mark)) {
      inside = true;
    } else begins = head.subarray(Math.max(at - between.length + 1, 0), at + 1).equals(between);
  }
  return lines > 0 ? "CR" : "others";
}
