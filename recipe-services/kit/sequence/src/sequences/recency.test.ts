import { expect, it } from "vitest";
import { favourRecent } from "./recency.js";

const sequences = { userCount: 2, itemCount: 3, offsets: Int32Array.of(0, 3, 5), items: Int32Array.of(0, 1, 2, 0, 1) };

it("lets newer interactions count more, those of one moment alike, and keeps the sum", () => {
  const { weights } = favourRecent({ ...sequences, times: Float64Array.of(10, 20, 20, 5, 30) });
  expect([...weights!]).toEqual([0.75, 1.125, 1.125, 0.5, 1.5]);
});

it("keeps the proportions of weights that were given, and leaves data without times alone", () => {
  const weights = Float32Array.of(2, -1, 1, 1, 1);
  const favoured = favourRecent({ ...sequences, times: Float64Array.of(10, 10, 10, 10, 10), weights });
  expect([...favoured.weights!]).toEqual([...weights]);
  expect(favourRecent(sequences)).toBe(sequences);
});
