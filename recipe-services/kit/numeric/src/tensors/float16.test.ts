import { expect, it } from "vitest";
import { float16Scale, fromFloat16, toFloat16 } from "./float16.js";

it("every finite half survives the way to single precision and back", () => {
  const halves = new Uint16Array(65_536).map((_, at) => at).filter((half) => (half & 0x7c00) !== 0x7c00);
  expect(toFloat16(fromFloat16(halves))).toEqual(halves);
});

it("knows the landmark values", () => {
  const halves = new Uint16Array([0x3c00, 0xc000, 0x3555, 0x7bff, 0x0400, 0x0001, 0x7c00]);
  expect([...fromFloat16(halves)]).toEqual([1, -2, 0.333251953125, 65504, 2 ** -14, 2 ** -24, Infinity]);
});

it("rounds to the nearest, ties to even, and saturates", () => {
  const values = new Float32Array([1 + 2 ** -11, 1 + 3 * 2 ** -11, 1e9, -1e9, 2 ** -26, 1.5 * 2 ** -24, 65519]);
  expect([...fromFloat16(toFloat16(values))]).toEqual([1, 1 + 2 ** -9, 65504, -65504, 0, 2 * 2 ** -24, 65504]);
});

it("scales the largest magnitude to the middle of the upper range", () => {
  for (const largest of [3e-5, 1, 7, 1e6]) {
    const scaled = largest * float16Scale(new Float32Array([0, -largest, largest / 3]));
    expect(scaled).toBeGreaterThanOrEqual(8192);
    expect(scaled).toBeLessThan(16384.01);
  }
  expect(float16Scale(new Float32Array(3))).toBe(1);
});
