import { Random } from "@palate/numeric";
import { expect, test } from "vitest";
import { dispersionOf } from "./dispersion.js";

const HOUR = 3600;

/** 50 items over 100 hours at some 40 events an hour, each hour's rate multiplied by what `factor` says. */
function stream(factor: (item: number, hour: number) => number, random: Random) {
  const items: number[] = [];
  const timestamps: number[] = [];
  for (let item = 0; item < 50; item++) {
    for (let hour = 0; hour < 100; hour++) {
      const rate = 40 * factor(item, hour);
      for (let left = -Math.log(1 - random.uniform()) / rate; left < 1; left -= Math.log(1 - random.uniform()) / rate) {
        items.push(item);
        timestamps.push(Math.floor((hour + left) * HOUR));
      }
    }
  }
  return { items: Int32Array.from(items), timestamps: Float64Array.from(timestamps) };
}

test("chance alone is no dispersion, nor is what all items share", () => {
  expect(
    dispersionOf(
      stream(() => 1, new Random(1)),
      HOUR,
    ),
  ).toBeLessThan(0.005);
  expect(
    dispersionOf(
      stream((_, hour) => 1 + 0.5 * Math.sin(hour / 4), new Random(2)),
      HOUR,
    ),
  ).toBeLessThan(0.005);
});

test("rates that vary by 30 % have a relative variance of 0.09, bursts or not", () => {
  const random = new Random(3);
  const varying = stream(() => Math.max(0.1, 1 + 0.3 * random.normal()), random);
  expect(Math.abs(dispersionOf(varying, HOUR) - 0.09)).toBeLessThan(0.03);
  const bursting = stream((_, hour) => Math.max(0.1, 1 + 0.3 * random.normal()) * (hour % 25 === 0 ? 5 : 1), random);
  expect(Math.abs(dispersionOf(bursting, HOUR) - 0.09)).toBeLessThan(0.04);
});

test("0 where there is too little to tell", () => {
  expect(dispersionOf({ items: new Int32Array(0), timestamps: new Float64Array(0) }, HOUR)).toBe(0);
  expect(dispersionOf({ items: Int32Array.of(1, 1), timestamps: Float64Array.of(0, HOUR) }, HOUR)).toBe(0);
});
