import type { LoadedRows } from "./file-table.js";
import type { RowRefusal } from "./row-refusals.js";

/** The rows of a file in the staged table, and what became of the others. */
export interface StagedRows extends LoadedRows {
  /** What can be wrong with rows, in the order to which the table refers. */
  readonly refusals: readonly RowRefusal[];
  /** SQL of a row's number in the file, counted from 0, over the table. */
  readonly rowNumber: string;
  /** Columns of the file that were left out without being asked for. */
  readonly ignoredColumns: readonly string[];
  /** Rows that the mapping's filter left out. */
  readonly filteredRows: number;
  /** What was decided without being asked for, one sentence each. */
  readonly notes: readonly string[];
}
