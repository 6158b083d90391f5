import type { Column, ColumnAnalysis } from "@palate/proto/dataset";
import type { DatasetTypeRules } from "../schema/dataset-types.js";
import { identifier, queryRows } from "../storage/duckdb.js";
import { columnDrift } from "./drift.js";
import { figure, summarise, topValues, valuesOf, type AnalysedRows } from "./figures.js";

/** Columns whose first figures come from one pass over the rows. */
const COLUMNS_A_PASS = 40;

/** Rows up to which distinct values are counted rather than estimated. */
const EXACT_ROWS = 1_000_000;

/** Average characters up to which the values of a text column are listed. */
const LISTED_LENGTH = 60;

const NUMBERS = new Set(["int", "long", "float", "double"]);

/** The figures of every column of the rows. */
export async function analyseColumns(
  analysed: AnalysedRows,
  columns: readonly Column[],
  rules: DatasetTypeRules,
  before: readonly ColumnAnalysis[],
): Promise<ColumnAnalysis[]> {
  const { connection, source, rows } = analysed;
  const result: ColumnAnalysis[] = [];
  for (let at = 0; at < columns.length; at += COLUMNS_A_PASS) {
    const pass = columns.slice(at, at + COLUMNS_A_PASS);
    const list = pass.map((column, i) => {
      const name = identifier(column.name);
      const length = column.type === "string" ? `avg(length(${name}))` : "0";
      const distinct = rows <= EXACT_ROWS ? `count(DISTINCT ${name})` : `approx_count_distinct(${name})`;
      return `count(${name}) AS f${i}, ${distinct} AS d${i}, ${length} AS l${i}`;
    });
    const [row] = await queryRows(connection, `SELECT ${list.join(", ")} FROM ${source}`);
    for (const [i, column] of pass.entries()) {
      const filled = figure(row, `f${i}`);
      // The estimate may be a little above what is possible.
      const distinct = Math.min(figure(row, `d${i}`), filled);
      const basics = { filled, missing: rows - filled, distinct, length: figure(row, `l${i}`) };
      const previous = before.find((other) => other.name === column.name);
      result.push(await analyseColumn(analysed, column, rules, basics, previous));
    }
  }
  return result;
}

async function analyseColumn(
  { connection, source }: AnalysedRows,
  column: Column,
  rules: DatasetTypeRules,
  basics: { readonly filled: number; readonly missing: number; readonly distinct: number; readonly length: number },
  before: ColumnAnalysis | undefined,
): Promise<ColumnAnalysis> {
  const { name, type, categorical, textual } = column;
  const { filled, missing, distinct } = basics;
  const analysis: ColumnAnalysis = { name, type, categorical, textual, filled, missing, distinct } as ColumnAnalysis;
  const sql = identifier(name);
  const isId = rules.idColumns.includes(name);
  const listed = !isId && !textual && basics.length <= LISTED_LENGTH && type !== "float" && type !== "double";
  analysis.topValues =
    listed && filled > 0 && !rules.timeColumns.includes(name)
      ? await topValues(connection, valuesOf(column), source)
      : [];
  if (NUMBERS.has(type)) analysis.numbers = await summarise(connection, sql, source);
  if (type === "string" && !isId) analysis.lengths = await summarise(connection, `length(${sql})`, source);
  if (before && before.type === type) analysis.drift = await columnDrift(connection, source, analysis, before);
  return analysis;
}
