import type { DuckDBConnection } from "@duckdb/node-api";
import type { Column } from "@palate/proto/dataset";
import type { LeadingZeros } from "../../analysis/code-findings.js";
import type { DatasetTypeRules } from "../../schema/dataset-types.js";
import { identifier, queryRows } from "../../storage/duckdb.js";
import { STAGED_TABLE } from "./file-table.js";

const NUMBERS = new Set(["int", "long", "float", "double"]);

/** Counts texts of {@link STAGED_TABLE} with leading zeros that are about to become numbers. */
export async function countLeadingZeros(
  connection: DuckDBConnection,
  columns: readonly Column[],
  rules: DatasetTypeRules,
): Promise<LeadingZeros[]> {
  const known = new Set(rules.known.map(({ name }) => name));
  const numbers = columns.filter(({ name, type }) => NUMBERS.has(type) && !known.has(name));
  if (numbers.length === 0) return [];
  const list = numbers.map(({ name }, i) => {
    const text = identifier(name);
    const zeros = `FILTER (starts_with(${text}, '0') AND length(${text}) > 1 AND regexp_full_match(${text}, '0[0-9]+'))`;
    return `count(*) ${zeros} AS n${i}, min(${text}) ${zeros} AS example${i}`;
  });
  const [row] = await queryRows(connection, `SELECT ${list.join(", ")} FROM ${STAGED_TABLE}`);
  return numbers.flatMap(({ name }, i) => {
    const [rows, example] = [Number(row?.[`n${i}`]), row?.[`example${i}`]];
    return rows > 0 && typeof example === "string" ? [{ column: name, rows, example }] : [];
  });
}

/** What was counted in several files, together. */
export function sumLeadingZeros(counts: readonly LeadingZeros[]): LeadingZeros[] {
  const sums = new Map<string, LeadingZeros>();
  for (const each of counts) {
    const before = sums.get(each.column);
    sums.set(each.column, before ? { ...before, rows: before.rows + each.rows } : each);
  }
  return [...sums.values()];
}
