import type { AttributeColumn } from "../recipe/index.js";

/** How the values of a metadata column are told apart; stored with a model as JSON. */
export type ColumnCode =
  | {
      readonly name: string;
      /** Values that have a number, which is their place here; "a|b" is two values. */
      readonly values: readonly string[];
      /** Most values of one row that are looked at. */
      readonly several: number;
    }
  | {
      readonly name: string;
      /** Ascending inner bounds of ranges of numbers: n bounds make n + 1 ranges. */
      readonly bounds: readonly number[];
    };

/** How frequent values must be, and how many are told apart. */
export interface CodingLimits {
  /** Rows that a value must occur in. */
  readonly least: number;
  /** Most values of a column. */
  readonly most: number;
}

/** Columns with no more different numbers are taken for categories; others are divided into as many ranges. */
const RANGES = 12;
/** Most values of one row that are looked at. */
const SEVERAL = 4;
/** Rows that a column must say something about, as a share. */
const LEAST_KNOWN = 0.01;

/**
 * Decides which values of a column are told apart: those that are frequent enough to learn from, or ranges of numbers with
 * equally many rows in each.
 * @param column values by row; NaN, null and empty texts are none
 * @returns undefined when the column says nothing: it is empty, the same everywhere, or different everywhere
 */
export function columnCode(
  name: string,
  column: AttributeColumn,
  { least, most }: CodingLimits,
): ColumnCode | undefined {
  const counts = new Map<string, number>();
  let [known, several, numeric] = [0, 1, true];
  for (const value of column) {
    const parts = partsOf(value);
    if (parts.length === 0) continue;
    known++;
    several = Math.max(several, parts.length);
    if (typeof value !== "number") numeric = false;
    for (const part of parts) counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  if (known < LEAST_KNOWN * column.length) return undefined;
  if (numeric && counts.size > RANGES) {
    const numbers = Float64Array.from(
      column.filter((value) => typeof value === "number" && !Number.isNaN(value)) as number[],
    );
    const ranges = Math.min(RANGES, Math.floor(numbers.length / least));
    return ranges < 2 ? undefined : { name, bounds: boundsOf(numbers.sort(), ranges) };
  }
  const frequent = [...counts].filter(([, count]) => count >= least);
  frequent.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const values = frequent.slice(0, most).map(([value]) => value);
  if (values.length === 0 || (counts.size === 1 && known === column.length)) return undefined;
  return { name, values, several: Math.min(SEVERAL, several) };
}

function boundsOf(sorted: Float64Array, ranges: number): number[] {
  const bounds = Array.from({ length: ranges - 1 }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / ranges)]!);
  return [...new Set(bounds)].filter((bound) => bound > sorted[0]!);
}

/** The different parts of "a|b", in order. */
function partsOf(value: AttributeColumn[number]): string[] {
  if (value === null || value === "" || Number.isNaN(value)) return [];
  const text = String(value);
  if (!text.includes("|")) return [text];
  return [...new Set(text.split("|"))].filter((part) => part !== "");
}

/** What each number that a code gives stands for, such as "SEX=F"; a name is the same thing in every model. */
export function namesOf(code: ColumnCode): string[] {
  if ("values" in code) return code.values.map((value) => `${code.name}=${value}`);
  return Array.from({ length: code.bounds.length + 1 }, (_, range) => `${code.name}#${range}`);
}

/** Turns the values of some columns into numbers. */
export class ColumnReader {
  /** Numbers given: 0 to this, not included. */
  readonly size: number;
  /** Places that a row of values takes. */
  readonly slots: number;
  readonly #columns: readonly {
    readonly name: string;
    readonly first: number;
    readonly slots: number;
    readonly numbers: ReadonlyMap<string, number> | undefined;
    readonly bounds: readonly number[];
  }[];

  constructor(codes: readonly ColumnCode[]) {
    let [size, slots] = [0, 0];
    this.#columns = codes.map((code) => {
      const numbers = "values" in code ? new Map(code.values.map((value, at) => [value, at])) : undefined;
      const bounds = "bounds" in code ? code.bounds : [];
      const column = { name: code.name, first: size, slots: "several" in code ? code.several : 1, numbers, bounds };
      size += numbers?.size ?? bounds.length + 1;
      slots += column.slots;
      return column;
    });
    this.size = size;
    this.slots = slots;
  }

  /** Names of the columns. */
  get names(): readonly string[] {
    return this.#columns.map(({ name }) => name);
  }

  /**
   * Writes the numbers of a row of values, -1 where there is none.
   * @param out filled from `at` on, `slots` places
   * @returns whether any value has a number
   */
  read(valueOf: (column: string) => AttributeColumn[number] | undefined, out: Int16Array, at = 0): boolean {
    let [place, some] = [at, false];
    for (const { name, first, slots, numbers, bounds } of this.#columns) {
      out.fill(-1, place, place + slots);
      const value = valueOf(name) ?? null;
      if (numbers === undefined) {
        const number = value === null || value === "" ? NaN : Number(value);
        if (!Number.isNaN(number)) {
          out[place] = first + rangeOf(number, bounds);
          some = true;
        }
      } else {
        let count = 0;
        for (const part of partsOf(value)) {
          const own = numbers.get(part);
          if (own === undefined || count === slots) continue;
          out[place + count++] = first + own;
          some = true;
        }
      }
      place += slots;
    }
    return some;
  }
}

function rangeOf(number: number, bounds: readonly number[]): number {
  let range = 0;
  while (range < bounds.length && number >= bounds[range]!) range++;
  return range;
}
