/** Rows of a sparse matrix: row r's entries are [offsets[r], offsets[r + 1]) of `columns` and `values`. */
export interface SparseRows {
  /** Length rows + 1. */
  readonly offsets: Int32Array;
  /** Column of each entry; each at most once in a row. */
  readonly columns: Int32Array;
  /** Value of each entry. */
  readonly values: Float32Array;
}

/** One row of a sparse matrix. */
export type SparseRow = Pick<SparseRows, "columns" | "values">;

/** Collects rows; arrays grow as needed. */
export class SparseRowsBuilder {
  readonly #offsets: number[] = [0];
  #columns = new Int32Array(1024);
  #values = new Float32Array(1024);
  #length = 0;

  /** Adds one entry to the row being collected. */
  add(column: number, value: number): void {
    if (this.#length === this.#columns.length) this.#reserve(this.#length + 1);
    this.#columns[this.#length] = column;
    this.#values[this.#length++] = value;
  }

  /** Adds the first `length` of these entries to the row being collected. */
  addAll(columns: Int32Array, values: Float32Array, length: number): void {
    this.#reserve(this.#length + length);
    this.#columns.set(columns.subarray(0, length), this.#length);
    this.#values.set(values.subarray(0, length), this.#length);
    this.#length += length;
  }

  /** Ends the row being collected. */
  endRow(): void {
    this.#offsets.push(this.#length);
  }

  /** The rows collected. */
  finish(): SparseRows {
    return {
      offsets: Int32Array.from(this.#offsets),
      columns: this.#columns.slice(0, this.#length),
      values: this.#values.slice(0, this.#length),
    };
  }

  /** Ensures capacity for a total number of entries. */
  #reserve(needed: number): void {
    if (needed <= this.#columns.length) return;
    const capacity = Math.max(needed, 2 * this.#columns.length);
    const columns = new Int32Array(capacity);
    columns.set(this.#columns);
    this.#columns = columns;
    const values = new Float32Array(capacity);
    values.set(this.#values);
    this.#values = values;
  }
}

/** One row, as views. */
export function rowOf({ offsets, columns, values }: SparseRows, row: number): SparseRow {
  return {
    columns: columns.subarray(offsets[row], offsets[row + 1]),
    values: values.subarray(offsets[row], offsets[row + 1]),
  };
}

/** The matrix with every entry in place, row-major, rows × width. */
export function denseOf({ offsets, columns, values }: SparseRows, width: number): Float32Array {
  const rows = offsets.length - 1;
  const dense = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++)
    for (let at = offsets[row]!; at < offsets[row + 1]!; at++) dense[row * width + columns[at]!] = values[at]!;
  return dense;
}
