import { describe, expect, it } from "vitest";
import { adjustedRandIndex } from "./clusters/adjusted-rand-index.js";
import { plantClusters } from "./clusters/planted.js";

describe("the adjusted Rand index", () => {
  it("is 1 for the same groups under other names, and 0 for groups that have nothing to do with each other", () => {
    expect(adjustedRandIndex([0, 0, 1, 1, 2], [7, 7, 3, 3, 5])).toBe(1);
    const many = Array.from({ length: 10_000 }, (_, row) => row);
    const [one, other] = [many.map((row) => row % 5), many.map((row) => Math.floor(row / 5) % 4)];
    expect(adjustedRandIndex(one, other)).toBeCloseTo(0, 2);
  });

  it("is what counting pairs by hand gives", () => {
    // Together in both: 2 of 15 pairs; in the one 6, in the other 3; 6 · 3 / 15 by chance; 4.5 at most.
    expect(adjustedRandIndex([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2])).toBeCloseTo((2 - 1.2) / (4.5 - 1.2));
  });
});

describe("planted clusters", () => {
  const ownShare = (noise: number): number => {
    const { data, groups, kinds } = plantClusters({ users: 500, items: 120, noise, seed: 4 });
    let own = 0;
    data.userIds.forEach((_, user) => {
      for (const item of data.items.subarray(data.offsets[user], data.offsets[user + 1]))
        if (String(data.itemAttributes["KIND"]![item]).split("|")[0] === kinds[groups[user]!]) own++;
    });
    return own / data.items.length;
  };

  it("prefer their own kind, the more the less noise there is", () => {
    expect(ownShare(0)).toBe(1);
    expect(ownShare(1)).toBeLessThan(0.3);
    expect(ownShare(0.5)).toBeCloseTo((ownShare(0) + ownShare(1)) / 2, 1);
  });
});
