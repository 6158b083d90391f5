import type { AttributeColumn } from "@palate/recipe";

/** Numbers with more different values than this are taken in ranges. */
const MAX_NUMBERS = 12;
const RANGES = 4;

/** Which rows have which value of a column. */
export type RowsByValue = ReadonlyMap<string, readonly number[]>;

function rangesOf(numbers: readonly (number | null)[]): RowsByValue {
  const sorted = Float64Array.from(numbers.filter((number) => number !== null)).sort();
  const bounds = Array.from({ length: RANGES + 1 }, (_, k) => sorted[Math.ceil((k * (sorted.length - 1)) / RANGES)]!);
  const ranges: { label: string; rows: number[] }[] = [];
  for (let k = 0; k < RANGES; k++) {
    const least = bounds[k]!;
    const below = k + 1 < RANGES ? bounds[k + 1]! : Infinity;
    const inside = sorted.filter((number) => number >= least && number < below);
    if (inside.length === 0) continue;
    const rows = numbers.flatMap((number, row) => (number !== null && number >= least && number < below ? [row] : []));
    ranges.push({ label: `${inside[0]} to ${inside.at(-1)}`, rows });
  }
  return new Map(ranges.map(({ label, rows }) => [label, rows]));
}

/**
 * Rows by value, for a column whose values tell kinds of rows: each value of a text, where "a|b" is two; numbers as they
 * are, or in four ranges of about equally many rows where there are many. Empty for a column that tells rows apart rather
 * than kinds of them, such as a title.
 * @param mostValues a text column with more different values tells rows apart
 */
export function rowsByValue(column: AttributeColumn, mostValues: number): RowsByValue {
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
  const tellsKinds = byValue.size <= mostValues && (byValue.size <= 2 || byValue.size * 2 <= rows);
  return tellsKinds ? byValue : new Map<string, number[]>();
}
