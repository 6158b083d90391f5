import type { AttributeColumn } from "@palate/kit/recipe";

/** Ends the name of a column that holds a column's values together, as one. */
const TOGETHER = " together";

/**
 * The columns, and beside each that holds several values ("Action|Comedy") one in which they stand together as a single
 * value: what items of exactly these values have in common is more than what the values have.
 */
export function withCombinations(
  columns: Readonly<Record<string, AttributeColumn>>,
): Readonly<Record<string, AttributeColumn>> {
  const added = Object.entries(columns)
    .filter(([, column]) => column.some((value) => typeof value === "string" && isCombination(value)))
    .map(([name, column]) => [name + TOGETHER, column.map((value) => together(String(value ?? "")))] as const);
  return { ...columns, ...Object.fromEntries(added) };
}

/** The value of a column, or of one that `withCombinations` added, from a function that knows the former. */
export function valueWithCombinations(column: string, valueOf: (column: string) => string): string {
  return column.endsWith(TOGETHER) ? (together(valueOf(column.slice(0, -TOGETHER.length))) ?? "") : valueOf(column);
}

/** Which of the columns were added, so that they are taken for categories whatever their values look like. */
export function combinationKinds(columns: Readonly<Record<string, unknown>>): Record<string, "categorical"> {
  const added = Object.keys(columns).filter((name) => name.endsWith(TOGETHER));
  return Object.fromEntries(added.map((name) => [name, "categorical"]));
}

/** Several short values; a text in which a bar happens to stand is not. */
function isCombination(value: string): boolean {
  return value.includes("|") && value.length <= 200;
}

function together(value: string): string | null {
  if (!isCombination(value)) return null;
  const parts = [...new Set(value.split("|").map((part) => part.trim()))];
  return parts.sort().join(" & ");
}
