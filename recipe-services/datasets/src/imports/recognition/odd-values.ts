import type { DuckDBConnection } from "@duckdb/node-api";
import type { DatasetTypeRules } from "../../schema/dataset-types.js";
import { identifier, queryRows } from "../../storage/duckdb.js";

/** 1980-01-01T00:00:00Z: times before are of no interaction; numbers of another unit look like them. */
const EARLIEST_LIKELY = 315_532_800;

/** Share of rows that must be odd to be told. */
const TOLD_SHARE = 0.5;

/**
 * Says what is odd about the rows of a dataset in a table of texts, and would go unnoticed: times of 1970, and ids that another
 * program has made numbers of.
 */
export async function oddValues(
  connection: DuckDBConnection,
  table: string,
  rules: DatasetTypeRules,
  names: readonly string[],
): Promise<string[]> {
  const warnings: string[] = [];
  const example = async (name: string, condition: string): Promise<string | undefined> => {
    const [row] = await queryRows(
      connection,
      `SELECT any_value(${identifier(name)}) FILTER (${condition}) AS value,
         count(*) FILTER (${condition}) >= ${TOLD_SHARE} * count(*) AS most FROM ${table}`,
    );
    return row?.["most"] === true && row["value"] !== null
      ? JSON.stringify(String(row["value"]).slice(0, 60))
      : undefined;
  };
  for (const name of names) {
    const column = identifier(name);
    if (rules.timeColumns.includes(name) && rules.earliestTime === 0) {
      const found = await example(name, `TRY_CAST(${column} AS BIGINT) BETWEEN 0 AND ${EARLIEST_LIKELY}`);
      if (found) warnings.push(`${name} has times of the 1970s, such as ${found}: are they Unix seconds?`);
    }
    if (!rules.idColumns.includes(name)) continue;
    const rounded = await example(name, `regexp_full_match(${column}, '[0-9]([.,][0-9]+)?[eE][+][0-9]+')`);
    if (rounded) warnings.push(`${name} has ids such as ${rounded}, which a spreadsheet rounded: export them as text.`);
    const decimal = await example(name, `regexp_full_match(${column}, '[0-9]+[.]0')`);
    if (decimal) warnings.push(`${name} has ids such as ${decimal}: a program made decimal numbers of them.`);
  }
  return warnings;
}
