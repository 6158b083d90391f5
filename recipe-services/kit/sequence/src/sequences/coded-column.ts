import type { AttributeColumn } from "@palate/recipe";

/** A column of categories. */
interface CategoryCode {
  readonly name: string;
  /** Values that have a number, which is their place here; "a|b" is two values. */
  readonly values: readonly string[];
  /** Most values of one row that are looked at. */
  readonly several: number;
}

/** A column of numbers. */
interface RangeCode {
  readonly name: string;
  /** Ascending inner bounds of ranges: n bounds make n + 1 ranges. */
  readonly bounds: readonly number[];
}

/** How the values of a metadata column are told apart; stored with a model as JSON. */
export type ColumnCode = CategoryCode | RangeCode;

/** How frequent values must be, and how many are told apart. */
export interface CodingLimits {
  /** Rows that a value must occur in. */
  readonly least: number;
  /** Most values of a column. */
  readonly most: number;
}

/** Columns with no more different numbers are taken for categories; others are divided into as many ranges. */
const RANGES = 12;
/** Most values of one row that are told apart. */
const SEVERAL = 4;
/** Rows that a column must say something about, as a share. */
const MIN_KNOWN = 0.01;

/** How often each value of a column occurs, and how many rows there are. */
export interface ValueCounts {
  readonly counts: ReadonlyMap<string | number | boolean, number>;
  readonly rows: number;
}

/** Counts the values of a metadata column. */
export function countValues(column: AttributeColumn): ValueCounts {
  const counts = new Map<string | number | boolean, number>();
  for (const value of column) if (value !== null && value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  return { counts, rows: column.length };
}

/**
 * Decides which values of a column are told apart: those that are frequent enough to learn from, or ranges of numbers with
 * equally many rows in each.
 * @returns undefined when the column says nothing: it is empty, the same everywhere, or different everywhere
 */
export function columnCode(name: string, { counts, rows }: ValueCounts, limits: CodingLimits): ColumnCode | undefined {
  const { least, most } = limits;
  let known = 0;
  for (const count of counts.values()) known += count;
  if (known === 0 || known < MIN_KNOWN * rows || (counts.size === 1 && known === rows)) return undefined;
  const numbers = [...counts].filter((entry): entry is [number, number] => typeof entry[0] === "number");
  if (numbers.length === counts.size && numbers.length > RANGES) {
    const bounds = boundsOf(numbers, known, Math.min(RANGES, Math.floor(known / least)));
    return bounds.length === 0 ? undefined : { name, bounds };
  }
  const ofParts = new Map<string, number>();
  let several = 1;
  for (const [value, count] of counts) {
    const parts = partsOf(value);
    several = Math.max(several, parts.length);
    for (const part of parts) ofParts.set(part, (ofParts.get(part) ?? 0) + count);
  }
  const frequent = [...ofParts].filter(([, count]) => count >= least);
  frequent.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const values = frequent.slice(0, most).map(([value]) => value);
  return values.length === 0 ? undefined : { name, values, several: Math.min(SEVERAL, several) };
}

/** Bounds of `ranges` ranges with about equally many of the numbers in each; fewer where single numbers are frequent. */
function boundsOf(counts: readonly [number: number, count: number][], all: number, ranges: number): number[] {
  const bounds: number[] = [];
  let below = 0;
  for (const [number, count] of [...counts].sort(([a], [b]) => a - b)) {
    if (below > 0 && below >= ((bounds.length + 1) * all) / ranges && bounds.length < ranges - 1) bounds.push(number);
    below += count;
  }
  return bounds;
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

/** Turns values of one column into numbers. */
export interface CodedColumn {
  readonly name: string;
  /** Places that a value takes. */
  readonly slots: number;
  /**
   * Writes the numbers of a value, -1 where there is none.
   * @param out filled from `at` on, `slots` places
   * @returns whether the value has any number
   */
  read(value: AttributeColumn[number] | undefined, out: Int16Array, at: number): boolean;
}

/** Turns the values of some columns into numbers: 0 to `size`, not included. */
export class ColumnReader {
  readonly size: number;
  /** Places that a row of values takes. */
  readonly slots: number;
  /** The columns, whose places follow one another. */
  readonly columns: readonly CodedColumn[];

  constructor(codes: readonly ColumnCode[]) {
    let size = 0;
    this.columns = codes.map((code) => {
      const first = size;
      size += namesOf(code).length;
      return "values" in code ? categories(code, first) : ranges(code, first);
    });
    this.size = size;
    this.slots = this.columns.reduce((sum, { slots }) => sum + slots, 0);
  }

  /**
   * Writes the numbers of a row of values.
   * @param out filled from `at` on, `slots` places
   * @returns whether any value has a number
   */
  read(valueOf: (column: string) => AttributeColumn[number] | undefined, out: Int16Array, at = 0): boolean {
    let [place, some] = [at, false];
    for (const column of this.columns) {
      if (column.read(valueOf(column.name), out, place)) some = true;
      place += column.slots;
    }
    return some;
  }
}

function categories({ name, values, several }: CategoryCode, first: number): CodedColumn {
  const numbers = new Map(values.map((value, at) => [value, first + at]));
  return {
    name,
    slots: several,
    read(value, out, at) {
      out.fill(-1, at, at + several);
      let count = 0;
      for (const part of partsOf(value ?? null)) {
        const number = numbers.get(part);
        if (number !== undefined && count < several) out[at + count++] = number;
      }
      return count > 0;
    },
  };
}

function ranges({ name, bounds }: RangeCode, first: number): CodedColumn {
  return {
    name,
    slots: 1,
    read(value, out, at) {
      const number = value === null || value === undefined || value === "" ? NaN : Number(value);
      out[at] = -1;
      if (Number.isNaN(number)) return false;
      let range = 0;
      while (range < bounds.length && number >= bounds[range]!) range++;
      out[at] = first + range;
      return true;
    },
  };
}
