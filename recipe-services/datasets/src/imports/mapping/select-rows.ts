import { identifier } from "../../storage/duckdb.js";
import { REFUSED_COLUMN, type RowRefusal } from "../load/row-refusals.js";
import type { Step } from "./steps.js";
import type { ValueRefusal } from "./value-text.js";

/** Column of the staged table with the row's number in the file, where that is not its place in the table. */
export const ROW_COLUMN = "__palate_row";

/** How one column of the staged table is made. */
export interface ColumnPlan {
  /** Its name. */
  readonly name: string;
  /** SQL over the file's rows. */
  readonly first: string;
  /** What can be wrong with that, also over the file's rows. */
  readonly refusals: readonly ValueRefusal[];
  /** What follows. */
  readonly steps: readonly Step[];
}

/** A SELECT that makes the staged table. */
export interface RowSelect {
  readonly sql: string;
  /** What {@link REFUSED_COLUMN} refers to; the column is there when any is. */
  readonly refusals: readonly RowRefusal[];
}

/** Where the rows come from. */
export interface RowOrigin {
  /** What stands behind FROM. */
  readonly relation: string;
  /** SQL of the row's number in the file, where it has to be kept. */
  readonly rowNumber?: string;
  /** What can be wrong with a row as a whole. */
  readonly refusals?: readonly (RowRefusal & ValueRefusal)[];
}

/** Makes one SELECT of all columns. What a step computes is computed once, in a SELECT inside of the next one's. */
export function selectRows(plans: readonly ColumnPlan[], origin: RowOrigin): RowSelect {
  const list = new RefusalList();
  const early = [
    ...(origin.refusals ?? []).map((refusal) => list.add(refusal.column, refusal)),
    ...plans.flatMap((plan) => plan.refusals.map((refusal) => list.add(plan.name, refusal))),
  ];
  const depth = Math.max(...plans.map((plan) => plan.steps.length));
  const row = origin.rowNumber === undefined ? [] : [`${origin.rowNumber} AS ${ROW_COLUMN}`];
  if (depth === 0) {
    const columns = plans.map((plan) => `${plan.first} AS ${identifier(plan.name)}`);
    const all = [...columns, ...refusedColumn(early), ...row].join(", ");
    return { sql: `SELECT ${all} FROM ${origin.relation}`, refusals: list.refusals };
  }
  const firsts = plans.map((plan, i) => `${plan.first} AS ${stepName(i, 0)}`);
  const earlyColumn = early.length > 0 ? [`concat(${early.join(", ")}) AS __palate_early`] : [];
  let sql = `SELECT ${[...firsts, ...earlyColumn, ...row].join(", ")} FROM ${origin.relation}`;
  for (let level = 1; level <= depth; level++) {
    const steps = plans.flatMap((plan, i) => {
      const made = plan.steps[level - 1];
      return made === undefined ? [] : [`${made.sql(before(i, level))} AS ${stepName(i, level)}`];
    });
    sql = `SELECT *, ${steps.join(", ")} FROM (${sql})`;
  }
  const late = plans.flatMap((plan, i) =>
    plan.steps.flatMap((made, at) =>
      (made.refusals?.(stepName(i, at + 1), before(i, at + 1)) ?? []).map((refusal) => list.add(plan.name, refusal)),
    ),
  );
  const columns = plans.map((plan, i) => `${stepName(i, plan.steps.length)} AS ${identifier(plan.name)}`);
  const refused = refusedColumn([...(early.length > 0 ? ["__palate_early"] : []), ...late]);
  const all = [...columns, ...refused, ...(row.length > 0 ? [ROW_COLUMN] : [])].join(", ");
  return { sql: `SELECT ${all} FROM (${sql})`, refusals: list.refusals };
}

class RefusalList {
  readonly refusals: RowRefusal[] = [];

  /** SQL of what is written down where a refusal applies, else NULL. */
  add(column: string, { when, value, message }: ValueRefusal): string {
    const place = this.refusals.push({ column, message }) - 1;
    return `CASE WHEN ${when} THEN json_array(${place}, ${value})::VARCHAR || ',' END`;
  }
}

function refusedColumn(parts: readonly string[]): string[] {
  return parts.length === 0 ? [] : [`nullif(concat(${parts.join(", ")}), '') AS ${REFUSED_COLUMN}`];
}

function stepName(column: number, level: number): string {
  return `__palate_${column}_${level}`;
}

/** Names of the results before a level, the newest first. */
function before(column: number, level: number): string[] {
  return Array.from({ length: level }, (_, back) => stepName(column, level - 1 - back));
}
