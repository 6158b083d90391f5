import path from "node:path";
import type { Column, DatasetType } from "@palate/proto/dataset";
import { rulesOf } from "./dataset-types.js";
import { DuckDb, identifier, literal, type DuckDbLimits } from "./duckdb.js";
import { loadRows } from "./load-rows.js";
import type { SourceFile } from "./locations.js";
import { stageFile } from "./stage-file.js";
import { conversion, validateRows } from "./validate-rows.js";

/** Limits of one conversion. */
export interface ConversionLimits extends DuckDbLimits {
  /** Most bytes of the file after decompression. */
  readonly maxBytes: number;
}

/**
 * Checks a file and converts it to Parquet, with the schema's columns and the rows in the file's order.
 * @param work a folder for files on the way, which the caller removes
 * @param target the Parquet file to write
 * @param progress is told the share done
 * @returns the number of rows
 * @throws FileRefused with line, column, value and remedy of everything that is wrong
 */
export async function convertFile(
  source: SourceFile,
  type: DatasetType,
  columns: readonly Column[],
  work: string,
  target: string,
  limits: ConversionLimits,
  progress: (share: number) => void = () => {},
): Promise<number> {
  const rules = rulesOf(type);
  const staged = await stageFile(rules.label, source.path, source.name, path.join(work, "plain"), limits.maxBytes);
  progress(0.3);
  // In memory; what does not fit is spilled into the work folder.
  const duckdb = await DuckDb.open({ ...limits, folder: work });
  try {
    return await duckdb.with(async (connection) => {
      const loaded = await loadRows(connection, rules.label, staged, columns);
      progress(0.5);
      await validateRows(connection, loaded, columns, rules);
      progress(0.6);
      const list = columns.map((column) => `${conversion(column, rules)} AS ${identifier(column.name)}`).join(", ");
      const options = "FORMAT parquet, COMPRESSION zstd";
      await connection.run(`COPY (SELECT ${list} FROM staged) TO ${literal(target)} (${options})`);
      progress(0.8);
      return loaded.rows;
    });
  } finally {
    duckdb.close();
  }
}
