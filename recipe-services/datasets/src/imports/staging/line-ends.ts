const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

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

/** Whether the lines of a text that begins so end in CR alone, as on old Macs. */
export function endsLinesInReturn(head: Buffer): boolean {
  return head.includes(CARRIAGE_RETURN) && !head.includes(LINE_FEED);
}
