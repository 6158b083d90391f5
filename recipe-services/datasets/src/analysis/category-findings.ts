import type { Column, Finding } from "@palate/proto/dataset";
import { identifier, literal, queryRows } from "../storage/duckdb.js";
import { ofRows, quoted, severityFrom } from "./finding-text.js";
import { figure, type AnalysedRows } from "./figures.js";

/** Share of the values from which on lists that are read as one value, or with blanks, are critical. */
const CRITICAL_SHARE = 0.5;

/** Share of the values that must hold a separator before it is looked at. */
const LEAST_SHARE = 0.02;

/** Most characters of a value that is shown. */
const SHOWN_LENGTH = 60;

const SEPARATORS = [",", ";"] as const;

/** What is counted of each value of a categorical column. */
const MARKS = {
  list: (v: string) => `regexp_full_match(${v}, '\\s*\\[.*\\]\\s*')`,
  comma: (v: string) => `contains(${v}, ',') AND NOT contains(${v}, '|')`,
  semicolon: (v: string) => `contains(${v}, ';') AND NOT contains(${v}, '|')`,
  blanks: (v: string) => `contains(${v}, '| ') OR contains(${v}, ' |')`,
};
type Mark = keyof typeof MARKS;
const OF_SEPARATOR: Readonly<Record<(typeof SEPARATORS)[number], Mark>> = { ",": "comma", ";": "semicolon" };

/** Findings about categories that are lists without being read as such. */
export async function categoryFindings(analysed: AnalysedRows, columns: readonly Column[]): Promise<Finding[]> {
  const { connection, source } = analysed;
  const categorical = columns.filter((column) => column.categorical);
  if (categorical.length === 0) return [];
  const marks = Object.keys(MARKS) as Mark[];
  const list = categorical.flatMap(({ name }, i) => {
    const value = identifier(name);
    const counts = marks.map((mark) => `count(*) FILTER (${MARKS[mark](value)}) AS ${mark}${i}`);
    return [`count(${value}) AS filled${i}`, ...counts];
  });
  const [row] = await queryRows(connection, `SELECT ${list.join(", ")} FROM ${source}`);
  const findings: Finding[] = [];
  for (const [i, { name }] of categorical.entries()) {
    const filled = figure(row, `filled${i}`);
    const counts = Object.fromEntries(marks.map((mark) => [mark, figure(row, `${mark}${i}`)])) as Record<Mark, number>;
    const found = { ...analysed, name, filled, counts };
    findings.push(...(await listFindings(found)), ...(await blankFindings(found)));
  }
  return findings;
}

interface Categories extends AnalysedRows {
  readonly name: string;
  readonly filled: number;
  readonly counts: Readonly<Record<Mark, number>>;
}

async function listFindings(categories: Categories): Promise<Finding[]> {
  const { counts, filled } = categories;
  if (counts.list > 0)
    return [await finding(categories, "list", "a list in brackets that counts as one category", "[]")];
  for (const separator of SEPARATORS) {
    const mark = OF_SEPARATOR[separator];
    if (counts[mark] < LEAST_SHARE * filled || !(await isSeparator(categories, separator))) continue;
    const what = `several values with ${quoted(separator)} between them, which count as one category`;
    return [await finding(categories, mark, what, separator)];
  }
  return [];
}

/** Whether values split at a text are fewer than the whole ones: of "Smith, John" the parts are not. */
async function isSeparator({ connection, source, name }: Categories, separator: string): Promise<boolean> {
  const parts = `unnest(string_split(v, ${literal(separator)}))`;
  const [row] = await queryRows(
    connection,
    `WITH wholes AS (SELECT DISTINCT ${identifier(name)} AS v FROM ${source})
     SELECT (SELECT count(v) FROM wholes) AS wholes, (SELECT count(DISTINCT trim(p)) FROM (SELECT ${parts} AS p FROM wholes)) AS parts`,
  );
  return figure(row, "parts") < figure(row, "wholes");
}

async function blankFindings(categories: Categories): Promise<Finding[]> {
  if (categories.counts.blanks === 0) return [];
  const found = await finding(categories, "blanks", `blanks around "|", so that "a" and " a" are two categories`, "|");
  return [{ ...found, suggestion: 'Import the file with a mapping that has trim, or write "a|b" in it.' }];
}

async function finding(categories: Categories, mark: Mark, what: string, separator: string): Promise<Finding> {
  const { connection, source, name, filled, counts } = categories;
  const value = identifier(name);
  const [row] = await queryRows(
    connection,
    `SELECT min(${value}) AS example FROM ${source} WHERE (${MARKS[mark](value)}) AND length(${value}) <= ${SHOWN_LENGTH}`,
  );
  const example = row?.["example"];
  const shown = typeof example === "string" ? `, such as ${quoted(example)}` : "";
  return {
    severity: severityFrom(CRITICAL_SHARE, counts[mark] / filled),
    column: name,
    message: `${ofRows(counts[mark], filled)} have ${what}${shown}.`,
    suggestion: `Import the file with a mapping in which the column has separator: ${quoted(separator)}, or write "a|b" in it.`,
  };
}
