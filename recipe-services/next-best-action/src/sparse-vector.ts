import type { SparseRowsBuilder } from "@palate/numeric";

/** A few features with their values, filled again and again. */
export class SparseVector {
  /** Feature of each entry, each once; the first `length` count. */
  columns: Int32Array = new Int32Array(64);
  /** Value of each entry. */
  values: Float32Array = new Float32Array(64);
  /** How many entries there are. */
  length = 0;
  /** By feature: its entry and 1, or 0 while it has none. */
  readonly #entries: Int32Array;

  /** @param size how many features there are */
  constructor(size: number) {
    this.#entries = new Int32Array(size);
  }

  /** Adds a value to a feature. */
  add(feature: number, value: number): void {
    const entry = this.#entries[feature]!;
    if (entry > 0) {
      this.values[entry - 1]! += value;
      return;
    }
    if (this.length === this.columns.length) {
      const columns = new Int32Array(2 * this.length);
      const values = new Float32Array(2 * this.length);
      columns.set(this.columns);
      values.set(this.values);
      this.columns = columns;
      this.values = values;
    }
    this.columns[this.length] = feature;
    this.values[this.length++] = value;
    this.#entries[feature] = this.length;
  }

  /** Ends a row of `rows` that has these entries. */
  endRowOf(rows: SparseRowsBuilder): void {
    rows.addAll(this.columns, this.values, this.length);
    rows.endRow();
  }

  /** Forgets all entries. */
  clear(): void {
    for (let i = 0; i < this.length; i++) this.#entries[this.columns[i]!] = 0;
    this.length = 0;
  }
}
