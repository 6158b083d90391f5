import { DataType, type Field } from "apache-arrow";
import { extensionOf } from "./arrow-extensions.js";
import { dateJson, timestampJson, UnknownType } from "./typed-rows.js";

/** The extension of whole numbers that count periods of time, such as months, as pandas writes its type Period. */
const PERIOD = "pandas.period";

/** How a period's number leads to its first day or moment: counted in `unit` from 1970-01-01. */
type Period =
  | { readonly unit: "month" | "day"; readonly size: number; readonly offset: number }
  | { readonly unit: "time"; readonly seconds: number; readonly perSecond: bigint };

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** Frequencies of less than a day, with the names that older versions gave them. */
const TIMES: Readonly<Record<string, readonly [seconds: number, perSecond: bigint]>> = {
  ...{ h: [3600, 1n], H: [3600, 1n], min: [60, 1n], T: [60, 1n], s: [1, 1n], S: [1, 1n] },
  ...{ ms: [1, 1_000n], L: [1, 1_000n], us: [1, 1_000_000n], U: [1, 1_000_000n] },
  ...{ ns: [1, 1_000_000_000n], N: [1, 1_000_000_000n] },
};

/**
 * What a field's numbers count when they are periods; undefined when they are none.
 * "2M" counts single months as "M" does. Weeks, quarters and years may end elsewhere than usual: "W-WED", "Q-MAR", "Y-JUN".
 * @throws UnknownType for frequencies whose numbers do not follow one another evenly, such as business days
 */
export function periodOf(field: Field): Period | undefined {
  if (!DataType.isInt(field.type as DataType) || extensionOf(field) !== PERIOD) return undefined;
  const metadata = field.metadata.get("ARROW:extension:metadata") ?? "";
  const [, base = "", anchor = ""] = /"freq": *"\d*([A-Za-z]+)(?:-([A-Z]{3}))?"/.exec(metadata) ?? [];
  const time = TIMES[base];
  if (time) return { unit: "time", seconds: time[0], perSecond: time[1] };
  const month = MONTHS.indexOf(anchor || "DEC");
  const weekday = DAYS.indexOf(anchor || "SUN");
  if (base === "D") return { unit: "day", size: 1, offset: 0 };
  if (base === "W" && weekday >= 0) return { unit: "day", size: 7, offset: weekday - 10 };
  if (base === "M") return { unit: "month", size: 1, offset: 0 };
  if (base === "Q" && month >= 0) return { unit: "month", size: 3, offset: month - 11 };
  if (["Y", "A"].includes(base) && month >= 0) return { unit: "month", size: 12, offset: month - 11 };
  throw new UnknownType(`${PERIOD} ${metadata.slice(0, 100)}`);
}

/** The DuckDB type of periods: that of their first day or moment. */
export function periodType(period: Period): string {
  if (period.unit !== "time") return "DATE";
  return period.perSecond > 1_000_000n ? "TIMESTAMP_NS" : "TIMESTAMP";
}

/** A period's first day or moment as JSON text. */
export function periodJson(period: Period, number: bigint): string {
  if (period.unit === "time") return timestampJson(number * BigInt(period.seconds), period.perSecond);
  const count = Number(number) * period.size + period.offset;
  return dateJson(period.unit === "day" ? count : Date.UTC(1970, count, 1) / 86_400_000);
}

/** The same as SQL over a number. */
export function periodSql(period: Period, number: string): string {
  if (period.unit === "time") {
    if (period.perSecond > 1_000_000n) return `make_timestamp_ns(${number})`;
    return `make_timestamp(${number} * ${(BigInt(period.seconds) * 1_000_000n) / period.perSecond})`;
  }
  const count = `(${number} * ${period.size} + ${period.offset})::INTEGER`;
  return period.unit === "day" ? `DATE '1970-01-01' + ${count}` : `(DATE '1970-01-01' + to_months(${count}))::DATE`;
}
