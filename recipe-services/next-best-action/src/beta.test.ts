import { Random } from "@palate/numeric";
import { expect, test } from "vitest";
import { beta, hash } from "./beta.js";

test.each([
  [0.4, 3.6],
  [2, 2],
  [60, 20],
])("draws of beta(%d, %d) have its mean and variance", (a, b) => {
  const random = new Random(3);
  const draws = Array.from({ length: 20_000 }, () => beta(a, b, random));
  const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
  const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
  expect(mean).toBeCloseTo(a / (a + b), 2);
  expect(variance).toBeCloseTo((a * b) / ((a + b) ** 2 * (a + b + 1)), 2);
  expect(draws.every((x) => x >= 0 && x <= 1)).toBe(true);
});

test("texts that differ have hashes that differ", () => {
  const hashes = new Set(Array.from({ length: 10_000 }, (_, k) => hash(`user ${k}|action`)));
  expect(hashes.size).toBeGreaterThan(9_990);
});
