import { selectTop, SimdArena, toBytes, toShorts, type Region, type Top } from "@palate/numeric";
import type { ItemVectors } from "@palate/recipe";

/** Numbers the SIMD kernels take at once. */
const LANES = 16;
/** Factor by which more room is allocated than needed, so that a stream of new items seldom moves everything. */
const SPARE = 1.25;
/** Smaller catalogues are scanned in full precision, which costs almost nothing. */
const MIN_QUANTIZED_ITEMS = 2000;
/** Items per candidate below which a scan of all items in full precision is faster than ranking the candidates again. */
const MIN_ITEMS_PER_CANDIDATE = 4;
/** Error of a score in single precision, relative to the score and to 1. */
const SLACK = 1e-5;

/** Additions to scores: to every item that has a vector, by index, or to some items, each named once. */
export type Extra = Float32Array | { readonly items: Int32Array; readonly amounts: Float32Array };

/**
 * Unit vectors of items by replica index, searched exactly by SIMD. Every vector is also kept quantized to bytes: a search
 * scans those of all items, a quarter of the memory, and then ranks again in full precision the candidates that may be among
 * the best, given the bound on the quantization error. Items come and change at any time.
 */
export class VectorIndex implements ItemVectors {
  readonly dimension: number;
  readonly #width: number;
  #capacity = 0;
  #arena!: SimdArena;
  #query!: Region<Float32Array>;
  #matrix!: Region<Float32Array>;
  #scores!: Region<Float32Array>;
  #quantizedQuery!: Region<Int16Array>;
  #quantized!: Region<Int8Array>;
  #scales!: Region<Float32Array>;
  #present = new Uint8Array(0);
  #count = 0;
  /** Largest distance of any vector from its quantized form. */
  #quantizationError = 0;

  /**
   * @param dimension numbers in each vector
   * @param capacity items to make room for
   */
  constructor(dimension: number, capacity: number) {
    this.dimension = dimension;
    this.#width = Math.max(LANES, Math.ceil(dimension / LANES) * LANES);
    this.#ensureCapacity(capacity);
  }

  /** One more than the highest item index that was set. */
  get count(): number {
    return this.#count;
  }

  #ensureCapacity(items: number): void {
    if (items <= this.#capacity) return;
    const capacity = Math.ceil(Math.max(items, 64) * SPARE);
    const width = this.#width;
    const bytes = SimdArena.bytes(width, 4) + SimdArena.bytes(width, 2) + 2 * SimdArena.bytes(capacity, 4);
    const arena = new SimdArena(bytes + SimdArena.bytes(capacity * width, 4) + SimdArena.bytes(capacity * width, 1));
    const query = arena.float32(width);
    const quantizedQuery = arena.int16(width);
    const matrix = arena.float32(capacity * width);
    const quantized = arena.int8(capacity * width);
    const scales = arena.float32(capacity);
    const present = new Uint8Array(capacity);
    if (this.#count > 0) {
      matrix.view.set(this.#matrix.view.subarray(0, this.#count * width));
      quantized.view.set(this.#quantized.view.subarray(0, this.#count * width));
      scales.view.set(this.#scales.view.subarray(0, this.#count));
      present.set(this.#present);
    }
    this.#arena = arena;
    this.#query = query;
    this.#matrix = matrix;
    this.#quantizedQuery = quantizedQuery;
    this.#quantized = quantized;
    this.#scales = scales;
    this.#scores = arena.float32(capacity);
    this.#present = present;
    this.#capacity = capacity;
  }

  /** Sets an item's vector, of length 1 at most, or takes it away. A vector that is zero is none. */
  set(item: number, vector: Float32Array | null): void {
    this.#ensureCapacity(item + 1);
    const width = this.#width;
    const row = this.#matrix.view.subarray(item * width, item * width + this.dimension);
    const present = vector?.some((value) => value !== 0) ?? false;
    if (present) row.set(vector!);
    else row.fill(0);
    const { scale, error } = toBytes(row, this.#quantized.view.subarray(item * width, (item + 1) * width));
    this.#scales.view[item] = scale;
    this.#quantizationError = Math.max(this.#quantizationError, error);
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
   * The best items by the dot product of their vectors with this one, of length 1 at most, plus what is added to it. Only
   * scores above 0 count.
   * @param limit most items
   * @param isExcluded items to exclude
   * @param extra what is added, not below 0
   */
  best(vector: Float32Array, limit: number, isExcluded: (item: number) => boolean, extra?: Extra): Top {
    this.#query.view.set(vector);
    if (this.#count >= MIN_QUANTIZED_ITEMS && limit * MIN_ITEMS_PER_CANDIDATE < this.#count) {
      const candidates = this.#candidates(vector, limit, isExcluded, extra);
      if (candidates !== null) return this.#bestOf(candidates, limit, extra);
    }
    const { kernels } = this.#arena;
    kernels.dotScan(this.#query.pointer, this.#matrix.pointer, this.#count, this.#width, this.#scores.pointer);
    const scores = this.#withExtra(extra);
    return selectTop(scores, limit, (item) => isExcluded(item) || !(scores[item]! > 0));
  }

  #withExtra(extra: Extra | undefined): Float32Array {
    const scores = this.#scores.view.subarray(0, this.#count);
    if (extra instanceof Float32Array) {
      const length = Math.min(extra.length, scores.length);
      for (let item = 0; item < length; item++) if (this.#present[item] === 1) scores[item]! += extra[item]!;
    } else if (extra !== undefined) extra.items.forEach((item, k) => (scores[item]! += extra.amounts[k]!));
    return scores;
  }

  /** The items that may be among the best, by index; null when there are too many of them. */
  #candidates(
    vector: Float32Array,
    limit: number,
    isExcluded: (item: number) => boolean,
    extra: Extra | undefined,
  ): number[] | null {
    const { scale, error } = toShorts(vector, this.#quantizedQuery.view);
    const [query, matrix, scales] = [this.#quantizedQuery.pointer, this.#quantized.pointer, this.#scales.pointer];
    const { kernels } = this.#arena;
    kernels.dotScanBytes(query, matrix, scales, scale, this.#count, this.#width, this.#scores.pointer);
    const scores = this.#withExtra(extra);
    // |u·v - u'·v'| <= |u - u'| |v| + |u'| |v - v'|, with lengths of 1 at most before quantization.
    const off = error + (1 + error) * this.#quantizationError + SLACK;
    const sure = selectTop(scores, limit, isExcluded);
    const last = sure.scores.length === limit ? sure.scores[limit - 1]! : 0;
    const bar = Math.max(-off, (1 - SLACK) * last - 2 * off);
    const most = Math.max(limit, this.#count / MIN_ITEMS_PER_CANDIDATE);
    const candidates: number[] = [];
    for (let item = 0; item < scores.length; item++) {
      if (!(scores[item]! >= bar) || isExcluded(item)) continue;
      if (candidates.length === most) return null;
      candidates.push(item);
    }
    return candidates;
  }

  #bestOf(candidates: readonly number[], limit: number, extra: Extra | undefined): Top {
    const rowBytes = 4 * this.#width;
    const { pointer } = this.#scores;
    candidates.forEach((item, k) =>
      this.#arena.kernels.dotScan(
        this.#query.pointer,
        this.#matrix.pointer + item * rowBytes,
        1,
        this.#width,
        pointer + 4 * k,
      ),
    );
    const scores = this.#scores.view.subarray(0, candidates.length);
    if (extra instanceof Float32Array)
      candidates.forEach((item, k) => (scores[k]! += this.has(item) ? (extra[item] ?? 0) : 0));
    else if (extra !== undefined) {
      const amounts = new Map(Array.from(extra.items, (item, k) => [item, extra.amounts[k]!]));
      candidates.forEach((item, k) => (scores[k]! += amounts.get(item) ?? 0));
    }
    const top = selectTop(scores, limit, (k) => !(scores[k]! > 0));
    return { indices: top.indices.map((k) => candidates[k]!), scores: top.scores };
  }
}
