import { largestOfShorts, toBytes, toShorts } from "../tensors/rounding.js";
import { SimdArena, type Region } from "./simd-arena.js";
import { nthLargest, selectTop, type Top } from "./top-k.js";

/** Vectors that can share one pass over the table; as many passes are cached. */
const PASSES = 4;
/** Fewer vectors are faster one by one than in a shared pass. */
const WORTH_SHARING = 3;
/** Rows that the kernels give one maximum for. */
const BLOCK = 64;
/** Rows per candidate below which computing all rows exactly is as fast. */
const ROWS_PER_CANDIDATE = 8;
/** Fewest best rows that `sumExponentials` sums exactly: large terms must not be approximated. */
const SUMMED_EXACTLY = 128;
/** What rounding to single precision can take from a number, relative to it. */
const SINGLE = 2 ** -24;

/** How rows are looked for. */
interface Search {
  readonly blocks: number;
  /** Rows that it may come to. */
  readonly most: number;
  /** Length of the vector, by which a row's radius says how far its sum may be off; 0 to take sums as they are. */
  readonly length: number;
  /** What sums may be off besides. */
  readonly rounding: number;
}

/** A vector whose products with all rows are at hand. */
interface Pass {
  vector: Float32Array | undefined;
  length: number;
  edition: number;
}

/**
 * Dot products of a vector with many rows, for finding the largest of them without computing each: rows are kept as bytes,
 * a quarter of the memory to read, and the quantization error of a product is bounded row by row. Rows that may be among the best
 * by these bounds are computed exactly, so that the list is the same as that of a full scan.
 *
 * With a row x ≈ s q (q bytes) and a vector u ≈ t w (w 16-bit integers), |u·x - t s w·q| ≤ |u| |x - s q| + |u - t w| |s q|.
 * The first part is some 0.7 % of |u| |x| for 64 numbers of a normal distribution, the second is negligible.
 */
export class CoarseScan {
  /** Vectors that `prepare` has room for. */
  static readonly atOnce = PASSES;
  /** Holds what the kernels work on. */
  readonly arena: SimdArena;
  /** What is added to each row's product, beside its bias; -Infinity leaves the row out. For the caller to write. */
  readonly offsets: Region<Float32Array>;
  readonly #columns: number;
  readonly #rows: Region<Int8Array>;
  readonly #scales: Region<Float32Array>;
  readonly #biases: Region<Float32Array>;
  /** How far a product with a vector of length 1 can be from the true one, by row; and the most in each block. */
  readonly #radii: Float32Array;
  readonly #blockRadii: Float32Array;
  /** Room for what a search goes through: maxima, rows found, and rows found with a lower bar. */
  readonly #ordered: Float32Array;
  readonly #found: Int32Array;
  readonly #candidates: Int32Array;
  readonly #rounded: Region<Int16Array>;
  readonly #factors: Region<Float32Array>;
  readonly #products: Region<Float32Array>;
  readonly #sums: Region<Float32Array>;
  readonly #maxima: Region<Float32Array>;
  readonly #passes: readonly Pass[];
  #nextPass = 0;
  #count = 0;
  /** Rows whose sums were made last. */
  #summed = 0;
  #largestBias = 0;
  /** Changes with the rows: passes of an earlier edition are void. */
  #edition = 0;

  /**
   * @param columns of each row; a multiple of 8
   * @param capacity rows that there is room for
   */
  constructor(columns: number, capacity: number) {
    this.#columns = columns;
    const rows = Math.ceil(capacity / BLOCK) * BLOCK;
    const blocks = rows / BLOCK;
    this.arena = new SimdArena(
      SimdArena.bytes(rows * columns, 1) +
        SimdArena.bytes(PASSES * columns, 2) +
        [rows, rows, rows, rows, PASSES * rows, blocks, PASSES].reduce(
          (sum, size) => sum + SimdArena.bytes(size, 4),
          0,
        ),
    );
    this.#rows = this.arena.int8(rows * columns);
    this.#scales = this.arena.float32(rows);
    this.#biases = this.arena.float32(rows);
    this.offsets = this.arena.float32(rows);
    this.#sums = this.arena.float32(rows);
    this.#products = this.arena.float32(PASSES * rows);
    this.#maxima = this.arena.float32(blocks);
    this.#factors = this.arena.float32(PASSES);
    this.#rounded = this.arena.int16(PASSES * columns);
    this.#radii = new Float32Array(rows);
    this.#blockRadii = new Float32Array(blocks);
    this.#ordered = new Float32Array(blocks);
    this.#found = new Int32Array(Math.floor(rows / ROWS_PER_CANDIDATE) + BLOCK);
    this.#candidates = new Int32Array(this.#found.length);
    this.#passes = Array.from({ length: PASSES }, () => ({ vector: undefined, length: 0, edition: -1 }));
  }

  /** Writes a row; those before the last one written count as there. */
  set(row: number, vector: Float32Array, bias: number): void {
    const columns = this.#columns;
    const { scale, error } = toBytes(vector, this.#rows.view.subarray(row * columns, (row + 1) * columns));
    let squares = 0;
    for (let c = 0; c < columns; c++) squares += vector[c]! ** 2;
    const length = Math.sqrt(squares) + error;
    this.#scales.view[row] = scale;
    this.#biases.view[row] = bias;
    this.#largestBias = Math.max(this.#largestBias, Math.abs(bias));
    // Rounding of the vector to integers that are half a unit off at most, and of sums to single precision, in either product.
    const ofVector = Math.sqrt(columns) / (2 * largestOfShorts(columns)) + 2 * (columns + 8) * SINGLE;
    const radius = 1.0001 * (error + ofVector * length);
    this.#radii[row] = radius;
    const block = Math.floor(row / BLOCK);
    this.#blockRadii[block] = Math.max(this.#blockRadii[block]!, this.#radii[row]!);
    this.#count = Math.max(this.#count, row + 1);
    this.#edition++;
  }

  /**
   * Says which vectors are about to be asked for, so that one pass over the rows does for several. They are known again by
   * identity: a vector must not be written to in between.
   * @returns how many of them, from the first, it has room for; the others are to be said after those
   */
  prepare(vectors: readonly Float32Array[]): number {
    const taken = vectors.slice(0, PASSES);
    const missing = [...new Set(taken)].filter((vector) => this.#passOf(vector) < 0);
    if (missing.length >= WORTH_SHARING) {
      // All passes are made anew, so that none of those wanted makes room for another.
      const all = [...new Set(taken)];
      for (let pass = 0; pass < PASSES; pass++) this.#write(pass, all[pass] ?? all[0]!);
      this.arena.kernels.dotScanBytesFour(
        ...([this.#rounded.pointer, this.#rows.pointer, this.#scales.pointer, this.#factors.pointer] as const),
        ...([this.#blocks * BLOCK, this.#columns, this.#products.pointer, 4 * this.#sums.view.length] as const),
      );
    }
    return taken.length;
  }

  /**
   * The rows with the largest sums of product, bias and offset, exactly as if all of them had been computed; of equal ones the
   * lower row wins. Rows with an offset of -Infinity are not among them.
   * @param count rows to look at, from the first: their offsets are set
   * @param exactly writes the exact sums of product and bias of some rows, in ascending order, in single precision
   * @returns undefined where the bounds tell too little, or so many rows are wanted that it is as well to look at all
   */
  best(
    vector: Float32Array,
    count: number,
    limit: number,
    exactly: (rows: Int32Array, out: Float32Array) => void,
  ): Top | undefined {
    const blocks = Math.ceil(count / BLOCK);
    if (limit < 1 || limit > blocks || count > this.#count) return undefined;
    const sums = this.#sums.view;
    const length = this.#sum(vector, count);
    const search = { blocks, most: Math.floor(count / ROWS_PER_CANDIDATE), length: 0, rounding: 0 };
    const some = Math.min(blocks, Math.max(limit, SUMMED_EXACTLY));
    const ordered = this.#ordered.subarray(0, blocks);
    ordered.set(this.#maxima.view.subarray(0, blocks));
    const reached = nthLargest(ordered, some - 1);
    // As many blocks as rows are wanted have a row that reaches `bar`.
    const bar = nthLargest(ordered.subarray(0, some), limit - 1);
    const largest = nthLargest(ordered.subarray(0, limit), 0);
    const first = this.#atLeast(bar, search, this.#found);
    if (first === undefined) return undefined;
    const firstSums = new Float32Array(first.length);
    for (let at = 0; at < first.length; at++) firstSums[at] = sums[first[at]!]!;
    const coarse = selectTop(firstSums, limit).indices;
    // Sums of three numbers are computed in single precision, which takes a little of the largest of them.
    const rounding = 16 * SINGLE * (this.#largestBias + Math.abs(largest) + Math.abs(bar));
    let floor = coarse.length < limit ? -Infinity : Infinity;
    for (const at of coarse) {
      const row = first[at]!;
      floor = Math.min(floor, sums[row]! - length * this.#radii[row]! - rounding);
    }
    const bounded = { ...search, length, rounding };
    const candidates =
      floor === -Infinity
        ? first
        : (this.#atLeast(Math.min(floor, reached), bounded, this.#candidates) ??
          this.#atLeast(floor, bounded, this.#candidates));
    if (candidates === undefined) return undefined;
    const exact = new Float32Array(candidates.length);
    exactly(candidates, exact);
    const offsets = this.offsets.view;
    for (let at = 0; at < candidates.length; at++) {
      const row = candidates[at]!;
      sums[row] = exact[at]! += offsets[row]!;
    }
    const { indices, scores } = selectTop(exact, limit);
    for (let at = 0; at < indices.length; at++) indices[at] = candidates[indices[at]!]!;
    return { indices, scores };
  }

  /**
   * The sum of `exp(scale * (sum - top))` over the rows that `best` looked at last: of its candidates exactly, of the others by
   * their coarse products, whose errors mostly cancel out. Off by 3 in 10,000 at most with 100,000 random rows of 64 numbers.
   * @param top the largest sum
   */
  sumExponentials(scale: number, top: number): number {
    const { pointer } = this.#sums;
    return this.arena.kernels.sumExponentials(pointer, this.#summed, scale, top);
  }

  get #blocks(): number {
    return Math.ceil(this.#count / BLOCK);
  }

  /** Adds up what is known of each row; returns the length of the vector. */
  #sum(vector: Float32Array, count: number): number {
    const pass = this.#scanned(vector);
    const rows = Math.ceil(count / BLOCK) * BLOCK;
    this.offsets.view.fill(-Infinity, count, rows);
    this.#summed = rows;
    this.arena.kernels.addWithMaxima(
      ...([this.#products.pointer + 4 * pass * this.#sums.view.length, this.#biases.pointer] as const),
      ...([this.offsets.pointer, rows, this.#sums.pointer, this.#maxima.pointer] as const),
    );
    return this.#passes[pass]!.length;
  }

  /** The number of the pass that holds a vector's products. */
  #scanned(vector: Float32Array): number {
    const held = this.#passOf(vector);
    if (held >= 0) return held;
    const pass = this.#nextPass;
    this.#nextPass = (pass + 1) % PASSES;
    this.#write(pass, vector);
    this.arena.kernels.dotScanBytes(
      ...([this.#rounded.pointer + 2 * pass * this.#columns, this.#rows.pointer, this.#scales.pointer] as const),
      ...([this.#factors.view[pass]!, this.#blocks * BLOCK, this.#columns] as const),
      this.#products.pointer + 4 * pass * this.#sums.view.length,
    );
    return pass;
  }

  #passOf(vector: Float32Array): number {
    return this.#passes.findIndex((pass) => pass.vector === vector && pass.edition === this.#edition);
  }

  /** Puts a vector where the kernels look for it. */
  #write(pass: number, vector: Float32Array): void {
    const columns = this.#columns;
    const rounded = this.#rounded.view.subarray(pass * columns, (pass + 1) * columns);
    this.#factors.view[pass] = toShorts(vector, rounded).scale;
    let squares = 0;
    for (const value of vector) squares += value ** 2;
    Object.assign(this.#passes[pass]!, { vector, length: Math.sqrt(squares), edition: this.#edition });
  }

  /** Rows that may reach a bar, ascending, in `found`; undefined when they are more than `most`. */
  #atLeast(bar: number, { blocks, most, length, rounding }: Search, found: Int32Array): Int32Array | undefined {
    const [sums, maxima, radii, blockRadii] = [this.#sums.view, this.#maxima.view, this.#radii, this.#blockRadii];
    let rows = 0;
    for (let block = 0; block < blocks; block++) {
      if (maxima[block]! + length * blockRadii[block]! + rounding < bar || maxima[block] === -Infinity) continue;
      for (let row = block * BLOCK; row < (block + 1) * BLOCK; row++) {
        const sum = sums[row]!;
        if (sum + length * radii[row]! + rounding >= bar && sum !== -Infinity) found[rows++] = row;
      }
      if (rows > most) return undefined;
    }
    return found.subarray(0, rows);
  }
}
