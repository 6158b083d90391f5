import { replicaViewOf, trainingDataOf } from "@palate/recipe";
import { describe, expect, it } from "vitest";
import { ObjectiveBoost } from "./objective-boost.js";

const ids = ["a", "b", "c", "d", "e"];
const replica = replicaViewOf(trainingDataOf([], ids, { PRICE: [1, 1000, null, 2, 2] }));
const liftsAt = (sensitivity: "OFF" | "LOW" | "MEDIUM" | "HIGH", inverseTemperature: number): number[] => {
  const scores = new Float32Array(5);
  new ObjectiveBoost({ column: "PRICE", sensitivity }, replica).addTo(scores, (item) => item, inverseTemperature);
  return [...scores];
};

describe("an optimization objective", () => {
  it("lifts by rank: equal values equally, what has none not at all", () => {
    const [least, most, none, ...middle] = liftsAt("MEDIUM", 1);
    expect(most).toBeGreaterThan(0);
    expect(least).toBe(-most!);
    expect([none, ...middle]).toEqual([0, 0, 0]);
  });

  it("counts more with a higher sensitivity, and not at all when off", () => {
    const [off, low, medium, high] = (["OFF", "LOW", "MEDIUM", "HIGH"] as const).map((name) => liftsAt(name, 1)[1]!);
    expect(off).toBe(0);
    expect(low).toBeGreaterThan(0);
    expect(medium).toBeGreaterThan(low!);
    expect(high).toBeGreaterThan(medium!);
  });

  it("lifts probabilities alike, however sharp the scores are", () => {
    expect(0.5 * liftsAt("LOW", 0.5)[1]!).toBeCloseTo(liftsAt("LOW", 1)[1]!);
  });
});
