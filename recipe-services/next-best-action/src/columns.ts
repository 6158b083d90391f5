import type { AttributeColumn } from "@palate/recipe";
import type { SparseVector } from "./sparse-vector.js";

/** Coding of a metadata column: one feature for each of some values, or for each of some ranges of numbers. */
export type ColumnCode =
  | { readonly name: string; readonly values: readonly string[] }
  /** Ascending inner bounds: n bounds make n + 1 ranges. */
  | { readonly name: string; readonly bounds: readonly number[] };

/** Most values of a column that become features: the most frequent. */
const MAX_VALUES = 64;

/** Ranges (quantile bins) that numbers are divided into, equally many rows in each. */
const RANGES = 8;

/** Columns with fewer distinct numbers are treated as categorical. */
const MIN_NUMBERS = 13;

function boundsOf(numbers: readonly number[]): number[] {
  const sorted = Float64Array.from(numbers).sort();
  const bounds = Array.from({ length: RANGES - 1 }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / RANGES)]!);
  return [...new Set(bounds)];
}

/**
 * Decides how a column is coded.
 * @param minRows values with fewer rows get no feature
 * @returns undefined when the column yields no feature
 */
export function columnCode(name: string, column: AttributeColumn, minRows: number): ColumnCode | undefined {
  const present = column.filter((value) => value !== null);
  const numbers = present.filter((value) => typeof value === "number");
  if (numbers.length === present.length && new Set(numbers).size >= MIN_NUMBERS)
    return { name, bounds: boundsOf(numbers) };
  const counts = new Map<string, number>();
  for (const value of present)
    for (const part of new Set(String(value).split("|"))) counts.set(part, (counts.get(part) ?? 0) + 1);
  const values = [...counts]
    .filter(([, count]) => count >= minRows)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, MAX_VALUES)
    .map(([value]) => value);
  return values.length === 0 ? undefined : { name, values };
}

/** A column's features within a block of all features. */
export class CodedColumn {
  /** The column. */
  readonly name: string;
  /** How many features it has. */
  readonly size: number;
  readonly #first: number;
  readonly #positions: ReadonlyMap<string, number>;
  readonly #bounds: readonly number[];

  /** @param first index of its first feature */
  constructor(code: ColumnCode, first: number) {
    this.name = code.name;
    this.#first = first;
    this.#positions = new Map("values" in code ? code.values.map((value, position) => [value, position]) : []);
    this.#bounds = "bounds" in code ? code.bounds : [];
    this.size = "values" in code ? code.values.length : code.bounds.length + 1;
  }

  /** Adds the features of a value. */
  add(text: string, weight: number, out: SparseVector): void {
    if (text === "") return;
    if (this.#bounds.length > 0) {
      const number = Number(text);
      let position = 0;
      while (position < this.#bounds.length && number >= this.#bounds[position]!) position++;
      out.add(this.#first + position, weight);
      return;
    }
    for (const part of text.includes("|") ? text.split("|") : [text]) {
      const position = this.#positions.get(part);
      if (position !== undefined) out.add(this.#first + position, weight);
    }
  }
}
