import type { ValueMarks } from "./normalise-line-ends.js";

/** How values are told apart in a record. */
export type Separation = Pick<ValueMarks, "delimiter" | "quote" | "escape">;

/** The first records of a text. */
export interface SplitText {
  /** Their values. */
  readonly records: readonly (readonly string[])[];
  /** How many of them had a quote that was not closed, or text behind a closing one. */
  readonly misquoted: number;
}

/** Splits a record into its values. Quotes may enclose a value; a quote inside follows the escape character. */
export function splitRecord(record: string, separation: Separation): string[] {
  return readRecord(record, 0, separation, () => record.length).values;
}

/**
 * Splits the beginning of a text into records, which LF, CR LF or CR end, as far as a look at it needs. Empty lines are none.
 * @param most records at most
 */
export function splitRecords(text: string, separation: Separation, most: number): SplitText {
  const records: string[][] = [];
  let misquoted = 0;
  let at = 0;
  while (at < text.length && records.length < most) {
    const record = readRecord(text, at, separation, (from) => endOfLine(text, from));
    at = pastLineEnd(text, record.end);
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

/** @param endFrom where the line ends that a place is in */
function readRecord(
  text: string,
  start: number,
  separation: Separation,
  endFrom: (place: number) => number,
): ReadRecord {
  const { delimiter, quote } = separation;
  const values: string[] = [];
  let misquoted = false;
  let at = start;
  let lineEnd = endFrom(at);
  for (;;) {
    let value = "";
    if (quote !== "" && text[at] === quote) {
      const quoted = readQuoted(text, at + 1, separation);
      value = quoted.value;
      at = quoted.end;
      misquoted ||= !quoted.closed;
      if (at > lineEnd) lineEnd = endFrom(at);
    }
    const next = text.indexOf(delimiter, at);
    const last = next === -1 || next >= lineEnd;
    const plain = text.slice(at, last ? lineEnd : next);
    if (value !== "" && plain.trim() !== "") misquoted = true;
    values.push(value + plain);
    at = last ? lineEnd : next + delimiter.length;
    if (last) return { values, end: lineEnd, misquoted };
  }
}

/** The text up to the closing quote, and where what follows it begins. */
function readQuoted(text: string, start: number, { quote, escape }: Separation) {
  let value = "";
  let at = start;
  for (; at < text.length; at++) {
    const next = text[at + 1];
    if (text[at] === escape && (next === quote || (next === escape && escape !== quote))) {
      value += next;
      at++;
    } else if (text[at] === quote) return { value, end: at + 1, closed: true };
    else value += text[at];
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
