import { trainingDataOf } from "@palate/kit/recipe";
import { describe, expect, it } from "vitest";
import { newerCountsMore } from "./recency-weights.js";

const at = (...times: number[]) =>
  trainingDataOf(times.map((timestamp, k) => ({ user: `u${k}`, item: "i", timestamp })));

describe("weights by recency", () => {
  it("rise from the oldest to the newest, whatever the distances", () => {
    expect([...newerCountsMore(at(10, 11, 5_000)).weights!]).toEqual([0.5, 1, 1.5]);
    expect([...newerCountsMore(at(5_000, 10, 11)).weights!]).toEqual([1.5, 0.5, 1]);
  });

  it("are 1 where all times are the same, and for a single interaction", () => {
    expect([...newerCountsMore(at(7, 7, 7)).weights!]).toEqual([1, 1, 1]);
    expect([...newerCountsMore(at(7)).weights!]).toEqual([1]);
  });

  it("multiply the weights there are", () => {
    const data = { ...at(1, 2), weights: Float32Array.of(4, 2) };
    expect([...newerCountsMore(data).weights!]).toEqual([2, 3]);
  });
});
