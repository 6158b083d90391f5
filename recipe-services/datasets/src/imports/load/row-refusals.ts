import type { ImportProblem } from "@palate/proto/dataset";
import { problemAt } from "../staging/file-problem.js";

/** Column of the staged table that says what was wrong with a row's values when they were made text. */
export const REFUSED_COLUMN = "__palate_refused";

/** Something that can be wrong with a row, by its place in the list that {@link REFUSED_COLUMN} refers to. */
export interface RowRefusal {
  /** The column. */
  readonly column: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** What {@link REFUSED_COLUMN} says of a row. */
export function refusedValues(text: string, refusals: readonly RowRefusal[], line: number): ImportProblem[] {
  const found = JSON.parse(`[${text.slice(0, -1)}]`) as [number, string | null][];
  return found.flatMap(([place, value]) => {
    const refusal = refusals[place];
    return refusal === undefined ? [] : [problemAt(line, refusal.column, value, refusal.message)];
  });
}
