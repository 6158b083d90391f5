import { SimdArena, type Region } from "@palate/numeric";

/** Numbers that the SIMD kernel takes at once. */
const LANES = 4;

/** A matrix in SIMD memory, for the dot products of all its rows with one vector after another. */
export class ScanMatrix {
  readonly #arena: SimdArena;
  readonly #width: number;
  readonly #rows: number;
  readonly #vector: Region<Float32Array>;
  readonly #matrix: Region<Float32Array>;
  readonly #out: Region<Float32Array>;

  /**
   * @param values all rows, row-major
   * @param dimension numbers in a row
   * @param chosen rows to take, in this order; default all
   */
  constructor(values: Float32Array, dimension: number, chosen?: Int32Array) {
    this.#width = Math.max(LANES, Math.ceil(dimension / LANES) * LANES);
    this.#rows = chosen?.length ?? (dimension === 0 ? 0 : values.length / dimension);
    const lengths = [this.#width, this.#rows * this.#width, this.#rows];
    this.#arena = new SimdArena(lengths.reduce((sum, length) => sum + SimdArena.bytes(length, 4), 0));
    this.#vector = this.#arena.float32(this.#width);
    this.#matrix = this.#arena.float32(this.#rows * this.#width);
    this.#out = this.#arena.float32(this.#rows);
    for (let row = 0; row < this.#rows; row++) {
      const from = (chosen?.[row] ?? row) * dimension;
      this.#matrix.view.set(values.subarray(from, from + dimension), row * this.#width);
    }
  }

  /** The dot products of a vector with every row: a view that the next call overwrites. */
  scan(vector: Float32Array): Float32Array {
    this.#vector.view.set(vector);
    const [query, matrix, out] = [this.#vector.pointer, this.#matrix.pointer, this.#out.pointer];
    this.#arena.kernels.dotScan(query, matrix, this.#rows, this.#width, out);
    return this.#out.view;
  }
}
