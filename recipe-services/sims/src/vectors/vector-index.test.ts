import { Random } from "@palate/numeric";
import { describe, expect, test } from "vitest";
import { VectorIndex, type Extra } from "./vector-index.js";

const ITEMS = 5000;
const DIMENSION = 20;

type Maker = (random: Random, item: number) => Float32Array;

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

const anywhere: Maker = (random) => unit(Float32Array.from({ length: DIMENSION }, () => random.normal()));

/** Vectors of which many differ by less than rounding to bytes can tell. */
const crowded: Maker = (random, item) =>
  unit(Float32Array.from({ length: DIMENSION }, (_, d) => (d === item % 5 ? 3 : 0) + 0.003 * random.normal()));

/** What looking at everything in full finds. */
function expected(
  vectors: readonly (Float32Array | null)[],
  asked: Float32Array,
  limit: number,
  isExcluded: (item: number) => boolean,
  added: (item: number) => number,
): number[] {
  const scores = vectors.map((vector, item) => {
    let sum = added(item);
    vector?.forEach((value, d) => (sum += value * asked[d]!));
    return sum;
  });
  const items = [...scores.keys()].filter((item) => scores[item]! > 0 && !isExcluded(item));
  return items.sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, limit);
}

/** Lists agree but for the order of what single precision cannot tell apart. */
function expectSame(found: Int32Array, wanted: readonly number[], scoreOf: (item: number) => number): void {
  expect(found).toHaveLength(wanted.length);
  found.forEach((item, at) => expect(scoreOf(item)).toBeCloseTo(scoreOf(wanted[at]!), 5));
  expect(new Set(found).size).toBe(found.length);
}

describe("an index of vectors", () => {
  test.each([
    ["lie anywhere", anywhere],
    ["are crowded", crowded],
  ])("finds exactly the best among vectors that %s", (_, make) => {
    const random = new Random(1);
    const index = new VectorIndex(DIMENSION, 10);
    const vectors = Array.from({ length: ITEMS }, (_, item) => (item % 17 === 0 ? null : make(random, item)));
    vectors.forEach((vector, item) => index.set(item, vector));
    const items = Int32Array.of(3, 40, 999, 17, 4321);
    const amounts = Float32Array.of(0.5, 100, 0.01, 0.3, 0.02);
    const everywhere = Float32Array.from({ length: ITEMS }, () => 0.1 * random.uniform());
    const extras: [Extra | undefined, (item: number) => number][] = [
      [undefined, () => 0],
      [{ items, amounts }, (item) => amounts[items.indexOf(item)] ?? 0],
      [everywhere, (item) => (vectors[item] === null ? 0 : everywhere[item]!)],
    ];
    for (let question = 0; question < 3; question++) {
      const asked = make(random, question);
      for (const [extra, added] of extras) {
        for (const isExcluded of [() => false, (item: number) => item % 3 !== 0, (item: number) => item > 12]) {
          const limit = question % 2 === 0 ? 25 : 400;
          const { indices, scores } = index.best(asked, limit, isExcluded, extra);
          const scoreOf = (item: number): number =>
            added(item) + (vectors[item]?.reduce((sum, value, d) => sum + value * asked[d]!, 0) ?? 0);
          expectSame(indices, expected(vectors, asked, limit, isExcluded, added), scoreOf);
          indices.forEach((item, at) =>
            expect(scores[at]! / Math.max(1, scoreOf(item))).toBeCloseTo(scoreOf(item) / Math.max(1, scoreOf(item)), 5),
          );
        }
      }
    }
  });

  test("knows vectors that came, changed and went since", () => {
    const random = new Random(2);
    const index = new VectorIndex(DIMENSION, ITEMS);
    for (let item = 0; item < ITEMS; item++) index.set(item, anywhere(random, item));
    const asked = anywhere(random, 0);
    const best = (): number[] => Array.from(index.best(asked, 2, () => false).indices);
    index.set(2 * ITEMS, asked);
    expect(best()[0]).toBe(2 * ITEMS);
    index.set(7, asked);
    expect(best()).toEqual([7, 2 * ITEMS]);
    index.set(2 * ITEMS, null);
    index.set(
      7,
      asked.map((value) => -value),
    );
    expect(best()).not.toContain(7);
    expect(best()).not.toContain(2 * ITEMS);
    expect(index.has(2 * ITEMS)).toBe(false);
  });
});
