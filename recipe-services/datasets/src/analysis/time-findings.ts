import type { ColumnAnalysis, Finding } from "@palate/proto/dataset";
import { identifier, queryRows } from "../storage/duckdb.js";
import { ofRows, severityFrom } from "./finding-text.js";
import { figure, type AnalysedRows } from "./figures.js";
import { EARLIEST_LIKELY, EARLY_READINGS, LATE_READINGS, type TimeReading } from "./time-units.js";

/** Seconds after now from which on a time is of another unit rather than of a clock that is wrong. */
const FAR_SECONDS = 366 * 86_400;

/** Share of the times from which on those that cannot be right are critical, and the least that is told. */
const CRITICAL_SHARE = 0.5;
const LEAST_SHARE = 0.001;

/** Share of the odd times that a reading must fit. */
const FITTING_SHARE = 0.9;

/** Whose times they are. */
interface Times extends AnalysedRows {
  /** The column's figures. */
  readonly column: ColumnAnalysis;
  /** Whether they are those of events; items may have been made at any time, and offers may end at any. */
  readonly isEvent: boolean;
  /** Unix time. */
  readonly nowSeconds: number;
}

/** Findings about times that are no Unix seconds, and say in which unit they seem to be. Times that look right cost nothing. */
export async function timeUnitFindings(times: Times): Promise<Finding[]> {
  const { column, isEvent, nowSeconds } = times;
  const { numbers, filled } = column;
  if (numbers === undefined || filled === 0) return [];
  const findings: Finding[] = [];
  if (numbers.min < EARLIEST_LIKELY) {
    const odd = await oddTimes(times, `v >= 0 AND v < ${EARLIEST_LIKELY}`, EARLY_READINGS);
    // Of items, a size that fits says nothing: they may well be that old. Digits of a date do.
    const likely = isEvent || odd.reading.what.includes("written as");
    if (likely && odd.n >= LEAST_SHARE * filled) findings.push(findingOf(odd, "lie before 1990", column));
  }
  if (isEvent && numbers.max > nowSeconds + FAR_SECONDS) {
    const odd = await oddTimes(times, `v > ${Math.floor(nowSeconds + FAR_SECONDS)}`, LATE_READINGS);
    if (odd.n >= LEAST_SHARE * filled) findings.push(findingOf(odd, "lie more than a year ahead", column));
  }
  return findings;
}

/** Times that cannot be right. */
interface OddTimes {
  readonly n: number;
  /** What they seem to be. */
  readonly reading: TimeReading;
  /** One of them. */
  readonly example: number;
}

async function oddTimes(
  { connection, source, column }: Times,
  when: string,
  readings: readonly TimeReading[],
): Promise<OddTimes> {
  const list = readings.map((reading, i) => {
    const fits = `FILTER (${reading.when})`;
    return `count(*) ${fits} AS n${i}, max(v) ${fits} AS v${i}`;
  });
  const [row] = await queryRows(
    connection,
    `SELECT count(*) AS n, ${list.join(", ")} FROM (SELECT ${identifier(column.name)} AS v FROM ${source}) WHERE ${when}`,
  );
  const n = figure(row, "n");
  const found = readings.findIndex((_, i) => figure(row, `n${i}`) >= FITTING_SHARE * n);
  const at = found === -1 ? readings.length - 1 : found;
  return { n, reading: readings[at]!, example: figure(row, `v${at}`) };
}

function findingOf({ n, reading, example }: OddTimes, where: string, column: ColumnAnalysis): Finding {
  const day = new Date(example * 1000).toLocaleDateString("en-GB", {
    ...{ day: "numeric", month: "long", year: "numeric", timeZone: "UTC" },
  });
  return {
    severity: severityFrom(CRITICAL_SHARE, n / column.filled),
    column: column.name,
    message: `The times of ${ofRows(n, column.filled)} ${where}, such as ${example}, which is ${day}. They look like ${reading.what}.`,
    suggestion: reading.remedy,
  };
}
