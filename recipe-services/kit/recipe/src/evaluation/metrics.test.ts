import { expect, test } from "vitest";
import {
  averagePrecision,
  rewardRecall,
  MetricAverages,
  normalizedDiscountedCumulativeGain,
  precision,
  recall,
  reciprocalRank,
  gradedNdcg,
} from "./metrics.js";

const none = [false, false, false, false, false];
const secondAndFifth = [false, true, false, false, true];

test("the worked example of Amazon's guide: hits at ranks 2 and 5 of 5", () => {
  expect(reciprocalRank(secondAndFifth, 25)).toBe(0.5);
  expect(normalizedDiscountedCumulativeGain(secondAndFifth, 2, 5)).toBeCloseTo(0.6241, 4);
  expect(precision(secondAndFifth, 5)).toBe(0.4);
});

test("a perfect list scores 1, a list without a hit 0", () => {
  expect(normalizedDiscountedCumulativeGain([true, true, false], 2, 5)).toBe(1);
  expect(normalizedDiscountedCumulativeGain(none, 2, 5)).toBe(0);
  expect(reciprocalRank(none, 5)).toBe(0);
});

test("hits after the cutoff do not count", () => {
  expect(reciprocalRank(secondAndFifth, 1)).toBe(0);
  expect(precision(secondAndFifth, 4)).toBe(0.25);
  expect(normalizedDiscountedCumulativeGain(secondAndFifth, 1, 4)).toBeCloseTo(1 / Math.log2(3), 12);
});

test("precision divides by the cutoff even when the list is shorter", () => {
  expect(precision([true], 10)).toBe(0.1);
});

test("more true items than the cutoff cannot make the ideal list longer than the cutoff", () => {
  expect(normalizedDiscountedCumulativeGain([true, true, true, true, true], 40, 5)).toBe(1);
});

test("recall divides by what would be right, average precision looks at each hit's place", () => {
  expect(recall(secondAndFifth, 4, 5)).toBe(0.5);
  expect(recall(secondAndFifth, 4, 4)).toBe(0.25);
  // (1/2 + 2/5) of at most two hits; of at most five when eight would be right.
  expect(averagePrecision(secondAndFifth, 2, 5)).toBeCloseTo(0.45, 12);
  expect(averagePrecision(secondAndFifth, 8, 5)).toBeCloseTo(0.9 / 5, 12);
  expect(averagePrecision([true, true, false], 2, 5)).toBe(1);
});

test("weighted gain puts the worthiest first in the ideal list", () => {
  // A hit worth 1 in second place, where one worth 3 and one worth 1 could stand in front.
  const reached = 1 / Math.log2(3);
  expect(gradedNdcg([0, 1], [1, 3], 5)).toBeCloseTo(reached / (3 + 1 / Math.log2(3)), 12);
  expect(gradedNdcg([3, 1], [1, 3], 5)).toBe(1);
  expect(gradedNdcg([0, 0], [0, 0], 5)).toBe(0);
  // With equal rewards it is the plain one.
  expect(gradedNdcg([0, 2, 0, 0, 2], [2, 2], 5)).toBeCloseTo(
    normalizedDiscountedCumulativeGain(secondAndFifth, 2, 5),
    12,
  );
});

test("earned is the share of what the true items could earn, unknown where they earn nothing", () => {
  expect(rewardRecall([0, 4, 0], [4, 6])).toBeCloseTo(0.4, 12);
  expect(rewardRecall([], [0, 0])).toBeNaN();
});

test("averages are over users, under Amazon's keys", () => {
  const averages = new MetricAverages();
  averages.add(secondAndFifth, 2);
  averages.add(none, 3);
  const metrics = averages.result(0.25);
  expect(Object.keys(metrics).sort()).toEqual([
    "coverage",
    "hit_rate_at_10",
    "hit_rate_at_25",
    "hit_rate_at_5",
    "mean_reciprocal_rank_at_25",
    "normalized_discounted_cumulative_gain_at_10",
    "normalized_discounted_cumulative_gain_at_25",
    "normalized_discounted_cumulative_gain_at_5",
    "precision_at_10",
    "precision_at_25",
    "precision_at_5",
  ]);
  expect(metrics["coverage"]).toBe(0.25);
  expect(metrics["mean_reciprocal_rank_at_25"]).toBe(0.25);
  expect(metrics["precision_at_5"]).toBe(0.2);
  expect(metrics["precision_at_10"]).toBe(0.1);
  expect(metrics["hit_rate_at_5"]).toBe(0.5);
  expect(metrics["normalized_discounted_cumulative_gain_at_25"]).toBeCloseTo(0.6241 / 2, 4);
});

test("without users there are no averages", () => {
  expect(new MetricAverages().result(0)).toEqual({});
});
