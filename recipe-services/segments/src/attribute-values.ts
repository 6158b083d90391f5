import type { AttributeColumn } from "@palate/recipe";

/** Columns with more distinct numbers are divided into ranges. */
const MAX_NUMBERS = 12;
const RANGES = 4;

/** Which rows have which value of a column. */
export type RowsByValue = ReadonlyMap<string, readonly number[]>;

function rangesOf(numbers: readonly (number | null)[]): RowsByValue {
  const sorted = Float64Array.from(numbers.filter((number) => number !== null)).sort();
  const bounds = Array.from({ length: RANGES + 1 }, (_, k) => sorted[Math.ceil((k * (sorted.length - 1)) / RANGES)]!);
  const ranges: { label: string; rows: number[] }[] = [];
  for (let k = 0; k < RANGES; k++) {
    const lower = bounds[k]!;
    const below = k + 1 < RANGES ? bounds[k + 1]! : Infinity;
    const inside = sorted.filter((number) => number >= lower && number < below);
    if (inside.length === 0) continue;
    const rows = numbers.flatMap((number, row) => (number !== null && number >= lower && number < below ? [row] : []));
    ranges.push({ label: `${inside[0]} to ${inside.at(-1)}`, rows });
  }
  return new Map(ranges.map(({ label, rows }) => [label, rows]));
}

/**
 * Rows by value, for a column whose values describe kinds of rows: each value of a text, where "a|b" is two; numbers as they
 * are, or in four ranges of about equally many rows where there are many. Empty for a column that identifies rows, such as a
 * title.
 * @param maxValues a text column with more distinct values identifies rows
 */
export function rowsByValue(column: AttributeColumn, maxValues: number): RowsByValue {
  const numbers = column.map((value) => (typeof value === "number" && Number.isFinite(value) ? value : null));
  if (new Set(numbers).size > MAX_NUMBERS + 1) return rangesOf(numbers);
  const byValue = new Map<string, number[]>();
  let rows = 0;
  column.forEach((value, row) => {
    if (value === null || value === "") return;
    rows++;
    for (const part of new Set(String(value).split("|"))) {
      const known = byValue.get(part);
      if (known === undefined) byValue.set(part, [row]);
      else known.push(row);
    }
  });
  const isCategorical = byValue.size <= maxValues && (byValue.size <= 2 || byValue.size * 2 <= rows);
  return isCategorical ? byValue : new Map<string, number[]>();
}
