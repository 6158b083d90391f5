import type { AttributeColumn } from "@palate/recipe";

/** A value as a replica or a training gives it. */
export type Value = AttributeColumn[number];

/** Turns values of one column into numbered features. */
export interface ColumnFeatures {
  /** Number of features. */
  readonly width: number;
  /** Calls `add` for every feature that the value has; the squares of the weights sum to 1 at most. */
  encode(value: Value, add: (feature: number, weight: number) => void): void;
  /** Label of a feature: "Comedy" or "about 12.5". */
  labelOf(feature: number): string;
}

/** The different parts of "a|b", in order. */
export function partsOf(value: Value): string[] {
  if (value === null || value === "") return [];
  const text = String(value);
  if (!text.includes("|")) return [text.trim()];
  return [...new Set(text.split("|").map((part) => part.trim()))].filter((part) => part !== "");
}

/** Rows that a combination of values needs for a feature of its own. */
const MIN_COMBINATION_ROWS = 5;
/** Most combinations with a feature, relative to the number of values. */
const COMBINATIONS_PER_VALUE = 0.5;

/** The parts in an order of their own, so that "a|b" and "b|a" are the same combination. */
function combinationOf(parts: readonly string[]): string {
  return [...parts].sort().join("|");
}

/**
 * One-hot features of frequent values, and of frequent combinations of values: a romantic comedy is more than a romance and a
 * comedy. An item's values share the weight, so that many values count no more than one.
 */
export class CategoryFeatures implements ColumnFeatures {
  readonly #features: ReadonlyMap<string, number>;
  readonly #combined: ReadonlyMap<string, number>;

  /**
   * @param values the values that have a feature, in the features' order
   * @param combinations the combinations, parts sorted and joined by "|", whose features follow
   */
  constructor(
    readonly values: readonly string[],
    readonly combinations: readonly string[] = [],
  ) {
    this.#features = new Map(values.map((value, feature) => [value, feature]));
    this.#combined = new Map(combinations.map((value, at) => [value, values.length + at]));
  }

  /**
   * The most frequent values, and the most frequent combinations in at most a third of the features.
   * @param least rows that a value must occur in
   * @param most features
   */
  static fit(column: AttributeColumn, least: number, most: number): CategoryFeatures {
    const counts = new Map<string, number>();
    const combined = new Map<string, number>();
    const count = (of: Map<string, number>, key: string) => of.set(key, (of.get(key) ?? 0) + 1);
    for (const value of column) {
      const parts = partsOf(value);
      for (const part of parts) count(counts, part);
      if (parts.length > 1) count(combined, combinationOf(parts));
    }
    const best = (of: Map<string, number>, atLeast: number, atMost: number): string[] => {
      const frequent = [...of].filter(([, rows]) => rows >= atLeast);
      frequent.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
      return frequent.slice(0, atMost).map(([value]) => value);
    };
    const together = best(combined, Math.max(least, MIN_COMBINATION_ROWS), Math.floor(most / 3));
    const values = best(counts, least, most - together.length);
    return new CategoryFeatures(values, together.slice(0, Math.ceil(values.length * COMBINATIONS_PER_VALUE)));
  }

  get width(): number {
    return this.values.length + this.combinations.length;
  }

  encode(value: Value, add: (feature: number, weight: number) => void): void {
    const parts = partsOf(value);
    const features = parts.flatMap((part) => this.#features.get(part) ?? []);
    const combination = parts.length > 1 ? this.#combined.get(combinationOf(parts)) : undefined;
    const weight = (combination === undefined ? 1 : Math.SQRT1_2) / Math.sqrt(features.length);
    for (const feature of features) add(feature, weight);
    if (combination !== undefined) add(combination, Math.SQRT1_2);
  }

  labelOf(feature: number): string {
    return this.values[feature] ?? this.combinations[feature - this.values.length]!;
  }
}

/** Number of knots of a numeric column. */
const KNOTS = 12;

/**
 * A number as a linear spline basis with knots at quantiles, so that a linear model can learn any dependence on the number and not
 * only a straight line: between two knots both have a share, at a knot it alone.
 */
export class NumberFeatures implements ColumnFeatures {
  /** @param knots rising */
  constructor(readonly knots: Float64Array) {}

  /** At most twelve knots: every value, where there are no more different ones, otherwise quantiles. */
  static fit(column: AttributeColumn): NumberFeatures {
    const numbers = Float64Array.from(column.map(numberOf).filter(Number.isFinite)).sort();
    const different = new Set(numbers);
    if (different.size <= KNOTS) return new NumberFeatures(Float64Array.from(different));
    const quantiles = Array.from(
      { length: KNOTS },
      (_, k) => numbers[Math.round((k * (numbers.length - 1)) / (KNOTS - 1))]!,
    );
    return new NumberFeatures(Float64Array.from(new Set(quantiles)));
  }

  get width(): number {
    return this.knots.length;
  }

  encode(value: Value, add: (feature: number, weight: number) => void): void {
    const number = numberOf(value);
    const { knots } = this;
    if (!Number.isFinite(number) || knots.length === 0) return;
    let above = 0;
    while (above < knots.length && knots[above]! < number) above++;
    if (above === knots.length) return add(above - 1, 1);
    if (above === 0 || knots[above] === number) return add(above, 1);
    const share = (number - knots[above - 1]!) / (knots[above]! - knots[above - 1]!);
    add(above - 1, 1 - share);
    add(above, share);
  }

  labelOf(feature: number): string {
    return `about ${this.knots[feature]}`;
  }
}

/** Numbers, texts of numbers and booleans as a number; NaN for what is none. */
function numberOf(value: Value): number {
  if (value === null || value === "") return Number.NaN;
  if (value === "true") return 1;
  if (value === "false") return 0;
  return Number(value);
}
