import { describe, expect, it } from "vitest";
import { RecentMap } from "./recent-map.js";

describe("RecentMap", () => {
  it("drops what was set longest ago", () => {
    const map = new RecentMap<string, number>(2);
    map.set("a", 1);
    map.set("b", 2);
    map.set("a", 3);
    map.set("c", 4);
    expect([map.get("a"), map.get("b"), map.get("c"), map.size]).toEqual([3, undefined, 4, 2]);
  });

  it("makes a value once, and using it keeps it", () => {
    const map = new RecentMap<string, string | undefined>(2);
    const made: string[] = [];
    const make = (key: string) => {
      made.push(key);
      return undefined;
    };
    const use = (key: string) => map.use(key, () => make(key));
    for (const key of ["a", "b", "a", "c", "a", "b"]) use(key);
    expect(made).toEqual(["a", "b", "c", "b"]);
  });

  it("asks how much it may keep each time", () => {
    let max = 3;
    const map = new RecentMap<number, number>(() => max);
    for (const key of [1, 2, 3]) map.set(key, key);
    max = 2;
    map.set(4, 4);
    expect([1, 2, 3, 4].map((key) => map.get(key))).toEqual([undefined, 2, 3, 4]);
    map.clear();
    expect(map.size).toBe(0);
  });
});
