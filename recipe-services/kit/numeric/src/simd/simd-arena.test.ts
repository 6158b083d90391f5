import { describe, expect, it } from "vitest";
import { readFile } from "node:fs/promises";
import { Random } from "../random/random.js";
import { toFloat16, fromFloat16 } from "../tensors/float16.js";
// @ts-expect-error a development script without types
import { compileSimdKernels } from "./compile-simd-kernels.mjs";
import { SimdArena, type Region } from "./simd-arena.js";

type Floats = Region<Float32Array>;

const random = new Random(1);
const fill = (values: Float32Array): Float32Array => values.map(() => random.normal());

describe("SIMD kernels", () => {
  it("are the compiled form of their source", async () => {
    const committed = await readFile(new URL("simd-kernels-binary.ts", import.meta.url), "utf8");
    const bytes = (text: string): string => [...text.matchAll(/^ {2}"(.*)",$/gm)].map((line) => line[1]).join("");
    expect(bytes(committed)).toBe(bytes((await compileSimdKernels()) as string));
  });

  it.each([4, 12, 64])("dotScan multiplies a matrix of %i columns with a vector", (columns) => {
    const rows = 37;
    const arena = new SimdArena(20_000);
    const vector = arena.float32(columns);
    const matrix = arena.float32(rows * columns);
    const out = arena.float32(rows);
    vector.view.set(fill(new Float32Array(columns)));
    matrix.view.set(fill(new Float32Array(rows * columns)));
    arena.kernels.dotScan(vector.pointer, matrix.pointer, rows, columns, out.pointer);
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += vector.view[c]! * matrix.view[row * columns + c]!;
      expect(out.view[row]).toBeCloseTo(sum, 4);
    }
  });

  it("matMul multiplies, adds and respects row lengths", () => {
    const [m, k, n, lda, ldb, ldc] = [5, 7, 32, 9, 48, 40];
    const arena = new SimdArena(20_000);
    const a = arena.float32(m * lda);
    const b = arena.float32(k * ldb);
    const c = arena.float32(m * ldc);
    a.view.set(fill(new Float32Array(m * lda)));
    b.view.set(fill(new Float32Array(k * ldb)));
    c.view.fill(2);
    for (const add of [0, 1]) {
      arena.kernels.matMul(a.pointer, lda, b.pointer, ldb, c.pointer, ldc, m, k, n, add);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let x = 0; x < k; x++) sum += a.view[i * lda + x]! * b.view[x * ldb + j]!;
          expect(c.view[i * ldc + j]).toBeCloseTo(sum * (add + 1), 4);
        }
        expect(c.view[i * ldc + n]).toBe(2);
      }
    }
  });

  it.each([
    [8, 3],
    [16, 4],
    [48, 21],
    [64, 22],
  ])("dotScanBytes multiplies a matrix of bytes, %i columns wide, of %i rows, with a vector", (columns, rows) => {
    const arena = new SimdArena(20_000);
    const vectors = arena.int16(4 * columns);
    const matrix = arena.int8(rows * columns);
    const scales = arena.float32(rows);
    const factors = arena.float32(4);
    const out = arena.float32(rows);
    const four = arena.float32(4 * rows);
    vectors.view.forEach((_, c) => (vectors.view[c] = random.integer(65_535) - 32_767));
    matrix.view.forEach((_, at) => (matrix.view[at] = random.integer(255) - 127));
    scales.view.set(fill(new Float32Array(rows)));
    factors.view.set([1e-6, 2e-6, -1e-6, 5e-7]);
    const { dotScanBytes, dotScanBytesFour } = arena.kernels;
    if (rows % 2 === 0) {
      const [stride, { pointer }] = [4 * rows, four];
      dotScanBytesFour(
        ...([vectors.pointer, matrix.pointer, scales.pointer, factors.pointer] as const),
        ...([rows, columns, pointer, stride] as const),
      );
    }
    factors.view.forEach((factor, v) => {
      const vector = vectors.pointer + 2 * v * columns;
      dotScanBytes(vector, matrix.pointer, scales.pointer, factor, rows, columns, out.pointer);
      for (let row = 0; row < rows; row++) {
        let sum = 0;
        for (let c = 0; c < columns; c++) sum += vectors.view[v * columns + c]! * matrix.view[row * columns + c]!;
        expect(out.view[row]).toBeCloseTo(sum * scales.view[row]! * factor, 4);
      }
      if (rows % 2 === 0) expect([...four.view.subarray(v * rows, (v + 1) * rows)]).toEqual([...out.view]);
    });
  });

  it("addWithMaxima adds three vectors and finds the largest of each block", () => {
    const count = 192;
    const arena = new SimdArena(20_000);
    const [a, b, c, out] = Array.from({ length: 4 }, () => arena.float32(count)) as [Floats, Floats, Floats, Floats];
    const maxima = arena.float32(3);
    for (const { view } of [a, b, c]) view.set(fill(new Float32Array(count)));
    c.view.fill(-Infinity, 0, 64).fill(-Infinity, 100, 120);
    arena.kernels.addWithMaxima(a.pointer, b.pointer, c.pointer, count, out.pointer, maxima.pointer);
    const sums = a.view.map((value, at) => Math.fround(value + b.view[at]!) + c.view[at]!);
    expect([...out.view]).toEqual([...sums]);
    expect([...maxima.view]).toEqual([0, 64, 128].map((from) => Math.max(...sums.subarray(from, from + 64))));
  });

  it("sumRows and addToRows gather from rows of a table and scatter into them", () => {
    const [rows, columns, count] = [9, 12, 5];
    const arena = new SimdArena(20_000);
    const table = arena.float32(rows * columns);
    const indices = arena.int32(count);
    const weights = arena.float32(count);
    const vector = arena.float32(columns);
    table.view.set(fill(new Float32Array(rows * columns)));
    indices.view.set([3, 8, 0, 3, 5]);
    weights.view.set(fill(new Float32Array(count)));
    vector.view.fill(1);
    const before = table.view.slice();
    arena.kernels.sumRows(table.pointer, columns, indices.pointer, weights.pointer, count, vector.pointer);
    for (let c = 0; c < columns; c++) {
      let sum = 1;
      for (let r = 0; r < count; r++) sum += weights.view[r]! * before[indices.view[r]! * columns + c]!;
      expect(vector.view[c]).toBeCloseTo(sum, 4);
    }
    arena.kernels.addToRows(table.pointer, columns, indices.pointer, weights.pointer, count, vector.pointer);
    for (let row = 0; row < rows; row++) {
      const weight = weights.view.reduce((sum, value, r) => sum + (indices.view[r] === row ? value : 0), 0);
      for (let c = 0; c < columns; c++)
        expect(table.view[row * columns + c]).toBeCloseTo(before[row * columns + c]! + weight * vector.view[c]!, 4);
    }
  });

  it("sumExponentials adds up e to the power of what is below the top", () => {
    const count = 1000;
    const arena = new SimdArena(20_000);
    const values = arena.float32(count);
    values.view.set(fill(new Float32Array(count)).map((x) => 12 * x));
    values.view.fill(-Infinity, 10, 14);
    const top = Math.max(...values.view);
    for (const scale of [0.05, 1, 30]) {
      const sum = values.view.reduce((whole, value) => whole + Math.exp(scale * (value - top)), 0);
      expect(arena.kernels.sumExponentials(values.pointer, count, scale, top) / sum).toBeCloseTo(1, 6);
    }
  });

  it("gate multiplies with what a sigmoid lets through", () => {
    const count = 1000;
    const arena = new SimdArena(20_000);
    const [opened, valued] = [arena.float32(count), arena.float32(count)];
    opened.view.set(fill(new Float32Array(count)).map((x) => 12 * x));
    opened.view.set([0, -200, 200, -80]);
    valued.view.set(fill(new Float32Array(count)));
    const expected = opened.view.map((u, at) => (u / (1 + Math.exp(-u))) * valued.view[at]!);
    arena.kernels.gate(opened.pointer, valued.pointer, count);
    for (let at = 0; at < count; at++)
      expect(Math.abs(opened.view[at]! - expected[at]!)).toBeLessThanOrEqual(1e-5 * Math.abs(expected[at]!) + 1e-30);
  });

  it("sumRowsHalf adds weighted rows of a half-precision table", () => {
    const [rows, columns] = [6, 48];
    const arena = new SimdArena(20_000);
    const halves = toFloat16(fill(new Float32Array(rows * columns)).map((x, at) => (at % 5 === 0 ? x * 1e-6 : x)));
    const table = arena.uint16(rows * columns);
    const indices = arena.int32(3);
    const weights = arena.float32(3);
    const out = arena.float32(columns);
    table.view.set(halves);
    indices.view.set([5, 0, 3]);
    weights.view.set([1, -2, 0.5]);
    arena.kernels.sumRowsHalf(table.pointer, columns, indices.pointer, weights.pointer, 3, out.pointer);
    const singles = fromFloat16(halves);
    for (let j = 0; j < columns; j++) {
      const expected = singles[5 * columns + j]! - 2 * singles[j]! + 0.5 * singles[3 * columns + j]!;
      expect(out.view[j]).toBeCloseTo(expected, 6);
    }
  });

  it("refuses to hand out more memory than the arena has", () => {
    const arena = new SimdArena(65_536);
    arena.float32(16_384);
    expect(() => arena.float32(1)).toThrow(/65536 bytes cannot hold/);
  });
});
