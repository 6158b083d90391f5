import { nthLargest } from "../simd/top-k.js";
import type { SparseRows } from "./sparse-rows.js";

/** Collects the rows of a sparse matrix; what is added to the same column of a row adds up, and columns come out in order. */
export class SummedRowsBuilder {
  readonly #offsets: Int32Array;
  #columns = new Int32Array(1024);
  #values = new Float32Array(1024);
  #length = 0;
  #rows = 0;
  readonly #sums: Float64Array;
  readonly #touched: Int32Array;
  readonly #seen: Uint8Array;
  readonly #sizes: Float64Array;
  #count = 0;
  readonly #most: number;

  /** @param most entries kept of each row: those of the largest magnitude. Default: all */
  constructor(rowCount: number, columnCount: number, most = Infinity) {
    this.#most = most;
    this.#offsets = new Int32Array(rowCount + 1);
    this.#sums = new Float64Array(columnCount);
    this.#touched = new Int32Array(columnCount);
    this.#seen = new Uint8Array(columnCount);
    this.#sizes = new Float64Array(most < columnCount ? columnCount : 0);
  }

  /** Adds to a column of the row being collected. */
  add(column: number, value: number): void {
    if (this.#seen[column] === 0) {
      this.#seen[column] = 1;
      this.#touched[this.#count++] = column;
    }
    this.#sums[column]! += value;
  }

  /**
   * Ends the row being collected and begins the next.
   * @param scale what its sums are multiplied by
   */
  endRow(scale = 1): void {
    const [sums, seen] = [this.#sums, this.#seen];
    const touched = this.#touched.subarray(0, this.#count);
    const kept = this.#count > this.#most ? this.#largest(touched) : touched;
    if (this.#length + kept.length > this.#columns.length) this.#grow(this.#length + kept.length);
    kept.sort();
    for (const column of kept) {
      this.#columns[this.#length] = column;
      this.#values[this.#length++] = scale * sums[column]!;
      sums[column] = 0;
    }
    for (const column of touched) seen[column] = 0;
    this.#count = 0;
    this.#offsets[++this.#rows] = this.#length;
  }

  finish(): SparseRows {
    return {
      offsets: this.#offsets,
      columns: this.#columns.slice(0, this.#length),
      values: this.#values.slice(0, this.#length),
    };
  }

  /**
   * The columns of the largest entries, moved to the front of `touched`; the sums of the others are cleared. Of equal ones,
   * none is kept if not all can be.
   */
  #largest(touched: Int32Array): Int32Array {
    const [sums, sizes] = [this.#sums, this.#sizes.subarray(0, touched.length)];
    for (let at = 0; at < touched.length; at++) sizes[at] = Math.abs(sums[touched[at]!]!);
    const least = nthLargest(sizes, this.#most);
    let kept = 0;
    for (let at = 0; at < touched.length; at++) {
      const column = touched[at]!;
      if (Math.abs(sums[column]!) > least) {
        touched[at] = touched[kept]!;
        touched[kept++] = column;
      } else sums[column] = 0;
    }
    return touched.subarray(0, kept);
  }

  #grow(needed: number): void {
    const capacity = Math.ceil(Math.max(needed, this.#columns.length * 1.5));
    const columns = new Int32Array(capacity);
    const values = new Float32Array(capacity);
    columns.set(this.#columns);
    values.set(this.#values);
    this.#columns = columns;
    this.#values = values;
  }
}
