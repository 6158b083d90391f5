import type { ImportProblem } from "@palate/proto/dataset";
import type { DatasetTypeRules } from "../../schema/dataset-types.js";
import type { FileRelation, FileTable } from "../load/file-table.js";
import { FileRefused, problemAt } from "../staging/file-problem.js";
import { planColumn, type ColumnRequest, type NamedValue } from "./plan-column.js";
import { ROW_COLUMN, selectRows, type ColumnPlan, type RowOrigin, type RowSelect } from "./select-rows.js";
import type { StagedRows } from "../load/staged-rows.js";

/** What a column is asked for, before the file is open as SQL. */
export type ColumnWish = Omit<ColumnRequest, "values">;

/** A file's rows as the columns are made of them. */
interface RowValues<Wish> {
  /** Where the rows come from. */
  readonly origin: RowOrigin;
  /** What a column is made of, or what is wrong with that. */
  valuesOf(wish: Wish): readonly NamedValue[] | string;
}

/** How a file becomes the staged table. */
export interface Staging<Wish> {
  readonly table: FileTable;
  readonly rules: DatasetTypeRules;
  /** The columns of the staged table. */
  readonly wishes: readonly Wish[];
  /** The file's columns that are needed, by their places. */
  readonly used: readonly number[];
  /** Whether the rows' numbers in the file have to be kept. */
  readonly numbered?: boolean;
}

/**
 * Makes the staged table of a file.
 * @param rowsOf opens the file's rows for the columns
 * @throws FileRefused saying which columns cannot be made of the file's, and why
 */
export async function stageColumns<Wish extends ColumnWish>(
  { table, rules, wishes, used, numbered = false }: Staging<Wish>,
  rowsOf: (file: FileRelation) => RowValues<Wish> | Promise<RowValues<Wish>>,
): Promise<StagedRows> {
  let made: RowSelect | undefined;
  let notes: readonly string[] = [];
  const loaded = await table.load(
    used,
    async (file) => {
      const rows = await rowsOf(file);
      const planned = planAll(wishes, rows, rules);
      notes = planned.notes;
      made = selectRows(planned.plans, rows.origin);
      return made.sql;
    },
    { numbered },
  );
  return {
    ...loaded,
    refusals: made?.refusals ?? [],
    rowNumber: numbered ? ROW_COLUMN : "rowid",
    ignoredColumns: [],
    filteredRows: 0,
    notes,
  };
}

function planAll<Wish extends ColumnWish>(
  wishes: readonly Wish[],
  rows: RowValues<Wish>,
  rules: DatasetTypeRules,
): { plans: ColumnPlan[]; notes: string[] } {
  const plans: ColumnPlan[] = [];
  const notes: string[] = [];
  const problems: ImportProblem[] = [];
  for (const wish of wishes) {
    const values = rows.valuesOf(wish);
    const planned = typeof values === "string" ? values : planColumn({ ...wish, values }, rules);
    if (typeof planned === "string") problems.push(problemAt(0, wish.column.name, "", planned));
    else {
      plans.push(planned.plan);
      notes.push(...planned.notes);
    }
  }
  if (problems.length > 0) throw new FileRefused(rules.label, problems);
  return { plans, notes };
}
