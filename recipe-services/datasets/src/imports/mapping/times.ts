import { DuckDBTypeId, type DuckDBType } from "@duckdb/node-api";
import { TimeUnit, type TimeFormat } from "@palate/proto/dataset";
import { literal } from "../../storage/duckdb.js";
import { step, type Step } from "./steps.js";

/** The format that stands for ISO 8601. */
export const ISO = "ISO";

/** The usual forms of ISO 8601, basic and extended: a day, or a time with or without seconds, fraction and offset. */
const ISO_FORM =
  "^(\\d{4})(?:-(\\d{2})-(\\d{2})|(\\d{2})(\\d{2}))(?:[Tt ](\\d{2})(?::?(\\d{2})(?::?(\\d{2})(?:[.,]\\d+)?)?)?" +
  " ?([Zz]|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?)?)?$";
const ISO_PARTS = ["y", "m1", "d1", "m2", "d2", "h", "i", "s", "z"];

/** How many seconds a number counts, as SQL; those that are whole seconds have no fraction. */
const UNIT_SECONDS: Readonly<Partial<Record<TimeUnit, string>>> = {
  [TimeUnit.TIME_UNIT_SECONDS]: "1",
  [TimeUnit.TIME_UNIT_MILLISECONDS]: "0.001::DECIMAL(10, 9)",
  [TimeUnit.TIME_UNIT_MICROSECONDS]: "0.000001::DECIMAL(10, 9)",
  [TimeUnit.TIME_UNIT_NANOSECONDS]: "0.000000001::DECIMAL(10, 9)",
  [TimeUnit.TIME_UNIT_MINUTES]: "60",
  [TimeUnit.TIME_UNIT_HOURS]: "3600",
  [TimeUnit.TIME_UNIT_DAYS]: "86400",
};

/** What a number counts, for messages. */
const UNIT_NAMES: Readonly<Partial<Record<TimeUnit, string>>> = {
  [TimeUnit.TIME_UNIT_SECONDS]: "seconds",
  [TimeUnit.TIME_UNIT_MILLISECONDS]: "milliseconds",
  [TimeUnit.TIME_UNIT_MICROSECONDS]: "microseconds",
  [TimeUnit.TIME_UNIT_NANOSECONDS]: "nanoseconds",
  [TimeUnit.TIME_UNIT_MINUTES]: "minutes",
  [TimeUnit.TIME_UNIT_HOURS]: "hours",
  [TimeUnit.TIME_UNIT_DAYS]: "days",
  [TimeUnit.TIME_UNIT_SPREADSHEET_DAYS]: "days since 1899-12-30",
};

/** Days from the spreadsheets' zero, 1899-12-30, to 1970-01-01. */
const SPREADSHEET_DAYS = 25_569;

/** Days that are no whole number are of binary fractions, so that a whole second is one only to about a microsecond. */
const FRACTION_DIGITS = 3;

/** A time of a typed format as SQL of its seconds as text, and what was decided for it. */
interface TypedTime {
  readonly sql: string;
  /** What its type leaves open, for a note; "" is nothing. */
  readonly note: string;
}

/**
 * The Unix seconds of a value whose type is a time.
 * @param zone of times that do not say theirs; "" is UTC
 * @returns undefined when the type is none
 */
export function typedTime(sql: string, type: DuckDBType, zone: string): TypedTime | undefined {
  const local = (timestamp: string) => (zone === "" ? timestamp : `${timestamp} AT TIME ZONE ${literal(zone)}`);
  const noZone = zone === "" ? "has times without a zone; they were taken as UTC" : "";
  switch (type.typeId) {
    case DuckDBTypeId.TIMESTAMP_TZ:
      return { sql: secondsOf(`epoch_us(${sql})`, 1_000_000), note: "" };
    case DuckDBTypeId.TIMESTAMP_NS:
      if (zone === "") return { sql: secondsOf(`epoch_ns(${sql})`, 1_000_000_000), note: noZone };
      return { sql: secondsOf(nanosecondMicros(sql, zone), 1_000_000), note: noZone };
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_S:
    case DuckDBTypeId.TIMESTAMP_MS:
      return { sql: secondsOf(`epoch_us(${local(`${sql}::TIMESTAMP`)})`, 1_000_000), note: noZone };
    case DuckDBTypeId.DATE:
      return {
        sql: secondsOf(`epoch_us(${local(`${sql}::TIMESTAMP`)})`, 1_000_000),
        note: zone === "" ? "has days; each was taken as its midnight in UTC" : "",
      };
    case DuckDBTypeId.DECIMAL:
      return { sql: `floor(${sql})::BIGINT::VARCHAR`, note: "" };
    default:
      return undefined;
  }
}

/** Whether a type is a time by itself, so that nothing about it may be said. */
export function isTimeType(type: DuckDBType): boolean {
  return type.typeId !== DuckDBTypeId.DECIMAL && typedTime("x", type, "") !== undefined;
}

/** Seconds of a count of parts of them as text, rounded down. */
function secondsOf(count: string, perSecond: number): string {
  return `${wholeSeconds(count, perSecond)}::VARCHAR`;
}

/** Rounds down, which `//` does not below 0. */
function wholeSeconds(count: string, perSecond: number): string {
  return `((${count} - ((${count} % ${perSecond}) + ${perSecond}) % ${perSecond}) // ${perSecond})`;
}

/** The steps from a text to Unix seconds as text; none when nothing is said about it but a zone. */
export function timeSteps(time: TimeFormat): Step[] {
  const { unit, formats, zone } = time;
  if (formats.length > 0) return formatSteps(formats, zone);
  if (unit === TimeUnit.TIME_UNIT_UNSPECIFIED) return [];
  const message = `is no number of ${UNIT_NAMES[unit] ?? "seconds"}`;
  return [refusing({ sql: ([text]) => `${unitSeconds(text!, unit)}::VARCHAR` }, message)];
}

/** Seconds, rounded down, of a number in text. */
function unitSeconds(text: string, unit: TimeUnit): string {
  const number = `TRY_CAST(${text} AS DECIMAL(28, 9))`;
  if (unit === TimeUnit.TIME_UNIT_SPREADSHEET_DAYS) {
    return `floor(round((${number} - ${SPREADSHEET_DAYS}) * 86400, ${FRACTION_DIGITS}))::BIGINT`;
  }
  const seconds = `${number} * ${UNIT_SECONDS[unit] ?? "1"}`;
  const isLong = [TimeUnit.TIME_UNIT_MINUTES, TimeUnit.TIME_UNIT_HOURS, TimeUnit.TIME_UNIT_DAYS].includes(unit);
  return `floor(${isLong ? `round(${seconds}, ${FRACTION_DIGITS})` : seconds})::BIGINT`;
}

/** A step whose result must not be empty where the text before it is not. */
function refusing(made: Step, message: string, textBack = 0): Step {
  return {
    sql: (before) => made.sql(before),
    refusals: (result, before) => {
      const text = before[textBack]!;
      return [{ when: `${text} IS NOT NULL AND ${result} IS NULL`, value: `left(${text}, 200)`, message }];
    },
  };
}

function formatSteps(formats: readonly string[], zone: string): Step[] {
  const named = formats.map((format) => (format === ISO ? "ISO 8601" : `"${format}"`)).join(", ");
  const message = `is no time in the ${formats.length === 1 ? "format" : "formats"} ${named}`;
  const hasIso = formats.includes(ISO);
  const parts = step((text) => `CASE WHEN NOT (${isPlain(text)}) THEN ${isoParts(text)} END`);
  const micros: Step = {
    // Patterns are tried one by one: in a list, one with an offset would leave it to those without.
    sql: (before) => {
      const text = before[hasIso ? 1 : 0]!;
      const each = formats.map((format) =>
        format === ISO ? isoMicros(text, before[0]!, zone) : patternMicros(text, format, zone),
      );
      return each.length === 1 ? each[0]! : `coalesce(${each.join(", ")})`;
    },
  };
  const seconds = step((count) => secondsOf(count, 1_000_000));
  return [...(hasIso ? [parts] : []), micros, refusing(seconds, message, hasIso ? 2 : 1)];
}

function patternMicros(text: string, pattern: string, zone: string): string {
  const parsed = `try_strptime(${text}, ${literal(pattern)})`;
  const saysZone = /%[zZ]/.test(pattern.replaceAll("%%", ""));
  if (saysZone) return `epoch_us(${parsed})`;
  if (pattern.replaceAll("%%", "").includes("%n")) return nanosecondMicros(parsed, zone);
  return `epoch_us(${zone === "" ? `${parsed}::TIMESTAMP` : `${parsed}::TIMESTAMP AT TIME ZONE ${literal(zone)}`})`;
}

/** Microseconds of the second that a time with nanoseconds is in. Of one with fewer digits, DuckDB rounds to zero. */
function nanosecondMicros(time: string, zone: string): string {
  const micros = `(${wholeSeconds(`epoch_ns(${time})`, 1_000_000_000)} * 1000000)`;
  return zone === "" ? micros : `epoch_us(make_timestamp(${micros}) AT TIME ZONE ${literal(zone)})`;
}

/** Whether a text is in one of the commonest forms, which DuckDB reads fast: with "Z" and a point, or to the second without offset. */
function isPlain(text: string): string {
  return `${text} LIKE '____-__-__T__:__:__%Z' AND NOT contains(${text}, ',') OR ${text} LIKE '____-__-__ __:__:__'`;
}

function isoParts(text: string): string {
  return `regexp_extract(${text}, ${literal(ISO_FORM)}, [${ISO_PARTS.map(literal).join(", ")}])`;
}

/** Microseconds of a text in a form of ISO 8601; NULL when it is in none. A fraction of the less common forms is left out. */
function isoMicros(text: string, parts: string, zone: string): string {
  const local = (timestamp: string) => (zone === "" ? timestamp : `${timestamp} AT TIME ZONE ${literal(zone)}`);
  const part = (name: string) => `${parts}.${name}`;
  const either = (one: string, other: string) => `coalesce(nullif(${part(one)}, ''), ${part(other)})`;
  const clock = (name: string) => `coalesce(nullif(${part(name)}, ''), '00')`;
  const day = `${part("y")} || '-' || ${either("m1", "m2")} || '-' || ${either("d1", "d2")}`;
  const stamp = `TRY_CAST(${day} || ' ' || ${clock("h")} || ':' || ${clock("i")} || ':' || ${clock("s")} AS TIMESTAMP)`;
  const offset = `replace(${part("z")}, ':', '')`;
  const minutes = `(TRY_CAST(substr(${offset}, 2, 2) AS BIGINT) * 60 + coalesce(TRY_CAST(nullif(substr(${offset}, 4, 2), '') AS BIGINT), 0))`;
  const sign = `CASE WHEN ${part("z")}[1] = '-' THEN -1 ELSE 1 END`;
  return `CASE WHEN ${text} LIKE '%Z' AND (${isPlain(text)}) THEN epoch_us(TRY_CAST(${text} AS TIMESTAMP))
    WHEN ${isPlain(text)} THEN epoch_us(${local(`TRY_CAST(${text} AS TIMESTAMP)`)})
    WHEN coalesce(${part("y")}, '') = '' THEN NULL
    WHEN ${part("z")} = '' THEN epoch_us(${local(stamp)})
    WHEN ${part("z")} IN ('Z', 'z', 'UTC', 'GMT') THEN epoch_us(${stamp})
    ELSE epoch_us(${stamp}) - ${sign} * ${minutes} * 60000000 END`;
}
