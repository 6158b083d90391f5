import type { DuckDBConnection } from "@duckdb/node-api";
import type { Column, ImportMapping } from "@palate/proto/dataset";
import type { DatasetTypeRules } from "../../schema/dataset-types.js";
import { csvFormat } from "../load/csv-dialect.js";
import type { FileTable } from "../load/file-table.js";
import { matchColumns } from "../load/match-columns.js";
import { openFile } from "../load/open-file.js";
import { refusingUnreadable } from "../load/reading-errors.js";
import type { StagedFile } from "../staging/stage-file.js";
import { loadMapped } from "./load-mapped.js";
import { columnValue } from "./sql-value.js";
import { stageColumns } from "./stage-columns.js";
import type { StagedRows } from "../load/staged-rows.js";

/** What is loaded, and for which schema. */
interface RowsToLoad {
  /** What is particular to the dataset's type. */
  readonly rules: DatasetTypeRules;
  /** The file. */
  readonly staged: StagedFile;
  /** The schema's columns. */
  readonly columns: readonly Column[];
  /** How its rows become rows of the dataset; undefined when they have its columns and forms. */
  readonly mapping: ImportMapping | undefined;
  /** Most bytes that the file's values may take. */
  readonly maxBytes: number;
}

/**
 * Loads a staged file into the staged table, which has a text column for each column of the schema.
 * @throws FileRefused when it cannot be read, or its columns are not what the schema or the mapping says
 */
export async function loadRows(connection: DuckDBConnection, request: RowsToLoad): Promise<StagedRows> {
  const { rules, staged, columns, mapping, maxBytes } = request;
  const { label } = rules;
  return refusingUnreadable(label, staged.path, async () => {
    const table = await openFile(connection, {
      label,
      staged,
      csv: csvFormat(mapping?.csv, staged.delimiter),
      partitionKeys: mapping?.partitionKeys ?? [],
      maxBytes,
    });
    if (mapping !== undefined) return loadMapped(connection, { table, rules, columns, mapping });
    return loadPlain(table, rules, columns);
  });
}

/** Loads a file that has the schema's columns. */
function loadPlain(table: FileTable, rules: DatasetTypeRules, columns: readonly Column[]): Promise<StagedRows> {
  const matched = matchColumns(rules.label, table, columns);
  const wishes = columns.map((column) => ({ column, nullValues: [], trim: false }));
  return stageColumns({ table, rules, wishes, used: [...matched.values()] }, (file) => ({
    origin: { relation: file.relation },
    valuesOf: ({ column }) => {
      const place = matched.get(column.name);
      return place === undefined ? [] : [{ path: table.columns[place]!.trim(), value: columnValue(file, place) }];
    },
  }));
}
