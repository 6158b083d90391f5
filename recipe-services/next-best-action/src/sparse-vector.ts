/** A few features with their values, filled again and again. */
export class SparseVector {
  /** Feature of each entry, each once; the first `length` count. */
  indices: Int32Array = new Int32Array(64);
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
    if (this.length === this.indices.length) {
      const indices = new Int32Array(2 * this.length);
      const values = new Float32Array(2 * this.length);
      indices.set(this.indices);
      values.set(this.values);
      this.indices = indices;
      this.values = values;
    }
    this.indices[this.length] = feature;
    this.values[this.length++] = value;
    this.#entries[feature] = this.length;
  }

  /** Forgets all entries. */
  clear(): void {
    for (let i = 0; i < this.length; i++) this.#entries[this.indices[i]!] = 0;
    this.length = 0;
  }
}

/** Many sparse vectors one after the other. */
export interface SparseRows {
  /** Row bounds; length rows + 1. */
  readonly offsets: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

/** Collects sparse vectors. */
export class SparseRowsBuilder {
  readonly #offsets: Int32Array;
  #indices = new Int32Array(1024);
  #values = new Float32Array(1024);
  #rows = 0;
  #end = 0;

  /** @param rows how many there will be */
  constructor(rows: number) {
    this.#offsets = new Int32Array(rows + 1);
  }

  /** Adds the next row. */
  add({ indices, values, length }: SparseVector): void {
    if (this.#end + length > this.#indices.length) {
      const room = Math.max(this.#end + length, this.#indices.length + (this.#indices.length >> 1));
      const moreIndices = new Int32Array(room);
      const moreValues = new Float32Array(room);
      moreIndices.set(this.#indices);
      moreValues.set(this.#values);
      this.#indices = moreIndices;
      this.#values = moreValues;
    }
    this.#indices.set(indices.subarray(0, length), this.#end);
    this.#values.set(values.subarray(0, length), this.#end);
    this.#end += length;
    this.#offsets[++this.#rows] = this.#end;
  }

  /** The rows. */
  finish(): SparseRows {
    return {
      offsets: this.#offsets,
      indices: this.#indices.subarray(0, this.#end),
      values: this.#values.subarray(0, this.#end),
    };
  }
}
