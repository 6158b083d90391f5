/** A way in which a number may stand for a time that is no Unix second. */
export interface TimeReading {
  /** What such a number is, as the end of "they look like …". */
  readonly what: string;
  /** SQL that is true for a number `v` that may be one. */
  readonly when: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** 1990-01-01T00:00:00Z: hardly any interaction that was recorded is older. */
export const EARLIEST_LIKELY = 631_152_000;

/** 2050-01-01T00:00:00Z: up to here numbers of other units are looked for. */
const LATEST_LIKELY = 2_524_608_000;

const unit = (name: string) => `Import it with a mapping in which the column has time: { unit: ${name} }.`;
const format = (pattern: string) =>
  `Import it with a mapping in which the column has time: { formats: ["${pattern}"] }.`;
const expression = (sql: string) =>
  `Repair it where the file is made, or import it with a mapping in which the column has expression: "${sql}".`;

/** Numbers that count something `seconds` long, from `from` (Unix seconds) on, and mean a time from 1990 to 2050. */
function counting(seconds: number, from = 0): string {
  return `v BETWEEN ${Math.ceil((EARLIEST_LIKELY - from) / seconds)} AND ${Math.floor((LATEST_LIKELY - from) / seconds)}`;
}

/** Numbers whose last digits are a month and a day, or those and an hour. */
const isDay = (v: string) => `(${v} // 100) % 100 BETWEEN 1 AND 12 AND ${v} % 100 BETWEEN 1 AND 31`;

/** What times before 1990 may be; those that fit by their digits come before those that fit by their size only. */
export const EARLY_READINGS: readonly TimeReading[] = [
  { what: "missing times: they are 0", when: "v = 0", remedy: "Give each row the time at which it happened." },
  {
    what: "dates written as yyyymmdd",
    when: `v BETWEEN 19000101 AND 21001231 AND ${isDay("v")}`,
    remedy: format("%Y%m%d"),
  },
  {
    what: "months written as yyyymm",
    when: "v BETWEEN 190001 AND 210012 AND v % 100 BETWEEN 1 AND 12",
    remedy: format("%Y%m"),
  },
  {
    what: "dates written as yymmdd",
    when: `v BETWEEN 101 AND 991231 AND ${isDay("v")}`,
    remedy: format("%y%m%d"),
  },
  { what: "years", when: "v BETWEEN 1900 AND 2100", remedy: "Export the time at which each happened." },
  { what: "days since 1970", when: counting(86_400), remedy: unit("DAYS") },
  {
    what: "days of a spreadsheet, since 1900",
    when: counting(86_400, -2_209_161_600),
    remedy: unit("SPREADSHEET_DAYS"),
  },
  { what: "hours since 1970", when: counting(3_600), remedy: unit("HOURS") },
  {
    what: "Unix seconds divided by 1,000: milliseconds divided once too often, or microseconds taken for nanoseconds",
    when: counting(1_000),
    remedy: `${expression("TIMESTAMP::BIGINT * 1000")} In pandas, .astype("datetime64[s]").astype("int64") gives seconds.`,
  },
  { what: "minutes since 1970", when: counting(60), remedy: unit("MINUTES") },
  {
    what: "Unix seconds divided by a million or more, with which nearly all is lost",
    when: counting(1_000_000),
    remedy: `Export the times again. In pandas, .astype("datetime64[s]").astype("int64") gives seconds.`,
  },
  {
    what: "seconds counted from another moment than 1970, or numbers of another kind",
    when: "true",
    remedy: "Export the time at which each happened, in Unix seconds. If they are right, nothing is wrong.",
  },
];

/** What times that are still to come may be. */
export const LATE_READINGS: readonly TimeReading[] = [
  {
    what: "hours written as yyyymmddhh",
    when: `v BETWEEN 1990010100 AND 2050123123 AND v % 100 < 24 AND ${isDay("(v // 100)")}`,
    remedy: format("%Y%m%d%H"),
  },
  {
    what: "seconds since 1900 or 1904",
    when: counting(1, -2_208_988_800),
    remedy: `${expression("TIMESTAMP::BIGINT - 2208988800")} From 1904 on it is 2082844800.`,
  },
  {
    what: "seconds since 1601",
    when: counting(1, -11_644_473_600),
    remedy: expression("TIMESTAMP::BIGINT - 11644473600"),
  },
  {
    what: "Unix seconds times ten",
    when: counting(0.1),
    remedy: expression("TIMESTAMP::BIGINT // 10"),
  },
  {
    what: "seconds since the year 1",
    when: counting(1, -62_135_596_800),
    remedy: expression("TIMESTAMP::BIGINT - 62135596800"),
  },
  { what: "times of another unit, or placeholders", when: "true", remedy: "Export the time at which each happened." },
];
