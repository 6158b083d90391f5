import { SimdArena, type Region } from "../simd/simd-arena.js";
import type { SparseRows } from "./sparse-rows.js";

/** Numbers that the SIMD kernels process at once. */
const LANES = 16;
/** Rows whose Gram matrix is summed in single precision before it is added up in double. */
const GRAM_ROWS = 16;
/** Rows multiplied at once. */
const CHUNK = 256;
/** Sparse entries handed over at once. */
const BATCH = 1 << 16;
/** A column with less than this share of its squares left is in the span of those before it, up to rounding. */
const SPANNED = 1e-7;
/** Multiplications between two yields: some ten milliseconds. */
const SLICE = 50_000_000;

/** A dense matrix with few columns, kept where the SIMD kernels reach it, beside a sparse one that it is multiplied with. */
export class DenseBlock {
  /** Columns, a multiple of 16. */
  readonly width: number;
  readonly #rows: number;
  readonly #sparse: SparseRows;
  readonly #arena: SimdArena;
  #block: Region<Float32Array>;
  #other: Region<Float32Array>;
  readonly #indices: Region<Int32Array>;
  readonly #weights: Region<Float32Array>;
  readonly #chunk: Region<Float32Array>;
  readonly #turned: Region<Float32Array>;
  readonly #square: Region<Float32Array>;

  /**
   * @param sparse what is multiplied, rows × `rows`
   * @param rows rows of the dense matrix: columns of the sparse one
   * @param least columns at least
   */
  constructor(sparse: SparseRows, rows: number, least: number) {
    const width = Math.max(LANES, Math.ceil(least / LANES) * LANES);
    let longest = 0;
    for (let row = 0; row + 1 < sparse.offsets.length; row++)
      longest = Math.max(longest, sparse.offsets[row + 1]! - sparse.offsets[row]!);
    const batch = Math.max(BATCH, longest);
    const floats = [rows * width, rows * width, batch, batch, CHUNK * width, GRAM_ROWS * width, width * width];
    this.width = width;
    this.#rows = rows;
    this.#sparse = sparse;
    this.#arena = new SimdArena(floats.reduce((sum, length) => sum + SimdArena.bytes(length, 4), 0));
    this.#block = this.#arena.float32(rows * width);
    this.#other = this.#arena.float32(rows * width);
    this.#indices = this.#arena.int32(batch);
    this.#weights = this.#arena.float32(batch);
    this.#chunk = this.#arena.float32(CHUNK * width);
    this.#turned = this.#arena.float32(GRAM_ROWS * width);
    this.#square = this.#arena.float32(width * width);
  }

  /** The dense matrix, rows × width, row-major: a view until the next multiplication. */
  get values(): Float32Array {
    return this.#block.view;
  }

  /**
   * Goes through the sparse matrix by as many rows as there is room for.
   * @param use gets the first row, the row after the last, and where the first row's entries are
   */
  *#batches(use: (from: number, to: number) => void): Generator<number, void> {
    const { offsets, columns, values } = this.#sparse;
    const room = this.#indices.view.length;
    const rows = offsets.length - 1;
    let work = 0;
    for (let from = 0; from < rows;) {
      let to = from;
      while (to < rows && to - from < CHUNK && offsets[to + 1]! - offsets[from]! <= room) to++;
      this.#indices.view.set(columns.subarray(offsets[from], offsets[to]));
      this.#weights.view.set(values.subarray(offsets[from], offsets[to]));
      use(from, to);
      work += 2 * (offsets[to]! - offsets[from]! + CHUNK) * this.width;
      from = to;
      if (work < SLICE) continue;
      work = 0;
      yield from / rows;
    }
  }

  /** Multiplies rows of the sparse matrix with the dense one into the chunk. */
  #multiply(from: number, to: number): void {
    const { offsets } = this.#sparse;
    const { kernels } = this.#arena;
    this.#chunk.view.fill(0);
    for (let row = from; row < to; row++) {
      const at = 4 * (offsets[row]! - offsets[from]!);
      const out = this.#chunk.pointer + 4 * (row - from) * this.width;
      const [indices, weights, count] = [
        this.#indices.pointer + at,
        this.#weights.pointer + at,
        offsets[row + 1]! - offsets[row]!,
      ];
      kernels.sumRows(this.#block.pointer, this.width, indices, weights, count, out);
    }
  }

  /**
   * The product of the sparse matrix and the dense one, rows × width, row-major.
   * @returns yields the share done
   */
  *product(): Generator<number, Float32Array> {
    const product = new Float32Array((this.#sparse.offsets.length - 1) * this.width);
    yield* this.#batches((from, to) => {
      this.#multiply(from, to);
      product.set(this.#chunk.view.subarray(0, (to - from) * this.width), from * this.width);
    });
    return product;
  }

  /** Replaces B by X'X B, for the sparse matrix X. Yields the share done. */
  *power(): Generator<number, void> {
    const { offsets } = this.#sparse;
    const { kernels } = this.#arena;
    this.#other.view.fill(0);
    yield* this.#batches((from, to) => {
      this.#multiply(from, to);
      for (let row = from; row < to; row++) {
        const at = 4 * (offsets[row]! - offsets[from]!);
        const vector = this.#chunk.pointer + 4 * (row - from) * this.width;
        const [indices, weights, count] = [
          this.#indices.pointer + at,
          this.#weights.pointer + at,
          offsets[row + 1]! - offsets[row]!,
        ];
        kernels.addToRows(this.#other.pointer, this.width, indices, weights, count, vector);
      }
    });
    [this.#block, this.#other] = [this.#other, this.#block];
  }

  /** The Gram matrix (X B)'X B, width × width. Yields the share done. */
  *gramOfProduct(): Generator<number, Float64Array> {
    const gram = new Float64Array(this.width * this.width);
    yield* this.#batches((from, to) => {
      this.#multiply(from, to);
      this.#addGram(this.#chunk, to - from, gram);
    });
    return gram;
  }

  /** Adds the Gram matrix of rows to a sum. */
  #addGram({ view, pointer }: Region<Float32Array>, rows: number, sum: Float64Array): void {
    const { width } = this;
    const turned = this.#turned.view;
    for (let from = 0; from < rows; from += GRAM_ROWS) {
      const count = Math.min(GRAM_ROWS, rows - from);
      for (let row = 0; row < count; row++)
        for (let d = 0; d < width; d++) turned[d * count + row] = view[(from + row) * width + d]!;
      const [a, b, c] = [this.#turned.pointer, pointer + 4 * from * width, this.#square.pointer];
      this.#arena.kernels.matMul(a, count, b, width, c, width, width, count, width, 0);
      const square = this.#square.view;
      for (let at = 0; at < sum.length; at++) sum[at]! += square[at]!;
    }
  }

  /** Replaces B by B times a width × width matrix, row-major. */
  multiplyBy(square: ArrayLike<number>): void {
    const { width } = this;
    this.#square.view.set(square);
    for (let from = 0; from < this.#rows; from += CHUNK) {
      const count = Math.min(CHUNK, this.#rows - from);
      const at = this.#block.pointer + 4 * from * width;
      const [b, c] = [this.#square.pointer, this.#chunk.pointer];
      this.#arena.kernels.matMul(at, width, b, width, c, width, count, width, width, 0);
      this.#block.view.set(this.#chunk.view.subarray(0, count * width), from * width);
    }
  }

  /**
   * Makes the columns of B orthonormal, from its Gram matrix by Cholesky's factors (Yamamoto et al. 2015, "CholeskyQR2"). A column
   * that the others span becomes zero. Once is nearly right, twice is right to single precision.
   */
  orthonormalize(): void {
    const { width } = this;
    const gram = new Float64Array(width * width);
    this.#addGram(this.#block, this.#rows, gram);
    this.multiplyBy(inverseFactor(gram, width));
  }
}

/** The inverse of R with R'R = G, upper triangular; columns that those before span are zero. */
function inverseFactor(gram: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  // Gram and Schmidt on unit vectors with G as their inner product: column k of the inverse, one after the other.
  const times = new Float64Array(size);
  for (let k = 0; k < size; k++) {
    inverse[k * size + k] = 1;
    const squares = gram[k * size + k]!;
    if (!(squares > 0)) {
      inverse[k * size + k] = 0;
      continue;
    }
    for (let j = 0; j < k; j++) {
      let dot = 0;
      for (let i = 0; i <= j; i++) dot += inverse[i * size + j]! * gram[i * size + k]!;
      times[j] = dot;
    }
    let left = squares;
    for (let j = 0; j < k; j++) {
      left -= times[j]! ** 2;
      for (let i = 0; i <= j; i++) inverse[i * size + k]! -= times[j]! * inverse[i * size + j]!;
    }
    const scale = left > SPANNED * squares ? 1 / Math.sqrt(left) : 0;
    for (let i = 0; i <= k; i++) inverse[i * size + k]! *= scale;
  }
  return inverse;
}
