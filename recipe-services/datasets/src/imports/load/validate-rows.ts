import type { DuckDBConnection } from "@duckdb/node-api";
import { idProblem, idProblemSql } from "@palate/host";
import type { Column, ImportProblem } from "@palate/proto/dataset";
import { closedValueSql, MAX_CATEGORICAL_LENGTH, type DatasetTypeRules } from "../../schema/dataset-types.js";
import { MILLISECONDS_FROM, timeProblem } from "../../schema/unix-time.js";
import { identifier, queryRows } from "../../storage/duckdb.js";
import { duckType } from "../../storage/parquet-columns.js";
import { FileRefused, MAX_LISTED, problemAt } from "../staging/file-problem.js";
import { STAGED_TABLE } from "./file-table.js";
import { refusedValues, REFUSED_COLUMN } from "./row-refusals.js";
import type { StagedRows } from "./staged-rows.js";

/** One thing that can be wrong with the values of a column. */
interface Check {
  readonly column: string;
  /** SQL that is true for a wrong value; null is none of its concern, unless it is about that. */
  readonly wrong: string;
  /** Whether it is that there must be a value. */
  readonly isMissing?: true;
  /** What to say of a wrong value. */
  readonly message: (value: string) => string;
}

/** Most bytes of a text. Rows are read in chunks, of which each must fit into one message. */
const MAX_TEXT_BYTES = 1024 * 1024;

const WHOLE = "'[+-]?[0-9]{1,19}([.]0*)?'";
const DECIMAL = "'[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?'";

const quoted = (value: string) => JSON.stringify(value.slice(0, 60));

/** What is wrong with a value that is not `right`, such as "a number". */
function notA(value: string, right: string): string {
  if (value.trim() === value) return `${quoted(value)} is not ${right}`;
  return `${quoted(value)} has white space around it; take it away, or set trim in a mapping`;
}

/** SQL that converts the text of a column into the type it is stored in. */
export function conversion(column: Column, rules: DatasetTypeRules): string {
  const name = identifier(column.name);
  if (rules.known.find((known) => known.name === column.name)?.values) return closedValueSql(name);
  if (column.type === "boolean") return `lower(${name}) = 'true'`;
  return duckType(column.type) === "VARCHAR" ? name : `${name}::${duckType(column.type)}`;
}

function timeMessage(value: string, earliest: number): string {
  const whole = /^[+-]?[0-9]+(\.0*)?$/.test(value);
  const problem = (whole && timeProblem(Number(value), earliest)) || notA(value, "Unix seconds");
  const unit = /is in (milli|micro|nano)seconds/.exec(problem)?.[1];
  if (unit !== undefined) return `${problem}, or set time.unit to ${unit.toUpperCase()}SECONDS in a mapping`;
  if (/^\s*\d{4}-?\d{2}-?\d{2}([T ].*)?$/i.test(value)) return `${problem}; set time.formats to "ISO" in a mapping`;
  const isWritten = /\d[-/.:]\d+[-/.:]\d/.test(value);
  return isWritten ? `${problem}; set time.formats in a mapping to how it is written, such as "%d.%m.%Y"` : problem;
}

function checksOf(column: Column, rules: DatasetTypeRules): Check[] {
  const name = identifier(column.name);
  const checks: Check[] = [];
  const add = (wrong: string, message: (value: string) => string) =>
    checks.push({ column: column.name, wrong, message });
  if (!column.nullable) {
    const message = () => `is empty; ${column.name} must have a value`;
    checks.push({ column: column.name, wrong: "true", isMissing: true, message });
  }
  if (rules.timeColumns.includes(column.name)) {
    const number = `TRY_CAST(${name} AS BIGINT)`;
    const inside = `${number} BETWEEN ${rules.earliestTime} AND ${MILLISECONDS_FROM - 1}`;
    // Nearly all are as a number is printed, which is seen in half the time that the pattern takes.
    const plain = `${inside} AND ${number}::VARCHAR = ${name}`;
    const wrong = `NOT regexp_full_match(${name}, ${WHOLE}) OR ${number} IS NULL OR NOT (${inside})`;
    add(`CASE WHEN ${plain} THEN false ELSE ${wrong} END`, (value) => timeMessage(value, rules.earliestTime));
    return checks;
  }
  const known = rules.known.find((candidate) => candidate.name === column.name);
  if (known?.values) {
    const right = known.values.join(", ");
    const list = known.values.map((value) => `'${value}'`).join(", ");
    add(`${closedValueSql(name)} NOT IN (${list})`, (value) => `${quoted(value)} must be one of ${right}`);
  }
  if (known?.range) {
    const [least, most] = known.range;
    add(
      `coalesce(TRY_CAST(${name} AS DOUBLE), ${least}) NOT BETWEEN ${least} AND ${most}`,
      (value) => `${quoted(value)} must be from ${least} to ${most}`,
    );
  }
  switch (column.type) {
    case "int":
    case "long": {
      const right = column.type === "int" ? "a whole number of 32 bits" : "a whole number of 64 bits";
      const cast = `TRY_CAST(${name} AS ${duckType(column.type)}) IS NULL`;
      add(`NOT regexp_full_match(${name}, ${WHOLE}) OR ${cast}`, (value) => notA(value, right));
      break;
    }
    case "float":
    case "double": {
      const wrong = `NOT regexp_full_match(${name}, ${DECIMAL}) OR NOT isfinite(TRY_CAST(${name} AS DOUBLE))`;
      // Most ratings and counts are a digit, which is seen in a fifth of the time that the pattern takes.
      const digit = `strlen(${name}) = 1 AND ${name} BETWEEN '0' AND '9'`;
      add(`CASE WHEN ${digit} THEN false ELSE ${wrong} END`, (value) => notA(value, "a number such as 12.5"));
      break;
    }
    case "boolean":
      add(`lower(${name}) NOT IN ('true', 'false')`, (value) => notA(value, "true or false"));
      break;
    default:
      addTextChecks(column, rules, add);
  }
  return checks;
}

/** Adds what can be wrong with texts: one rule for ids, wherever they stand, and limits of size for others. */
function addTextChecks(
  column: Column,
  rules: DatasetTypeRules,
  add: (wrong: string, message: (value: string) => string) => void,
): void {
  const name = identifier(column.name);
  if (rules.idColumns.includes(column.name) || column.name === "RECOMMENDATION_ID") {
    add(idProblemSql(name), (value) => idProblem(value) ?? "is no id");
    return;
  }
  if (column.name === "IMPRESSION") {
    const wrong = `id <> '' AND (${idProblemSql("id")})`;
    add(`len(list_filter(string_split(${name}, '|'), lambda id: ${wrong})) > 0`, (value) => {
      const id = value.split("|").find((one) => one !== "" && idProblem(one) !== undefined) ?? "";
      return `names ${quoted(id)}, which ${idProblem(id) ?? "is no id"}`;
    });
  }
  add(`contains(${name}, chr(0))`, () => "has a NUL character, which no text may have");
  if (column.categorical) {
    add(
      `length(${name}) > ${MAX_CATEGORICAL_LENGTH}`,
      (value) => `has ${[...value].length} characters; a categorical value has at most ${MAX_CATEGORICAL_LENGTH}`,
    );
  } else {
    const message = (value: string) => `has ${Buffer.byteLength(value)} bytes; at most ${MAX_TEXT_BYTES} are right`;
    add(`strlen(${name}) > ${MAX_TEXT_BYTES}`, message);
  }
}

/**
 * Checks every value of {@link STAGED_TABLE}.
 * @throws FileRefused with line, column and value of the first problems, and how many rows have any
 */
export async function validateRows(
  connection: DuckDBConnection,
  loaded: StagedRows,
  columns: readonly Column[],
  rules: DatasetTypeRules,
): Promise<void> {
  const byColumn = columns.map((column) => checksOf(column, rules)).filter((checks) => checks.length > 0);
  const refused = loaded.refusals.length > 0 ? [`${REFUSED_COLUMN} IS NOT NULL`] : [];
  const anyWrong = [...refused, ...byColumn.map(wrongSql)].join(" OR ");
  const [counted] = await queryRows(connection, `SELECT count(*) FILTER (${anyWrong}) AS bad FROM ${STAGED_TABLE}`);
  const bad = Number(counted?.["bad"]);
  if (bad === 0 && loaded.brokenRows === 0) return;
  const problems = bad === 0 ? [] : await listProblems(connection, loaded, byColumn.flat(), anyWrong);
  const all = [...loaded.broken, ...problems].sort((a, b) => a.line - b.line).slice(0, MAX_LISTED);
  throw new FileRefused(rules.label, all, bad + loaded.brokenRows, loaded.rows + loaded.brokenRows);
}

/** SQL of whether any of some checks of one column finds fault with its value. A CASE spends nothing on values that are not there. */
function wrongSql(checks: readonly Check[]): string {
  const present = checks.filter(({ isMissing }) => !isMissing).map(({ wrong }) => `(${wrong})`);
  const wrong = present.length === 0 ? "false" : `coalesce(${present.join(" OR ")}, false)`;
  const isMissing = checks.some((check) => check.isMissing);
  return `CASE WHEN ${identifier(checks[0]!.column)} IS NULL THEN ${isMissing} ELSE ${wrong} END`;
}

async function listProblems(
  connection: DuckDBConnection,
  loaded: StagedRows,
  checks: readonly Check[],
  anyWrong: string,
): Promise<ImportProblem[]> {
  const flags = checks.map((check, i) => `${wrongSql([check])} AS w${i}`);
  const values = checks.map((check, i) => `${identifier(check.column)} AS v${i}`);
  const refused = loaded.refusals.length > 0 ? REFUSED_COLUMN : "NULL";
  const rows = await queryRows(
    connection,
    `SELECT ${loaded.rowNumber} AS id, ${refused} AS refused, ${[...flags, ...values].join(", ")} FROM ${STAGED_TABLE} WHERE ${anyWrong} ORDER BY rowid LIMIT ${MAX_LISTED}`,
  );
  const known = rows.flatMap((row) => (row["id"] === null ? [] : [Number(row["id"])]));
  const lineOf = await loaded.lines(known);
  return rows.flatMap((row) => {
    const line = row["id"] === null ? 0 : (lineOf.get(Number(row["id"])) ?? 0);
    const unread = row["refused"] === null ? [] : refusedValues(String(row["refused"]), loaded.refusals, line);
    // What was refused is not there, which is no second problem: a value, or all that follows from the row.
    if (unread.some((problem) => !checks.some((check) => check.column === problem.column))) return unread;
    const wrong = checks.flatMap((check, i) => {
      if (row[`w${i}`] !== true || unread.some((problem) => problem.column === check.column)) return [];
      const value = row[`v${i}`] as string | null;
      return [problemAt(line, check.column, value, check.message(value ?? ""))];
    });
    return [...unread, ...wrong];
  });
}
