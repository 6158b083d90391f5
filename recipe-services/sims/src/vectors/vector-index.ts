import type { ItemVectors } from "@palate/kit/recipe";
import { SimdArena, type Region } from "@palate/kit/tensor";

/** Numbers the SIMD kernel takes at once. */
const LANES = 4;
/** Room made beyond what is needed, so that a stream of new items seldom moves everything. */
const SPARE = 1.25;

/**
 * Unit vectors of items by replica index, scanned exactly: every item's dot product with a vector, by SIMD. Items come and
 * change at any time.
 */
export class VectorIndex implements ItemVectors {
  readonly dimension: number;
  readonly #width: number;
  #capacity = 0;
  #arena!: SimdArena;
  #query!: Region<Float32Array>;
  #matrix!: Region<Float32Array>;
  #scores!: Region<Float32Array>;
  #present = new Uint8Array(0);
  #count = 0;

  /**
   * @param dimension numbers in each vector
   * @param capacity items to make room for
   */
  constructor(dimension: number, capacity: number) {
    this.dimension = dimension;
    this.#width = Math.max(LANES, Math.ceil(dimension / LANES) * LANES);
    this.#makeRoom(capacity);
  }

  #makeRoom(items: number): void {
    if (items <= this.#capacity) return;
    const capacity = Math.ceil(Math.max(items, 64) * SPARE);
    const arena = new SimdArena(
      SimdArena.bytes(this.#width, 4) + SimdArena.bytes(capacity * this.#width, 4) + SimdArena.bytes(capacity, 4),
    );
    const query = arena.float32(this.#width);
    const matrix = arena.float32(capacity * this.#width);
    const present = new Uint8Array(capacity);
    if (this.#count > 0) {
      matrix.view.set(this.#matrix.view.subarray(0, this.#count * this.#width));
      present.set(this.#present);
    }
    this.#arena = arena;
    this.#query = query;
    this.#matrix = matrix;
    this.#scores = arena.float32(capacity);
    this.#present = present;
    this.#capacity = capacity;
  }

  /** Sets an item's vector, or takes it away. A vector that is zero is none. */
  set(item: number, vector: Float32Array | null): void {
    this.#makeRoom(item + 1);
    const row = this.#matrix.view.subarray(item * this.#width, item * this.#width + this.dimension);
    const present = vector?.some((value) => value !== 0) ?? false;
    if (present) row.set(vector!);
    else row.fill(0);
    this.#present[item] = present ? 1 : 0;
    this.#count = Math.max(this.#count, item + 1);
  }

  /** Whether the item has a vector. */
  has(item: number): boolean {
    return this.#present[item] === 1;
  }

  read(item: number, out: Float32Array): boolean {
    if (!this.has(item)) return false;
    out.set(this.#matrix.view.subarray(item * this.#width, item * this.#width + this.dimension));
    return true;
  }

  /**
   * Dot products of all items' vectors with this one, by item; 0 for items without one.
   * @returns a view that the next call overwrites
   */
  scan(vector: Float32Array): Float32Array {
    const scores = this.#scores.view.subarray(0, this.#count);
    this.#query.view.set(vector);
    const [query, matrix, out] = [this.#query.pointer, this.#matrix.pointer, this.#scores.pointer];
    this.#arena.kernels.dotScan(query, matrix, this.#count, this.#width, out);
    return scores;
  }
}
