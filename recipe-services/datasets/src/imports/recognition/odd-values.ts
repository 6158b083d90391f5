import type { DuckDBConnection } from "@duckdb/node-api";
import { ColumnAnalysis, type Finding } from "@palate/proto/dataset";
import { figure } from "../../analysis/figures.js";
import { idFindings } from "../../analysis/id-findings.js";
import { timeUnitFindings } from "../../analysis/time-findings.js";
import { EVENT_DATASETS, type DatasetTypeRules } from "../../schema/dataset-types.js";
import { countRows, identifier, queryRows } from "../../storage/duckdb.js";

/** The table of ids of which each is counted. */
const COUNTED = "ids_looked_at";

/**
 * Says what an analysis of the import would find in the times and ids of a table of texts, and would go unnoticed: times that
 * are no Unix seconds, ids that are none or are written in several ways.
 */
export async function oddValues(
  connection: DuckDBConnection,
  table: string,
  rules: DatasetTypeRules,
  names: readonly string[],
): Promise<string[]> {
  const rows = await countRows(connection, table);
  if (rows === 0) return [];
  const findings: Finding[] = [];
  for (const name of names) {
    const column = identifier(name);
    if (rules.idColumns.includes(name)) {
      await connection.run(
        `CREATE OR REPLACE TEMP TABLE ${COUNTED} AS SELECT ${column} AS id, count(*) AS n FROM ${table} GROUP BY id`,
      );
      findings.push(...(await idFindings({ connection, column: name, table: COUNTED, rows })));
    } else if (rules.timeColumns.includes(name)) {
      const source = `(SELECT TRY_CAST(${column} AS BIGINT) AS ${column} FROM ${table})`;
      const analysis = await timesOf(connection, name, source);
      const isEvent = EVENT_DATASETS.includes(rules.type);
      const nowSeconds = Date.now() / 1000;
      findings.push(...(await timeUnitFindings({ connection, source, rows, column: analysis, isEvent, nowSeconds })));
    }
  }
  return findings.map(({ column, message, suggestion }) => `${column}: ${message} ${suggestion}`);
}

async function timesOf(connection: DuckDBConnection, name: string, source: string): Promise<ColumnAnalysis> {
  const column = identifier(name);
  const [row] = await queryRows(
    connection,
    `SELECT count(${column}) AS n, min(${column}) AS min, max(${column}) AS max FROM ${source}`,
  );
  const numbers = { min: figure(row, "min"), max: figure(row, "max") };
  return ColumnAnalysis.fromPartial({ name, filled: figure(row, "n"), numbers });
}
