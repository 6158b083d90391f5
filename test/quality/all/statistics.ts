/** Mean and spread of a metric over seeds. */
export interface Spread {
  readonly mean: number;
  /** Sample standard deviation; 0 with a single value. */
  readonly deviation: number;
  readonly count: number;
}

/** Mean and sample standard deviation; undefined without values. */
export function spreadOf(values: readonly (number | undefined)[]): Spread | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return undefined;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: known.length > 1 ? Math.sqrt(squares / (known.length - 1)) : 0, count: known.length };
}
