import { expect, test } from "vitest";
import { areaUnderCurve, calibrationCurve, calibrationError, propensityMetrics } from "./propensity-metrics.js";

const predictions = (rows: readonly [propensity: number, label: number, action?: number, weight?: number][]) => ({
  propensities: Float64Array.from(rows, ([propensity]) => propensity),
  labels: Uint8Array.from(rows, ([, label]) => label),
  actions: Int32Array.from(rows, ([, , action = 0]) => action),
  weights: Float32Array.from(rows, ([, , , weight = 1]) => weight),
});

test("the area under the curve counts pairs, equals half", () => {
  // Of the pairs (0.9, 0.5), (0.9, 0.1), (0.5, 0.5), (0.5, 0.1): two right, one equal, one right.
  expect(
    areaUnderCurve(
      predictions([
        [0.9, 1],
        [0.5, 1],
        [0.5, 0],
        [0.1, 0],
      ]),
    ),
  ).toBeCloseTo(3.5 / 4);
  expect(
    areaUnderCurve(
      predictions([
        [0.1, 1],
        [0.9, 0],
      ]),
    ),
  ).toBe(0);
  expect(areaUnderCurve(predictions([[0.1, 1]]))).toBeNaN();
  // The second negative counts three times: it is right 3 of 4 times.
  expect(
    areaUnderCurve(
      predictions([
        [0.5, 1],
        [0.9, 0],
        [0.1, 0, 0, 3],
      ]),
    ),
  ).toBeCloseTo(3 / 4);
});

test("the calibration error is the distance between what was said and what came", () => {
  const rows = Array.from({ length: 1000 }, (_, k): [number, number] => [k < 500 ? 0.2 : 0.6, k % 10 < 2 ? 1 : 0]);
  const curve = calibrationCurve(predictions(rows));
  expect(curve).toHaveLength(10);
  expect(calibrationError(curve)).toBeCloseTo(0.5 * 0 + 0.5 * 0.4);
});

test("averages over actions, and leaves out what cannot be said", () => {
  const rows: [number, number, number][] = [
    [0.9, 1, 0],
    [0.1, 0, 0],
    [0.2, 1, 1],
    [0.8, 0, 1],
    [0.7, 1, 2],
  ];
  const metrics = propensityMetrics(predictions(rows), Float32Array.of(0.5, 0.5, 0.5));
  expect(metrics["area_under_the_curve"]).toBeCloseTo(0.5);
  expect(metrics["precision"]).toBeCloseTo((1 + 0 + 1) / 3);
  expect(metrics["recall"]).toBeCloseTo((1 + 0 + 1) / 3);
  expect(propensityMetrics(predictions([]), new Float32Array(0))).toEqual({});
});
