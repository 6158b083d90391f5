import { splitRecords, type Separation } from "../../staging/split-records.js";
import { isTime } from "./time-formats.js";

/** A text with separated values, as its first rows show it. */
export interface TextTable extends Separation {
  /** Whether its first record names the columns. */
  readonly header: boolean;
  /** Lines above it that are none of its records. */
  readonly skipLines: number;
  /** The names in the header; none without one. */
  readonly names: readonly string[];
  /** The first rows. */
  readonly rows: readonly (readonly string[])[];
  /** Values in a row, usually. */
  readonly width: number;
  /** How many of `rows` have another number of values. */
  readonly raggedRows: number;
}

/** What may separate values; the first of those that fit counts, but for the last two, of which the one that separates more does. */
const DELIMITERS = ["\t", "::", ";", "|", ","];

/** Records on which separators are tried. */
const TRIED_RECORDS = 200;

/** Share of records that must have the usual number of values. */
const REGULAR_SHARE = 0.9;

/** Values of a first record by which it is told whether they are names. */
const MAX_CHECKED = 500;

/** Longest name in a header. */
const MAX_NAME = 64;

/**
 * Tells how the values of a text are separated, and whether it has a header.
 * @param text its beginning, which ends behind a line
 * @param most rows wanted
 */
export function readTextTable(text: string, most: number): TextTable {
  const { body, skipLines, stated } = withoutPreamble(text);
  const separation = separationOf(body, stated === undefined ? DELIMITERS : [stated]);
  const { records } = splitRecords(body, separation, most + 1);
  const width = usualWidth(records);
  const header = looksLikeHeader(records);
  const rows = header ? records.slice(1) : records.slice(0, most);
  return {
    ...separation,
    header,
    skipLines,
    names: header ? records[0]!.map((name) => name.trim()) : [],
    rows,
    width,
    raggedRows: rows.filter((row) => row.length !== width).length,
  };
}

/** A line such as "sep=;", which spreadsheets write above the header. */
function withoutPreamble(text: string): { body: string; skipLines: number; stated: string | undefined } {
  const found = /^sep=(.|\t)\r?\n/.exec(text);
  if (!found) return { body: text, skipLines: 0, stated: undefined };
  return { body: text.slice(found[0].length), skipLines: 1, stated: found[1] };
}

function separationOf(text: string, delimiters: readonly string[]): Separation {
  const quotings: readonly Omit<Separation, "delimiter">[] = text.includes('"')
    ? [
        { quote: '"', escape: '"' },
        { quote: '"', escape: "\\" },
        { quote: "", escape: "" },
      ]
    : [{ quote: '"', escape: '"' }];
  for (const quoting of quotings) {
    let best: { separation: Separation; width: number } | undefined;
    for (const delimiter of delimiters) {
      const separation = { delimiter, ...quoting };
      const { records, misquoted } = splitRecords(text, separation, TRIED_RECORDS);
      const width = usualWidth(records);
      if (misquoted > 0 || width < 2 || !isRegular(records, width)) continue;
      if (best === undefined || (best.separation.delimiter === "|" && width > best.width)) best = { separation, width };
    }
    if (best) return best.separation;
  }
  return { delimiter: delimiters.at(-1)!, quote: '"', escape: '"' };
}

function isRegular(records: readonly (readonly string[])[], width: number): boolean {
  const regular = records.filter((record) => record.length === width).length;
  return records[0]?.length === width && regular >= REGULAR_SHARE * records.length;
}

function usualWidth(records: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>();
  for (const record of records) counts.set(record.length, (counts.get(record.length) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

const NUMBER = /^[+-]?[\d.,' ]*\d[\d.,]*([eE][+-]?\d+)?$/;

/** Whether the first record could name columns: it has no numbers, times or long texts, and none of it comes again below. */
function looksLikeHeader(records: readonly (readonly string[])[]): boolean {
  const [whole, ...rows] = records;
  if (whole === undefined) return false;
  const first = whole.slice(0, MAX_CHECKED);
  // The outer columns may have no name: row numbers of data frames, and a separator at the end of each line.
  const named = first.filter((cell, index) => (index > 0 && index < whole.length - 1) || cell !== "");
  if (named.length === 0 || named.some((cell) => !couldBeName(cell.trim()))) return false;
  return !first.some((cell, index) => cell !== "" && rows.some((row) => row[index] === cell));
}

function couldBeName(cell: string): boolean {
  if (cell === "" || cell.length > MAX_NAME || !/\p{L}/u.test(cell)) return false;
  return !NUMBER.test(cell) && !isTime(cell) && !/[[\]{}|\n]|:\/\//.test(cell);
}
