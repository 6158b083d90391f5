import { Buffer } from "node:buffer";
import { SIMD_KERNELS_BASE64 } from "./simd-kernels-binary.js";

/** A typed array inside an arena. `pointer` is its byte offset, which the kernels take. */
export interface Region<T> {
  readonly pointer: number;
  readonly view: T;
}

/** The compiled kernels; see simd-kernels.wat. All pointers come from the same arena. */
export interface SimdKernels {
  /** `out[r] = sum_c matrix[r, c] * vector[c]`; `columns` a multiple of 4. */
  dotScan(vector: number, matrix: number, rows: number, columns: number, out: number): void;
  /** `c (+)= a b`, row-major, `m × k` by `k × n`; `n` a multiple of 16; `add` 0 overwrites c. `ld*` are row lengths. */
  matMul(
    a: number,
    lda: number,
    b: number,
    ldb: number,
    c: number,
    ldc: number,
    m: number,
    k: number,
    n: number,
    add: number,
  ): void;
  /** `out[j] = sum_r weights[r] * table[indices[r], j]` over a half-precision table; `columns` a multiple of 16. */
  sumRowsHalf(table: number, columns: number, indices: number, weights: number, count: number, out: number): void;
  /** The sum of `exp(scale * (values[i] - top))`, none of which may exceed 1; `count` a multiple of 4. -Infinity counts as 0. */
  sumExponentials(values: number, count: number, scale: number, top: number): number;
  /** `opened[i] = opened[i] / (1 + exp(-opened[i])) * valued[i]`; `count` a multiple of 4. */
  gate(opened: number, valued: number, count: number): void;
  /**
   * `out[r] = factor * scales[r] * sum_c matrix[r, c] * vector[c]` over a matrix of signed bytes and a vector of signed 16-bit
   * integers; `columns` a multiple of 8, and `columns * 127 * max(vector)` below 2³¹.
   */
  dotScanBytes(
    vector: number,
    matrix: number,
    scales: number,
    factor: number,
    rows: number,
    columns: number,
    out: number,
  ): void;
  /**
   * `dotScanBytes` for four vectors, one behind the other, with a factor each, whose results lie `stride` bytes apart; `rows`
   * an even number.
   */
  dotScanBytesFour(
    vectors: number,
    matrix: number,
    scales: number,
    factors: number,
    rows: number,
    columns: number,
    out: number,
    stride: number,
  ): void;
  /** `out[i] = a[i] + b[i] + c[i]`, and `maxima[i / 64]` the largest of each 64 of them; `count` a multiple of 64. No NaN. */
  addWithMaxima(a: number, b: number, c: number, count: number, out: number, maxima: number): void;
  /** `out[j] += sum_r weights[r] * table[indices[r], j]`; `columns` a multiple of 4. */
  sumRows(table: number, columns: number, indices: number, weights: number, count: number, out: number): void;
  /** `table[indices[r], j] += weights[r] * vector[j]` for every r; `columns` a multiple of 4. */
  addToRows(table: number, columns: number, indices: number, weights: number, count: number, vector: number): void;
}

/** The part of WebAssembly used here; Node's type declarations leave it to those of browsers. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
}
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (pages: { initial: number; maximum: number }) => WasmMemory;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

const PAGE = 65536;
let compiled: object | undefined;

/**
 * Memory of a fixed size that the SIMD kernels work on. Regions are handed out once and live as long as the arena, so
 * a model sums up what it needs, makes one arena, and fills it.
 */
export class SimdArena {
  readonly kernels: SimdKernels;
  readonly #memory: WasmMemory;
  #used = 0;

  /** @param bytes the sum of `SimdArena.bytes(length, size)` over all regions */
  constructor(bytes: number) {
    compiled ??= new WebAssembly.Module(Buffer.from(SIMD_KERNELS_BASE64, "base64"));
    const pages = Math.max(1, Math.ceil(bytes / PAGE));
    this.#memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const instance = new WebAssembly.Instance(compiled, { env: { memory: this.#memory } });
    this.kernels = instance.exports as SimdKernels;
  }

  /** Bytes that a region of `length` elements of `size` bytes takes, alignment included. */
  static bytes(length: number, size: 1 | 2 | 4): number {
    return Math.ceil((length * size) / 64) * 64;
  }

  float32(length: number): Region<Float32Array> {
    const pointer = this.#take(length, 4);
    return { pointer, view: new Float32Array(this.#memory.buffer, pointer, length) };
  }

  int32(length: number): Region<Int32Array> {
    const pointer = this.#take(length, 4);
    return { pointer, view: new Int32Array(this.#memory.buffer, pointer, length) };
  }

  uint16(length: number): Region<Uint16Array> {
    const pointer = this.#take(length, 2);
    return { pointer, view: new Uint16Array(this.#memory.buffer, pointer, length) };
  }

  int16(length: number): Region<Int16Array> {
    const pointer = this.#take(length, 2);
    return { pointer, view: new Int16Array(this.#memory.buffer, pointer, length) };
  }

  int8(length: number): Region<Int8Array> {
    const pointer = this.#take(length, 1);
    return { pointer, view: new Int8Array(this.#memory.buffer, pointer, length) };
  }

  #take(length: number, size: 1 | 2 | 4): number {
    const pointer = this.#used;
    this.#used += SimdArena.bytes(length, size);
    if (this.#used > this.#memory.buffer.byteLength) {
      throw new Error(`A SIMD arena of ${this.#memory.buffer.byteLength} bytes cannot hold ${this.#used} bytes.`);
    }
    return pointer;
  }
}
