import { describe, expect, it } from "vitest";
import { replicaViewOf } from "../data/static-replica.js";
import { trainingDataOf } from "../data/training-rows.js";
import { CoOccurrenceVectors } from "./co-occurrence-vectors.js";
import { itemSimilarityOf } from "./item-similarity.js";

/** 300 users: a third have a and b, a third a and c, a third d; e is in the catalogue only. */
const replica = replicaViewOf(
  trainingDataOf(
    Array.from({ length: 300 }, (_, user) =>
      [["a", "b"], ["a", "c"], ["d"]][user % 3]!.map((item, timestamp) => ({ user: `u${user}`, item, timestamp })),
    ).flat(),
    ["e"],
  ),
);

describe("vectors of co-occurrence", () => {
  const { similarity } = itemSimilarityOf(replica, new CoOccurrenceVectors(replica, () => 0), "");
  const alike = (a: string, b: string): number => similarity(replica.itemIndex(a), replica.itemIndex(b));

  it("are as alike as items have users in common", () => {
    // 100 in common, of 200 and 100: 100 / sqrt(200 * 100) = 0.71.
    expect(alike("a", "b")).toBeGreaterThan(0.5);
    expect(alike("a", "c")).toBeGreaterThan(0.5);
    expect(alike("a", "a")).toBeCloseTo(1, 5);
    for (const [one, other] of [
      ["b", "c"],
      ["a", "d"],
      ["c", "d"],
    ] as const)
      expect(alike(one, other)).toBeLessThan(0.35);
  });

  it("are none for an item that nobody had", () => {
    expect(alike("a", "e")).toBe(0);
    expect(new CoOccurrenceVectors(replica, () => 0).read(replica.itemIndex("e"), new Float32Array(128))).toBe(false);
  });
});
