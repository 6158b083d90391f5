/** How the values of a text are separated. */
export interface Separation {
  /** What is between values, one or more characters. */
  readonly delimiter: string;
  /** The character around values that hold delimiters or line feeds; "" when quotes are text. */
  readonly quote: string;
  /** The character before a quote inside of quotes; the quote itself, usually. */
  readonly escape: string;
}

/** The first records of a text. */
export interface SplitText {
  /** Their values. */
  readonly records: readonly (readonly string[])[];
  /** How many of them had a quote that was not closed, or text behind a closing one. */
  readonly misquoted: number;
}

/**
 * Splits the beginning of a text into records, as far as a look at it needs. Empty lines are none.
 * @param most records at most
 */
export function splitRecords(text: string, separation: Separation, most: number): SplitText {
  const records: string[][] = [];
  let misquoted = 0;
  let at = 0;
  while (at < text.length && records.length < most) {
    const record = readRecord(text, at, separation);
    at = record.end;
    if (record.misquoted) misquoted++;
    if (record.values.length > 1 || record.values[0] !== "") records.push(record.values);
  }
  return { records, misquoted };
}

interface ReadRecord {
  readonly values: string[];
  readonly end: number;
  readonly misquoted: boolean;
}

function readRecord(text: string, start: number, { delimiter, quote, escape }: Separation): ReadRecord {
  const values: string[] = [];
  let misquoted = false;
  let at = start;
  let lineEnd = endOfLine(text, at);
  for (;;) {
    let value = "";
    if (quote !== "" && text[at] === quote) {
      const quoted = readQuoted(text, at + 1, quote, escape);
      value = quoted.value;
      at = quoted.end;
      misquoted ||= !quoted.closed;
      if (at > lineEnd) lineEnd = endOfLine(text, at);
    }
    const plainFrom = at;
    const next = text.indexOf(delimiter, at);
    const last = next === -1 || next >= lineEnd;
    at = last ? lineEnd : next;
    const plain = text.slice(plainFrom, at);
    if (value !== "" && plain.trim() !== "") misquoted = true;
    values.push(value + plain);
    if (last) return { values, end: pastLineEnd(text, lineEnd), misquoted };
    at += delimiter.length;
  }
}

function readQuoted(text: string, start: number, quote: string, escape: string) {
  let value = "";
  let at = start;
  while (at < text.length) {
    const char = text[at]!;
    if (char === escape && (text[at + 1] === quote || (escape !== quote && text[at + 1] === escape))) {
      value += text[at + 1];
      at += 2;
    } else if (char === quote) return { value, end: at + 1, closed: true };
    else {
      value += char;
      at++;
    }
  }
  return { value, end: at, closed: false };
}

function endOfLine(text: string, from: number): number {
  for (let at = from; at < text.length; at++) if (text[at] === "\n" || text[at] === "\r") return at;
  return text.length;
}

function pastLineEnd(text: string, end: number): number {
  return text[end] === "\r" && text[end + 1] === "\n" ? end + 2 : end + 1;
}
