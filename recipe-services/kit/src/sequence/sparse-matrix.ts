/** Compressed sparse rows: row r's entries are at `starts[r]` up to, not including, `starts[r + 1]`. */
export interface SparseMatrix {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float32Array;
}

/** Collects a sparse matrix row by row; adding to the same column of a row twice adds up. */
export class SparseBuilder {
  readonly #starts: Int32Array;
  #columns = new Int32Array(1024);
  #values = new Float32Array(1024);
  #length = 0;
  #rows = 0;
  readonly #sums: Float64Array;
  readonly #touched: Int32Array;
  readonly #seen: Uint8Array;
  #count = 0;
  readonly #most: number;

  /** @param most entries kept of a row: the largest. Default: all */
  constructor(rowCount: number, columnCount: number, most = Infinity) {
    this.#most = most;
    this.#starts = new Int32Array(rowCount + 1);
    this.#sums = new Float64Array(columnCount);
    this.#touched = new Int32Array(columnCount);
    this.#seen = new Uint8Array(columnCount);
  }

  /** Adds to a column of the row being collected. */
  add(column: number, value: number): void {
    if (this.#seen[column] === 0) {
      this.#seen[column] = 1;
      this.#touched[this.#count++] = column;
    }
    this.#sums[column]! += value;
  }

  /** Ends the row being collected and begins the next. */
  endRow(): void {
    if (this.#length + this.#count > this.#columns.length) this.#grow(this.#length + this.#count);
    const touched = this.#touched.subarray(0, this.#count).sort();
    const least = this.#count > this.#most ? this.#leastKept(touched) : -Infinity;
    for (const column of touched) {
      const sum = this.#sums[column]!;
      if (Math.abs(sum) > least) {
        this.#columns[this.#length] = column;
        this.#values[this.#length++] = sum;
      }
      this.#sums[column] = 0;
      this.#seen[column] = 0;
    }
    this.#count = 0;
    this.#starts[++this.#rows] = this.#length;
  }

  finish(): SparseMatrix {
    return {
      starts: this.#starts,
      columns: this.#columns.slice(0, this.#length),
      values: this.#values.slice(0, this.#length),
    };
  }

  /** The size of the largest entry that is left out: of equal ones, none is kept if not all can be. */
  #leastKept(touched: Int32Array): number {
    const sizes = Float64Array.from(touched, (column) => Math.abs(this.#sums[column]!)).sort();
    return sizes[sizes.length - this.#most - 1]!;
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
