import { Random } from "@palate/numeric";
import { describe, expect, it } from "vitest";
import { tiesShuffled } from "./cold-half.js";

describe("items without interactions", () => {
  it("are ranked without an advantage for those of equal scores that come first", () => {
    const items = Int32Array.from({ length: 41 }, (_, item) => item);
    const scores = Float32Array.from(items, (item) => (item === 0 ? 2 : 1));
    const random = new Random(1);
    const firsts = Array.from({ length: 400 }, () => tiesShuffled({ items, scores }, 5, random).items);
    for (const list of firsts) expect(list[0]).toBe(0);
    const seconds = firsts.map((list) => list[1]!);
    expect(new Set(seconds).size).toBeGreaterThan(30);
    const mean = seconds.reduce((sum, item) => sum + item, 0) / seconds.length;
    expect(Math.abs(mean - 20.5)).toBeLessThan(3);
  });
});
