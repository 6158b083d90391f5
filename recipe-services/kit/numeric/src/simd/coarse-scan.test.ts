import { describe, expect, it } from "vitest";
import { Random } from "../random/random.js";
import { CoarseScan } from "./coarse-scan.js";
import { SimdArena } from "./simd-arena.js";
import { selectTop } from "./top-k.js";

/** A coarse scan of some rows, and the exact sums beside it. */
class Setting {
  readonly scan: CoarseScan;
  readonly #arena: SimdArena;
  readonly #vector;
  readonly #rows;
  readonly #products;
  /** Rows that were looked at exactly by the last list. */
  looked = 0;

  constructor(
    readonly rows: readonly Float32Array[],
    readonly biases: Float32Array,
  ) {
    const columns = rows[0]!.length;
    this.scan = new CoarseScan(columns, rows.length);
    this.#arena = new SimdArena(4 * rows.length * (columns + 1) + 1_000);
    this.#vector = this.#arena.float32(columns);
    this.#rows = this.#arena.float32(rows.length * columns);
    this.#products = this.#arena.float32(rows.length);
    rows.forEach((_, row) => this.set(row, rows[row]!));
  }

  set(row: number, values: Float32Array): void {
    this.#rows.view.set(values, row * values.length);
    this.scan.set(row, values, this.biases[row]!);
  }

  /** Sums of product and bias. */
  exact(vector: Float32Array): Float32Array {
    this.#vector.view.set(vector);
    const [from, out] = [this.#rows.pointer, this.#products];
    this.#arena.kernels.dotScan(this.#vector.pointer, from, this.rows.length, vector.length, out.pointer);
    return out.view.map((product, row) => product + this.biases[row]!);
  }

  /** The best by the coarse scan, and by looking at all. */
  both(vector: Float32Array, offsets: Float32Array, limit: number) {
    const sums = this.exact(vector);
    this.scan.offsets.view.set(offsets);
    const coarse = this.scan.best(vector, this.rows.length, limit, (rows, out) => {
      this.looked = rows.length;
      rows.forEach((row, at) => (out[at] = sums[row]!));
    });
    const all = selectTop(
      sums.map((sum, row) => sum + offsets[row]!),
      limit,
    );
    const left = all.scores.findIndex((score) => score === -Infinity);
    const length = left < 0 ? all.scores.length : left;
    return { coarse, exact: { indices: all.indices.slice(0, length), scores: all.scores.slice(0, length) }, sums };
  }
}

const random = new Random(5);
const normals = (count: number, scale = 1): Float32Array => new Float32Array(count).map(() => scale * random.normal());
const zeros = (count: number): Float32Array => new Float32Array(count);

const COUNT = 6_000;
const WIDTH = 32;

/** Rows of which many differ by less than bytes can tell, and what is said of them. */
const TABLES: readonly (readonly [string, () => Float32Array[]])[] = [
  ["rows at random", () => Array.from({ length: COUNT }, () => normals(WIDTH))],
  [
    "rows of very different lengths",
    () => Array.from({ length: COUNT }, () => normals(WIDTH, Math.exp(3 * random.normal()))),
  ],
  [
    "clusters of nearly the same row",
    () => {
      const centres = Array.from({ length: 300 }, () => normals(WIDTH));
      return Array.from({ length: COUNT }, (_, row) =>
        centres[row % 300]!.map((x) => x * (1 + 1e-6 * random.normal())),
      );
    },
  ],
  [
    "each row twenty times",
    () => {
      const centres = Array.from({ length: 300 }, () => normals(WIDTH));
      return Array.from({ length: COUNT }, (_, row) => centres[row % 300]!.slice());
    },
  ],
  [
    "rows with one large number, which leaves the others no room in a byte",
    () => Array.from({ length: COUNT }, () => normals(WIDTH).map((x, c) => (c === 7 ? 40 * x : x))),
  ],
  ["rows of zeros among them", () => Array.from({ length: COUNT }, (_, row) => normals(WIDTH, row % 3 === 0 ? 0 : 1))],
];

describe.each(TABLES)("CoarseScan of %s", (_, table) => {
  const rows = table();
  const setting = new Setting(rows, normals(rows.length, 0.5));

  it.each([1, 26, 90])("gives the best %i as a look at all rows does, whatever is added or left out", (limit) => {
    for (let round = 0; round < 6; round++) {
      // Some vectors are rows themselves, so that products are as large as they can be.
      const vector = round % 2 === 0 ? normals(WIDTH) : rows[random.integer(rows.length)]!.slice();
      const offsets = zeros(rows.length).map(() => (random.uniform() < 0.05 ? 3 * random.uniform() : 0));
      if (round > 2) offsets.forEach((_, row) => random.uniform() < 0.3 * (round - 2) && (offsets[row] = -Infinity));
      const { coarse, exact } = setting.both(vector, offsets, limit);
      expect([...coarse!.indices]).toEqual([...exact.indices]);
      expect([...coarse!.scores]).toEqual([...exact.scores]);
    }
  });
});

describe("CoarseScan", () => {
  const rows = Array.from({ length: COUNT }, () => normals(WIDTH));
  const setting = new Setting(rows, normals(COUNT, 0.5));

  it("looks at few rows exactly, and sums up the others nearly right", () => {
    const { coarse, exact, sums } = setting.both(normals(WIDTH), zeros(COUNT), 26);
    expect(coarse).toBeDefined();
    expect(setting.looked).toBeLessThan(500);
    const top = exact.scores[0]!;
    const whole = sums.reduce((sum, value) => sum + Math.exp(0.5 * (value - top)), 0);
    expect(setting.scan.sumExponentials(0.5, top) / whole).toBeCloseTo(1, 4);
  });

  it("gives all that is left where that is little, and nothing where nothing is", () => {
    const offsets = zeros(COUNT).fill(-Infinity);
    for (const row of [17, 18, 4_000]) offsets[row] = 0;
    const { coarse, exact } = setting.both(normals(WIDTH), offsets, 26);
    expect([...coarse!.indices]).toEqual([...exact.indices]);
    expect(coarse!.indices).toHaveLength(3);
    expect(setting.both(normals(WIDTH), offsets.fill(-Infinity), 26).coarse!.indices).toHaveLength(0);
  });

  it("says when it is as well to look at all rows", () => {
    expect(setting.both(normals(WIDTH), zeros(COUNT), COUNT / 2).coarse).toBeUndefined();
    const alike = new Setting(
      rows.map(() => rows[0]!),
      zeros(COUNT),
    );
    expect(alike.both(normals(WIDTH), zeros(COUNT), 10).coarse).toBeUndefined();
  });

  it("gives to several vectors at once what it gives to each", () => {
    const vectors = Array.from({ length: 7 }, () => normals(WIDTH));
    const sums = (vector: Float32Array) => {
      const { coarse } = setting.both(vector, zeros(COUNT), 26);
      return [...coarse!.indices, ...coarse!.scores, setting.scan.sumExponentials(0.5, coarse!.scores[0]!)];
    };
    const singly = vectors.map((vector) => sums(vector.slice()));
    const together: number[][] = [];
    for (let from = 0; from < vectors.length;) {
      const taken = setting.scan.prepare(vectors.slice(from));
      expect(taken).toBe(Math.min(CoarseScan.atOnce, vectors.length - from));
      for (let k = 0; k < taken; k++) together.push(sums(vectors[from + k]!));
      from += taken;
    }
    expect(together).toEqual(singly);
  });

  it("knows of a row that has changed since the last pass", () => {
    const vector = normals(WIDTH);
    setting.both(vector, zeros(COUNT), 5);
    setting.set(
      4_321,
      vector.map((x) => 2 * x),
    );
    const { coarse } = setting.both(vector, zeros(COUNT), 5);
    expect(coarse!.indices[0]).toBe(4_321);
  });
});
