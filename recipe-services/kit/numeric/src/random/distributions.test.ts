import { describe, expect, it } from "vitest";
import { betaDraw, logGammaDraw } from "./distributions.js";
import { Random } from "./random.js";

it.each([
  [0.4, 3.6],
  [2, 2],
  [60, 20],
])("draws of beta(%d, %d) have its mean and variance", (a, b) => {
  const random = new Random(3);
  const draws = Array.from({ length: 20_000 }, () => betaDraw(random, a, b));
  const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
  const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
  expect(mean).toBeCloseTo(a / (a + b), 2);
  expect(variance).toBeCloseTo((a * b) / ((a + b) ** 2 * (a + b + 1)), 2);
  expect(draws.every((x) => x >= 0 && x <= 1)).toBe(true);
});

describe("draws from Gamma distributions", () => {
  it.each([0.3, 1, 7.5])("of shape %d have mean 1 and the variance of the shape", (shape) => {
    const random = new Random(4);
    const draws = Array.from({ length: 40_000 }, () => Math.exp(logGammaDraw(random, shape)));
    const mean = draws.reduce((sum, one) => sum + one, 0) / draws.length;
    const variance = draws.reduce((sum, one) => sum + (one - mean) ** 2, 0) / draws.length;
    expect(mean).toBeCloseTo(1, 1);
    expect(variance * shape).toBeGreaterThan(0.9);
    expect(variance * shape).toBeLessThan(1.1);
  });
});
