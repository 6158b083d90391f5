import { Random } from "@palate/numeric";
import { describe, expect, it } from "vitest";
import { GAP_ROWS, gapRow, hasRealTimes, longestGapRow, UNKNOWN_GAP } from "./request-time.js";

const random = new Random(5);

/** 100 users with ten interactions each, at the given times. */
function withTimes(timeOf: (interaction: number) => number) {
  const offsets = Int32Array.from({ length: 101 }, (_, user) => 10 * user);
  const items = new Int32Array(1000);
  return { userCount: 100, itemCount: 1, offsets, items, times: Float64Array.from(items, (_, at) => timeOf(at)) };
}

describe("gapRow", () => {
  it("tells seconds from minutes, days and years, and the unknown from all", () => {
    const rows = [NaN, 0, 5, 60, 3600, 86_400, 31_536_000, 1e12].map(gapRow);
    expect(rows[0]).toBe(UNKNOWN_GAP);
    expect(new Set(rows).size).toBe(rows.length);
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
    expect(rows.at(-1)).toBe(GAP_ROWS - 1);
    expect(gapRow(-7)).toBe(gapRow(0));
  });
});

describe("longestGapRow", () => {
  it("is the longest gap that occurs more than now and then", () => {
    const rare = withTimes((at) => 60 * at + (at > 995 ? 1e8 : 0));
    expect(longestGapRow(rare)).toBe(gapRow(60));
    const common = withTimes((at) => 60 * at + (at % 10 > 5 ? 86_400 : 0));
    expect(longestGapRow(common)).toBe(gapRow(86_460));
  });
});

describe("hasRealTimes", () => {
  it.each([
    ["of real interactions", () => 1e9 + Math.floor(1e7 * random.uniform()), true],
    ["with whole baskets at one moment", (at: number) => 1e9 + 86_400 * Math.floor(at / 3), true],
    ["that are all the same", () => 1e9, false],
    ["that count each user's interactions", (at: number) => at % 10, false],
    ["that number all interactions through", (at: number) => (at * 7) % 1000, false],
    ["that are missing", () => NaN, false],
  ])("knows times %s", (_, timeOf, expected) => {
    const { times, ...sequences } = withTimes(timeOf);
    for (let user = 0; user < 100; user++) times.subarray(10 * user, 10 * user + 10).sort();
    expect(hasRealTimes({ ...sequences, times })).toBe(expected);
  });
});
