import { expect, it } from "vitest";
import { Random } from "./random.js";

it("gives the same sequence for the same seed and another for another", () => {
  const draw = (seed: number): number[] => {
    const random = new Random(seed);
    return Array.from({ length: 5 }, () => random.bits());
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

it("has the moments of its distributions", () => {
  const random = new Random(42);
  const moments = (draw: () => number): [number, number] => {
    const values = Array.from({ length: 100_000 }, draw);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    return [mean, values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length];
  };
  const [uniformMean, uniformVariance] = moments(() => random.uniform());
  expect(uniformMean).toBeCloseTo(0.5, 2);
  expect(uniformVariance).toBeCloseTo(1 / 12, 2);
  const [normalMean, normalVariance] = moments(() => random.normal());
  expect(normalMean).toBeCloseTo(0, 1);
  expect(normalVariance).toBeCloseTo(1, 1);
});

it("drops the asked share and keeps the mean", () => {
  const masks = new Random(1).dropoutMasks(0.2);
  const mask = masks(100_003);
  expect(masks(100_003)).not.toEqual(mask);
  const zeros = mask.filter((value) => value === 0).length;
  expect(zeros / mask.length).toBeCloseTo(0.2, 2);
  expect(mask.reduce((sum, value) => sum + value, 0) / mask.length).toBeCloseTo(1, 2);
});

it("shuffles into a permutation", () => {
  const order = new Random(9).shuffle(new Int32Array(1000).map((_, at) => at));
  expect(order).not.toEqual(new Int32Array(1000).map((_, at) => at));
  expect([...order].sort((a, b) => a - b)).toEqual([...order.keys()]);
});
