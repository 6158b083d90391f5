import type { DuckDBConnection } from "@duckdb/node-api";
import type { HistogramBin, NumberSummary, ValueCount } from "@palate/proto/dataset";
import { identifier, queryRows } from "../storage/duckdb.js";

/** Quantiles of a {@link NumberSummary}. */
const QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;

/** Quantiles between which histograms have ranges of equal width. */
const HISTOGRAM_FROM = 0.005;
const HISTOGRAM_TO = 0.995;

/** Ranges of a histogram. */
const BINS = 20;

/** Interquartile ranges outside the quartiles from which on a value counts as an outlier (Tukey's "far out"). */
const FAR_OUT = 3;

/** Values listed of a column. */
const TOP_VALUES = 20;

/** Characters of a value that are kept. */
const VALUE_LENGTH = 200;

/** The rows that are analysed. */
export interface AnalysedRows {
  /** Where they are queried. */
  readonly connection: DuckDBConnection;
  /** What they are selected from, in SQL. */
  readonly source: string;
  /** How many there are. */
  readonly rows: number;
}

/** A figure of a query's row; 0 when it is null. */
export function figure(row: Readonly<Record<string, unknown>> | undefined, name: string): number {
  const value = Number(row?.[name] ?? 0);
  return Number.isFinite(value) ? value : 0;
}

/**
 * Figures about numbers.
 * @param numbers SQL of the numbers, with a `FROM` source that has them
 * @returns undefined when there are none
 */
export async function summarise(
  connection: DuckDBConnection,
  numbers: string,
  source: string,
): Promise<NumberSummary | undefined> {
  const value = `(${numbers})::DOUBLE`;
  const all = [HISTOGRAM_FROM, ...QUANTILES, HISTOGRAM_TO];
  const [row] = await queryRows(
    connection,
    `SELECT count(v) AS n, min(v) AS min, max(v) AS max, avg(v) AS mean, coalesce(stddev_pop(v), 0) AS deviation,
       approx_quantile(v, [${all.join(", ")}]) AS quantiles FROM (SELECT ${value} AS v FROM ${source}) WHERE isfinite(v)`,
  );
  if (figure(row, "n") === 0) return undefined;
  const [from = 0, ...rest] = (row!["quantiles"] as unknown[]).map(Number);
  const to = rest.pop() ?? from;
  const quartiles = [rest[2] ?? 0, rest[4] ?? 0] as const;
  const far = FAR_OUT * (quartiles[1] - quartiles[0]);
  // Where half of the values are one and the same, everything else would count as an outlier.
  const outside = far > 0 ? `v < ${quartiles[0] - far} OR v > ${quartiles[1] + far}` : "false";
  const [least, most] = [figure(row, "min"), figure(row, "max")];
  const edges = to > from ? equalBins(from, to) : equalBins(least, most);
  const bins = await queryRows(
    connection,
    `SELECT ${binOf("v", edges)} AS bin, count(*) AS n, count(*) FILTER (${outside}) AS outliers
       FROM (SELECT ${value} AS v FROM ${source}) WHERE isfinite(v) GROUP BY bin ORDER BY bin`,
  );
  return {
    min: least,
    max: most,
    mean: figure(row, "mean"),
    deviation: figure(row, "deviation"),
    quantiles: rest,
    outliers: bins.reduce((sum, bin) => sum + figure(bin, "outliers"), 0),
    histogram: counted(edges, bins),
  };
}

/** How many numbers lie in given ranges; the ranges at the ends take what lies outside. */
export async function countInBins(
  connection: DuckDBConnection,
  numbers: string,
  source: string,
  edges: readonly number[],
): Promise<HistogramBin[]> {
  const rows = await queryRows(
    connection,
    `SELECT ${binOf("v", edges)} AS bin, count(*) AS n FROM (SELECT (${numbers})::DOUBLE AS v FROM ${source})
       WHERE isfinite(v) GROUP BY bin`,
  );
  return counted(edges, rows);
}

/** The bounds of ranges of equal width: one more than there are ranges. */
export function equalBins(from: number, to: number, bins: number = BINS): number[] {
  if (!(to > from)) return [from, from];
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? to : from + ((to - from) * i) / bins));
}

/** SQL of the range that a number lies in. */
function binOf(value: string, edges: readonly number[]): string {
  const bins = edges.length - 1;
  const [from = 0, to = 0] = [edges[0], edges.at(-1)];
  if (!(to > from)) return "0";
  return `least(${bins - 1}, greatest(0, floor((${value} - (${from})) * ${bins} / (${to - from}))))::INTEGER`;
}

function counted(edges: readonly number[], rows: readonly Readonly<Record<string, unknown>>[]): HistogramBin[] {
  const counts = new Map(rows.map((row) => [figure(row, "bin"), figure(row, "n")]));
  return edges.slice(0, -1).map((from, i) => ({ from, to: edges[i + 1]!, count: counts.get(i) ?? 0 }));
}

/** The commonest values of an expression. */
export async function topValues(connection: DuckDBConnection, values: string, source: string): Promise<ValueCount[]> {
  const rows = await queryRows(
    connection,
    `SELECT left(v::VARCHAR, ${VALUE_LENGTH}) AS value, n FROM (SELECT v, count(*) AS n FROM
       (SELECT ${values} AS v FROM ${source}) GROUP BY v) WHERE v IS NOT NULL ORDER BY n DESC, value LIMIT ${TOP_VALUES}`,
  );
  return rows.map((row) => ({ value: String(row["value"]), count: figure(row, "n") }));
}

/** How often each of some values occurs. */
export async function countValues(
  connection: DuckDBConnection,
  values: string,
  source: string,
  wanted: readonly string[],
): Promise<number[]> {
  const rows = await queryRows(
    connection,
    `SELECT left(v::VARCHAR, ${VALUE_LENGTH}) AS value, count(*) AS n FROM (SELECT ${values} AS v FROM ${source})
       WHERE left(v::VARCHAR, ${VALUE_LENGTH}) IN (SELECT unnest($wanted)) GROUP BY value`,
    { wanted },
  );
  const counts = new Map(rows.map((row) => [String(row["value"]), figure(row, "n")]));
  return wanted.map((value) => counts.get(value) ?? 0);
}

/** SQL of the values of a column; a categorical one may hold several, joined by "|". */
export function valuesOf(column: { readonly name: string; readonly categorical: boolean }): string {
  const name = identifier(column.name);
  return column.categorical ? `unnest(string_split(${name}, '|'))` : name;
}
