import { Random } from "@palate/numeric";
import type { Interval, Metrics } from "../contract/metrics.js";

/** Resamples that intervals are read from: their ends then move by a few percent of their width between seeds. */
const RESAMPLES = 1000;
/** Share of the resampled means that an interval holds. */
const LEVEL = 0.95;

/** Value at a quantile of sorted values, with linear interpolation. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const low = Math.floor(position);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (position - low);
}

/**
 * Values of metrics case by case, from which means and their uncertainty follow. A case may lack a metric, such as the
 * diversity of a list with a single item; means are over the cases that have it.
 */
export class CaseTable {
  readonly #columns = new Map<string, number[]>();
  #length = 0;

  /** How many cases there are. */
  get length(): number {
    return this.#length;
  }

  /** Counts one case; values that are not finite count as missing. */
  add(values: Metrics): void {
    for (const [name, value] of Object.entries(values)) this.#column(name).push(Number.isFinite(value) ? value : NaN);
    this.#length++;
    for (const column of this.#columns.values()) if (column.length < this.#length) column.push(NaN);
  }

  /** Gives every case a value of one more metric. Throws RangeError unless there is one for each case. */
  addColumn(name: string, values: readonly number[]): void {
    if (values.length !== this.#length) throw new RangeError(`${values.length} values for ${this.#length} cases.`);
    this.#columns.set(name, [...values]);
  }

  #column(name: string): number[] {
    let column = this.#columns.get(name);
    if (column === undefined) this.#columns.set(name, (column = new Array<number>(this.#length).fill(NaN)));
    return column;
  }

  /** Means over the cases; metrics that no case has are left out. */
  means(): Metrics {
    const means: Record<string, number> = {};
    for (const [name, column] of this.#columns) {
      const known = column.filter((value) => !Number.isNaN(value));
      if (known.length > 0) means[name] = known.reduce((sum, value) => sum + value, 0) / known.length;
    }
    return means;
  }

  /**
   * 95 % intervals of the means by the percentile bootstrap (Efron 1979): cases are drawn with replacement a thousand
   * times, and the middle 95 % of the means so found are the interval. It says how far the figures would move with other
   * users of the same kind; not how far they would with another training.
   * @param seed of the draws
   */
  intervals(seed: number): Readonly<Record<string, Interval>> {
    return this.#intervals([...this.#columns], seed);
  }

  /**
   * 95 % intervals of how much higher the means are than those of another table of the same cases in the same order,
   * by the same bootstrap on the differences case by case. What both find hard does not widen them.
   * @throws RangeError when the tables have different numbers of cases
   */
  differences(other: CaseTable, seed: number): Readonly<Record<string, Interval>> {
    if (other.#length !== this.#length) throw new RangeError(`${this.#length} cases against ${other.#length}.`);
    const columns = [...this.#columns].flatMap(([name, column]): [string, number[]][] => {
      const theirs = other.#columns.get(name);
      return theirs === undefined ? [] : [[name, column.map((value, row) => value - theirs[row]!)]];
    });
    return this.#intervals(columns, seed);
  }

  #intervals(columns: readonly [string, readonly number[]][], seed: number): Readonly<Record<string, Interval>> {
    const rows = this.#length;
    const width = columns.length;
    if (rows === 0 || width === 0) return {};
    const values = new Float64Array(rows * width);
    columns.forEach(([, column], at) => column.forEach((value, row) => (values[row * width + at] = value)));
    const means = columns.map(() => new Float64Array(RESAMPLES));
    const random = new Random(seed);
    const sums = new Float64Array(width);
    const counts = new Int32Array(width);
    for (let resample = 0; resample < RESAMPLES; resample++) {
      sums.fill(0);
      counts.fill(0);
      for (let draw = 0; draw < rows; draw++) {
        const start = random.integer(rows) * width;
        for (let at = 0; at < width; at++) {
          const value = values[start + at]!;
          if (Number.isNaN(value)) continue; // This case does not have it.
          sums[at]! += value;
          counts[at]!++;
        }
      }
      for (let at = 0; at < width; at++) means[at]![resample] = sums[at]! / counts[at]!;
    }
    const tail = (1 - LEVEL) / 2;
    return Object.fromEntries(
      columns.flatMap(([name], at): [string, Interval][] => {
        const sorted = means[at]!.filter((value) => !Number.isNaN(value)).sort();
        return sorted.length === 0 ? [] : [[name, [quantile(sorted, tail), quantile(sorted, 1 - tail)]]];
      }),
    );
  }
}
