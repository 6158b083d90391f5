import { describe, expect, it } from "vitest";
import { orderList } from "./ranking.js";

const rounded = (values: Float32Array): number[] => Array.from(values, (value) => Number(value.toFixed(4)));

describe("a caller's list", () => {
  it("comes in the model's order with its probabilities, which sum to 1", () => {
    const { order, shares } = orderList(Float32Array.of(0, Math.log(3), Math.log(6)), 0);
    expect([...order]).toEqual([2, 1, 0]);
    expect(rounded(shares)).toEqual([0.6, 0.3, 0.1]);
  });

  it("ends with what the model does not know, in the order given and without a share", () => {
    const { order, shares } = orderList(Float32Array.of(Number.NaN, 1, Number.NaN, 2), 0);
    expect([...order]).toEqual([3, 1, 0, 2]);
    expect(shares).toHaveLength(2);
  });

  it("keeps the caller's order at weight 1, and among equals at any weight", () => {
    const scores = Float32Array.of(-3, 5, 1, 4);
    expect([...orderList(scores, 1).order]).toEqual([0, 1, 2, 3]);
    for (const weight of [0, 0.3, 1]) expect([...orderList(new Float32Array(4), weight).order]).toEqual([0, 1, 2, 3]);
    expect(rounded(orderList(new Float32Array(4), 0).shares)).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it("weighs both the same at a half", () => {
    // Two items: standardised scores are -1 and 1, the standardised prior 1 and -1.
    expect(rounded(orderList(Float32Array.of(0, 2), 0.5).shares)).toEqual([0.5, 0.5]);
    expect([...orderList(Float32Array.of(0, 2), 0.49).order]).toEqual([1, 0]);
    expect([...orderList(Float32Array.of(0, 2), 0.51).order]).toEqual([0, 1]);
  });

  it("can be empty, or of one item, or of unknown ones only", () => {
    expect(orderList(new Float32Array(0), 0.5)).toEqual({ order: new Int32Array(0), shares: new Float32Array(0) });
    expect(rounded(orderList(Float32Array.of(-50), 0.5).shares)).toEqual([1]);
    expect(orderList(Float32Array.of(Number.NaN, Number.NaN), 0.5)).toEqual({
      order: Int32Array.of(0, 1),
      shares: new Float32Array(0),
    });
  });

  it("is not upset by scores far from 0", () => {
    expect(rounded(orderList(Float32Array.of(-10_000, -10_000), 0).shares)).toEqual([0.5, 0.5]);
    expect(rounded(orderList(Float32Array.of(5_000, -5_000), 0).shares)).toEqual([1, 0]);
  });
});
