import { TimeUnit } from "@palate/proto/dataset";
import { MILLISECONDS_FROM } from "../../../schema/unix-time.js";

/** How the times of a column are written. */
export type FoundTimes =
  | { readonly kind: "unit"; readonly unit: TimeUnit }
  | { readonly kind: "formats"; readonly formats: readonly string[] }
  /** Day and month cannot be told apart. */
  | { readonly kind: "ambiguous"; readonly example: string };

/** One way to write a time: what fits it as a whole, and its DuckDB pattern, or "ISO". */
type Written = readonly [shape: RegExp, format: string];

const CLOCK = "([01]?\\d|2[0-3]):[0-5]\\d";
const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const FULL_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)";
const WEEKDAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const ISO = `\\d{4}-(0\\d|1[0-2])-([0-2]\\d|3[01])(?:[T ]${CLOCK}(?::\\d\\d(?:[.,]\\d+)?)?(?: ?(?:Z|UTC|[+-]\\d\\d(?::?\\d\\d)?))?)?`;

const WRITTEN: readonly Written[] = [
  [whole(ISO), "ISO"],
  [whole(`(19|20)\\d\\d(0[1-9]|1[0-2])(0[1-9]|[12]\\d|3[01])`), "%Y%m%d"],
  [whole(`(19|20)\\d\\d(0[1-9]|1[0-2])(0[1-9]|[12]\\d|3[01])([01]\\d|2[0-3])[0-5]\\d[0-5]\\d`), "%Y%m%d%H%M%S"],
  [whole(`${WEEKDAY} ${MONTH} \\d\\d? ${CLOCK}:\\d\\d [+-]\\d{4} \\d{4}`), "%a %b %d %H:%M:%S %z %Y"],
  [whole(`${WEEKDAY}, \\d\\d? ${MONTH} \\d{4} ${CLOCK}:\\d\\d [+-]\\d{4}`), "%a, %d %b %Y %H:%M:%S %z"],
  [whole(`${WEEKDAY}, \\d\\d? ${MONTH} \\d{4} ${CLOCK}:\\d\\d GMT`), "%a, %d %b %Y %H:%M:%S GMT"],
  [whole(`\\d\\d?-${MONTH}-\\d{4}`), "%d-%b-%Y"],
  [whole(`\\d\\d? ${MONTH} \\d{4}`), "%d %b %Y"],
  [whole(`\\d\\d? ${FULL_MONTH} \\d{4}`), "%d %B %Y"],
  [whole(`${MONTH} \\d\\d?, \\d{4}`), "%b %d, %Y"],
  [whole(`${FULL_MONTH} \\d\\d?, \\d{4}`), "%B %d, %Y"],
  [whole(`(0[1-9]|1[0-2]) \\d\\d?, \\d{4}`), "%m %d, %Y"],
];

/** Dates in numbers whose parts are separated by "/", "." or "-", with or without a time of the day. */
const NUMERIC = new RegExp(
  `^(\\d{1,4})([/.-])(\\d{1,2})\\2(\\d{1,4})(?:(,? |T)(\\d{1,2}:\\d\\d)(:\\d\\d)?(\\.\\d+)?( ?[AaPp][Mm])?)?$`,
);

const DECIMAL = /^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$/;

/** Unix seconds from here on are times of this century or the last third of the one before (1973). */
const SECONDS_FROM = 100_000_000;

/** Days since 1899-12-30 of 1982 and 2064. */
const SPREADSHEET_DAYS = [30_000, 60_000] as const;

function whole(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}

/** Whether a text is a date or time in one of the usual forms. */
export function isTime(value: string): boolean {
  return WRITTEN.some(([shape]) => shape.test(value)) || NUMERIC.test(value);
}

/** How all of some values are written as times; undefined when they are none, or not all in one way. */
export function timesOf(values: readonly string[]): FoundTimes | undefined {
  if (values.length === 0) return undefined;
  const written = WRITTEN.find(([shape]) => values.every((value) => shape.test(value)));
  if (written) return { kind: "formats", formats: [written[1]] };
  if (values.every((value) => DECIMAL.test(value))) return unitOf(values.map(Number));
  return numericDates(values);
}

/** What numbers count, by their size: those of the last decades lie a factor of a thousand apart. */
function unitOf(numbers: readonly number[]): FoundTimes | undefined {
  // Outliers do not decide: the median does.
  const typical = [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
  const found = (unit: TimeUnit): FoundTimes => ({ kind: "unit", unit });
  if (typical >= MILLISECONDS_FROM * 1_000_000) return found(TimeUnit.TIME_UNIT_NANOSECONDS);
  if (typical >= MILLISECONDS_FROM * 1_000) return found(TimeUnit.TIME_UNIT_MICROSECONDS);
  if (typical >= MILLISECONDS_FROM) return found(TimeUnit.TIME_UNIT_MILLISECONDS);
  if (typical >= SECONDS_FROM) return found(TimeUnit.TIME_UNIT_SECONDS);
  const [earliest, latest] = SPREADSHEET_DAYS;
  if (typical >= earliest && typical <= latest) return found(TimeUnit.TIME_UNIT_SPREADSHEET_DAYS);
  return undefined;
}

function numericDates(values: readonly string[]): FoundTimes | undefined {
  const parts = values.map((value) => NUMERIC.exec(value));
  const [first] = parts;
  if (!first || parts.some((part) => part?.[2] !== first[2])) return undefined;
  const dates = parts.flatMap((part) => (part ? [part] : []));
  const clock = clockOf(dates);
  if (clock === undefined) return undefined;
  const mark = first[2]!;
  const largest = (group: number) => Math.max(...dates.map((date) => Number(date[group])));
  if (dates.every((date) => date[1]!.length === 4)) {
    return largest(3) <= 12 ? { kind: "formats", formats: [`%Y${mark}%m${mark}%d${clock}`] } : undefined;
  }
  const year = dates.every((date) => date[4]!.length === 4)
    ? "%Y"
    : dates.every((date) => date[4]!.length === 2)
      ? "%y"
      : undefined;
  if (year === undefined || largest(1) > 31 || largest(3) > 31) return undefined;
  const [dayFirst, monthFirst] = [largest(3) <= 12, largest(1) <= 12];
  // Nobody writes the month first before a full stop.
  if (dayFirst && monthFirst && mark !== ".") return { kind: "ambiguous", example: first[0] };
  if (dayFirst) return { kind: "formats", formats: [`%d${mark}%m${mark}${year}${clock}`] };
  return monthFirst ? { kind: "formats", formats: [`%m${mark}%d${mark}${year}${clock}`] } : undefined;
}

/** The pattern of the time of the day behind dates; undefined when it is not the same in all. */
function clockOf(dates: readonly RegExpExecArray[]): string | undefined {
  const patterns = new Set(
    dates.map(([, , , , , gap, clock, seconds, fraction, half]) => {
      if (clock === undefined) return "";
      const day = `${half === undefined ? "%H" : "%I"}:%M${seconds === undefined ? "" : "%S".padStart(3, ":")}`;
      return `${gap}${day}${fraction === undefined ? "" : ".%f"}${half === undefined ? "" : half.startsWith(" ") ? " %p" : "%p"}`;
    }),
  );
  return patterns.size === 1 ? [...patterns][0] : undefined;
}
