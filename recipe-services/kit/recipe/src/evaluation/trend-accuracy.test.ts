import { expect, test } from "vitest";
import { trainingDataOf } from "../data/training-rows.js";
import { popularityTrendAccuracy, trendPredictionAccuracy } from "./trend-accuracy.js";

const HOUR = 3600;

/** Ninety old interactions with "old", then hours in which each item occurs as often as its row says. */
function stream(hours: Readonly<Record<string, readonly number[]>>) {
  const rows = Array.from({ length: 90 }, (_, k) => ({ user: `past ${k}`, item: "old", timestamp: k }));
  for (const [item, counts] of Object.entries(hours)) {
    counts.forEach((count, hour) => {
      for (let k = 0; k < count; k++) {
        const timestamp = 1_000_000 + hour * HOUR - Math.round((k * HOUR) / 10);
        rows.push({ user: `${item} ${hour} ${k}`, item, timestamp });
      }
    });
  }
  return trainingDataOf(rows);
}

// The newest tenth is these ten interactions, asked about at hours 0 and 1. From hour 0 to 1 "up" gains 1, "down" 2 and
// "old" loses 1; from hour 1 to 2 "up" gains 4 and "down" loses 1: seven to be gained at most.
const data = stream({ up: [0, 1, 5], down: [0, 2, 1], old: [1, 0, 0] });
const of = (...ids: string[]) => ids.map((id) => data.itemIds.indexOf(id));
const accuracy = (...ids: string[]) => trendPredictionAccuracy(data, HOUR, () => of(...ids));

test("the gain of what is recommended, relative to what gains most", () => {
  expect(accuracy("up")).toBeCloseTo(5 / 7, 12);
  expect(accuracy("down")).toBeCloseTo(1 / 7, 12);
  expect(accuracy("up", "down")).toBeCloseTo(6 / 7, 12);
});

test("recommending what falls gives 0, not less", () => {
  expect(accuracy("old")).toBe(0);
});

test("asks in order of time, about moments one interval apart in the newest tenth", () => {
  const moments: number[] = [];
  trendPredictionAccuracy(data, HOUR, (timestamp) => {
    moments.push(timestamp - 1_000_000);
    return [];
  });
  expect(moments).toEqual([0, HOUR]);
});

test("popularity is what most users had when the test began", () => {
  expect(popularityTrendAccuracy(data, HOUR)).toBe(0);
  expect(popularityTrendAccuracy(stream({ old: [1, 1, 4], other: [0, 1, 1], third: [0, 1, 1] }), HOUR)).toBe(0.6);
});

test("0 where nothing can be said", () => {
  expect(trendPredictionAccuracy(trainingDataOf([]), HOUR, () => [])).toBe(0);
  expect(trendPredictionAccuracy(data, 100 * HOUR, () => of("up"))).toBe(0);
});
