import { Random } from "@palate/numeric";
import { expect, test } from "vitest";
import { calibrated, fitCalibration, IDENTITY } from "./calibration.js";
import { sigmoid } from "./model.js";

/** Logits that are wrong by a straight line, and what happened by the right ones. */
function drawn(slope: number, intercept: number, count: number) {
  const random = new Random(7);
  const logits = Float64Array.from({ length: count }, () => 2 * random.normal());
  const labels = Uint8Array.from(logits, (x) => (random.uniform() < sigmoid(slope * x + intercept) ? 1 : 0));
  return { logits, labels, weights: new Float32Array(count).fill(1) };
}

test("finds the line by which logits are wrong", () => {
  const { logits, labels, weights } = drawn(0.5, -1, 20_000);
  const found = fitCalibration(logits, labels, weights);
  expect(found.slope).toBeCloseTo(0.5, 1);
  expect(found.intercept).toBeCloseTo(-1, 1);
  expect(calibrated(found, 2)).toBeCloseTo(sigmoid(0), 1);
});

test("leaves logits as they are without examples, and nearly so with a few", () => {
  const none = fitCalibration(new Float64Array(0), new Uint8Array(0), new Float32Array(0));
  expect(none).toEqual(IDENTITY);
  const { logits, labels, weights } = drawn(0.2, 2, 4);
  const few = fitCalibration(logits, labels, weights);
  expect(Math.abs(few.slope - 1) + Math.abs(few.intercept)).toBeLessThan(0.6);
});

test("never turns the order round", () => {
  const { logits, labels, weights } = drawn(-1, 0, 5_000);
  expect(fitCalibration(logits, labels, weights).slope).toBeGreaterThan(0);
});
