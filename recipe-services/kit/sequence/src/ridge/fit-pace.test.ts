import { describe, expect, it } from "vitest";
import { FitPace } from "./fit-pace.js";

/** Where the places of items start that have so many each. */
function startsOf(counts: readonly number[]): Int32Array {
  const starts = new Int32Array(counts.length + 1);
  counts.forEach((count, item) => (starts[item + 1] = starts[item]! + count));
  return starts;
}

/** Goes through all items on a clock on which each place takes `perPlace` milliseconds; tells how many places each was given. */
function goThrough(counts: readonly number[], seconds: number, perPlace: (item: number) => number) {
  let now = 500;
  const pace = new FitPace(startsOf(counts), seconds, () => now);
  const looked = counts.map((count, item) => {
    const places = Math.min(count, pace.most);
    now += places * perPlace(item);
    pace.done(item + 1, places);
    return places;
  });
  return { looked, seconds: (now - 500) / 1000 };
}

/** Items in turn: one that many had, nine that few had. Two million places. */
const counts = Array.from({ length: 10_000 }, (_, item) => (item % 10 === 0 ? 1_550 : 50));

describe("the pace of a fit", () => {
  it("leaves nothing out where there is time", () => {
    expect(goThrough(counts, Infinity, () => 1).looked).toEqual(counts);
    expect(goThrough(counts, 21, () => 0.01).looked).toEqual(counts);
  });

  it("ends in time by looking at less of the items that many had", () => {
    const { looked, seconds } = goThrough(counts, 10, () => 0.01);
    expect(seconds).toBeLessThanOrEqual(10.5);
    expect(seconds).toBeGreaterThan(8);
    looked.forEach((places, item) => {
      if (counts[item] === 50) expect(places).toBe(50);
    });
    // Every item has its share, not the first ones all.
    expect(looked.at(-10)).toBeGreaterThan(400);
  });

  it("still ends in time when the machine becomes slower on the way", () => {
    const { seconds } = goThrough(counts, 20, (item) => (item < 5_000 ? 0.008 : 0.02));
    expect(seconds).toBeLessThanOrEqual(22);
  });

  it("looks at some of every item even when the time is over", () => {
    const { looked } = goThrough(counts, 0.5, () => 0.01);
    expect(Math.min(...looked)).toBe(50);
  });
});
