import { Random } from "@palate/kit/tensor";
import { describe, expect, it } from "vitest";
import { areaInterval, areaUnderCurve, calibrationCurve, calibrationError } from "./propensity-metrics.js";

const predictions = (propensities: number[], labels: number[], actions = labels.map(() => 0)) => ({
  actions: Int32Array.from(actions),
  propensities: Float64Array.from(propensities),
  labels: Uint8Array.from(labels),
  weights: new Float32Array(labels.length).fill(1),
});

describe("the area under the curve", () => {
  it("is the share of pairs in the right order, ties counting half", () => {
    expect(areaUnderCurve(predictions([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]))).toBe(0.75);
    expect(areaUnderCurve(predictions([0.5, 0.5, 0.5], [0, 1, 0]))).toBe(0.5);
    expect(areaUnderCurve(predictions([0.1, 0.2], [1, 1]))).toBeNaN();
  });

  it("has an interval that holds 95 % of what other draws of the same kind give", () => {
    const draw = (seed: number) => {
      const random = new Random(seed);
      const labels = Array.from({ length: 300 }, (_, k) => (k % 3 === 0 ? 1 : 0));
      const propensities = labels.map((label) => 1 / (1 + Math.exp(-(random.normal() + label))));
      return predictions(propensities, labels);
    };
    // Normal scores one standard deviation apart: Φ(1 / √2).
    const truth = 0.7602;
    const held = Array.from({ length: 200 }, (_, seed) => areaInterval(draw(seed))!).filter(
      ([low, high]) => low <= truth && truth <= high,
    );
    expect(held.length / 200).toBeGreaterThan(0.9);
    expect(held.length / 200).toBeLessThan(0.99);
  });

  it("has none where no action was both taken and not taken", () => {
    expect(areaInterval(predictions([0.1, 0.2], [1, 0], [0, 1]))).toBeUndefined();
  });
});

it("the calibration curve has parts of equal weight, and its error is their mean distance", () => {
  const probabilities = Array.from({ length: 100 }, (_, k) => (k < 50 ? 0.2 : 0.6));
  const labels = probabilities.map((_, k) => (k < 50 ? Number(k % 5 === 0) : Number(k % 10 < 7)));
  const curve = calibrationCurve(predictions(probabilities, labels));
  expect(curve).toHaveLength(10);
  for (const { share } of curve) expect(share).toBeCloseTo(0.1, 12);
  expect(calibrationError(curve)).toBeCloseTo(0.05, 12);
});
