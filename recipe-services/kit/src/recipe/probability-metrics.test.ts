import { expect, test } from "vitest";
import { areaUnderCurve, calibrationBins, calibrationError, logLoss } from "./probability-metrics.js";

test("the area under the curve is the share of pairs in the right order, ties counting half", () => {
  expect(areaUnderCurve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75);
  expect(areaUnderCurve([1, 2, 3], [false, false, true])).toBe(1);
  expect(areaUnderCurve([3, 2, 1], [0, 0, 1])).toBe(0);
  expect(areaUnderCurve([5, 5, 5, 5], [0, 1, 0, 1])).toBe(0.5);
  expect(areaUnderCurve([1, 2, 2], [0, 0, 1])).toBe(0.75);
  expect(areaUnderCurve([1, 2], [1, 1])).toBeNaN();
});

test("log loss is in nats, and one wrong certainty does not cost infinitely much", () => {
  expect(logLoss([0.5, 0.5], [1, 0])).toBeCloseTo(Math.log(2), 12);
  expect(logLoss([0.9, 0.2], [1, 0])).toBeCloseTo(-(Math.log(0.9) + Math.log(0.8)) / 2, 12);
  expect(logLoss([0], [1])).toBeLessThan(40);
});

test("bins have equally many predictions and do not divide equal ones", () => {
  expect(calibrationBins([0.8, 0.1, 0.6, 0.3], [1, 0, 0, 1], 2)).toEqual([
    { predicted: 0.2, observed: 0.5, count: 2 },
    { predicted: expect.closeTo(0.7, 12), observed: 0.5, count: 2 },
  ]);
  expect(calibrationBins([0.2, 0.2, 0.2, 0.9], [0, 0, 1, 1], 4).map(({ count }) => count)).toEqual([3, 1]);
  expect(calibrationBins([], [])).toEqual([]);
});

test("the calibration error weighs bins by their predictions", () => {
  const bins = [
    { predicted: 0.2, observed: 0.5, count: 3 },
    { predicted: 0.9, observed: 0.8, count: 1 },
  ];
  expect(calibrationError(bins)).toBeCloseTo((3 * 0.3 + 0.1) / 4, 12);
  expect(calibrationError([])).toBeNaN();
});
