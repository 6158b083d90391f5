import type { AttributeColumn } from "@palate/recipe";

/** Ends the name of a column that holds a column's values in pairs. */
const PAIRED = " in pairs";
/** Values of one item that pairs are made of at most. */
const MAX_PAIRED = 8;

/**
 * The columns, and beside each that holds several values ("Action|Comedy|Drama") one with every two of them as a value
 * ("Action & Comedy|Action & Drama|…"): what items of two values have in common is more than what those of each have.
 * Pairs did better than whole combinations where items that nobody had were to be recommended, which are rarer.
 */
export function withPairs(
  columns: Readonly<Record<string, AttributeColumn>>,
): Readonly<Record<string, AttributeColumn>> {
  const added = Object.entries(columns)
    .filter(([, column]) => column.some((value) => typeof value === "string" && isSeveral(value)))
    .map(([name, column]) => [name + PAIRED, column.map((value) => pairsOf(String(value ?? "")))] as const);
  return { ...columns, ...Object.fromEntries(added) };
}

/** The value of a column, or of one that `withPairs` added, from a function that knows the former. */
export function valueWithPairs(column: string, valueOf: (column: string) => string): string {
  return column.endsWith(PAIRED) ? (pairsOf(valueOf(column.slice(0, -PAIRED.length))) ?? "") : valueOf(column);
}

/** Which of the columns were added, so that they are taken for categories whatever their values look like. */
export function pairKinds(columns: Readonly<Record<string, unknown>>): Record<string, "categorical"> {
  const added = Object.keys(columns).filter((name) => name.endsWith(PAIRED));
  return Object.fromEntries(added.map((name) => [name, "categorical"]));
}

/** Several short values; a text in which a bar happens to stand is not. */
function isSeveral(value: string): boolean {
  return value.includes("|") && value.length <= 200;
}

function pairsOf(value: string): string | null {
  if (!isSeveral(value)) return null;
  const parts = [...new Set(value.split("|").map((part) => part.trim()))].sort().slice(0, MAX_PAIRED);
  return parts.flatMap((part, at) => parts.slice(at + 1).map((other) => `${part} & ${other}`)).join("|");
}
