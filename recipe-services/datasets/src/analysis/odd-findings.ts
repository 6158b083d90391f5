import { DatasetType, type Column, type Finding } from "@palate/proto/dataset";
import { EVENT_DATASETS, type DatasetTypeRules } from "../schema/dataset-types.js";
import { identifier } from "../storage/duckdb.js";
import { categoryFindings } from "./category-findings.js";
import { codeFindings, type LeadingZeros } from "./code-findings.js";
import type { AnalysedRows } from "./figures.js";
import { fileFindings, type ReadFile } from "./file-findings.js";
import type { Figures } from "./findings.js";
import { idFindings } from "./id-findings.js";
import { COUNTED_IDS } from "./interaction-figures.js";
import { timeUnitFindings } from "./time-findings.js";

/** What is looked at for values that are right by themselves and wrong all the same. */
interface Looked extends AnalysedRows {
  readonly figures: Figures;
  readonly rules: DatasetTypeRules;
  readonly columns: readonly Column[];
  /** The Parquet file with the rows. */
  readonly file: string;
  /** The files that they come from, in their order. */
  readonly files: readonly ReadFile[];
  readonly leadingZeros: readonly LeadingZeros[];
}

/**
 * Findings about values that each pass for what the schema asks for, and together do not: times in another unit, ids that are
 * none or are written in two ways, lists that count as one category, files that hold the same rows.
 */
export async function oddFindings(looked: Looked): Promise<Finding[]> {
  const { connection, source, rows, figures, rules, columns, file, files } = looked;
  if (rows === 0) return [];
  const isEvent = EVENT_DATASETS.includes(rules.type);
  const findings: Finding[] = [];
  for (const column of rules.idColumns) {
    let table = rules.type === DatasetType.DATASET_TYPE_INTERACTIONS ? COUNTED_IDS[column] : undefined;
    if (table === undefined) {
      table = `ids_of_${column}`;
      await connection.run(
        `CREATE TEMP TABLE ${table} AS SELECT ${identifier(column)} AS id, count(*) AS n FROM ${source} GROUP BY id`,
      );
    }
    findings.push(...(await idFindings({ connection, column, table, rows })));
  }
  for (const column of figures.columns) {
    if (!rules.timeColumns.includes(column.name)) continue;
    const nowSeconds = figures.createdAtMs / 1000;
    findings.push(...(await timeUnitFindings({ ...looked, column, isEvent, nowSeconds })));
  }
  findings.push(...(await categoryFindings(looked, columns)));
  findings.push(...codeFindings(rows, looked.leadingZeros));
  findings.push(...(await fileFindings(looked, file, files, columns, isEvent)));
  return findings;
}
