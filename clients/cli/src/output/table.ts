import Table from "cli-table3";
import type { Colors } from "./output.js";
import { cut } from "./words.js";

/** How a column of a table is shown. */
export interface TableColumn {
  readonly title: string;
  /** Default left. */
  readonly align?: "left" | "right";
}

const NO_LINES = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "", "bottom-left": "" },
  ...{ "bottom-right": "", left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  " },
};

/**
 * A table without lines, which can also be read as columns by programs that split at blanks.
 * @param width characters that a line may have; the widest columns are cut to fit
 */
export function table(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
  colors: Colors,
): string {
  const widths = fittingWidths(columns, rows, width);
  const shown = new Table({
    head: columns.map(({ title }, i) => colors.bold(cut(title, widths[i] ?? width))),
    colAligns: columns.map(({ align = "left" }) => align),
    chars: NO_LINES,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) shown.push(row.map((cell, i) => cut(cell, widths[i] ?? width)));
  return shown
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

const GAP = 2;
const NARROWEST = 8;

/** What each column may take: its widest cell, less where all together would be too wide. */
function fittingWidths(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly number[] {
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const total = () => widths.reduce((sum, each) => sum + each + GAP, -GAP);
  while (total() > width) {
    const widest = widths.indexOf(Math.max(...widths));
    const now = widths[widest] ?? 0;
    if (now <= NARROWEST) break;
    widths[widest] = Math.max(NARROWEST, now - (total() - width));
  }
  return widths;
}
