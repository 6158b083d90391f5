import { trainingDataOf, type TrainingData } from "@palate/kit/recipe";
import { Random } from "@palate/kit/tensor";
import { describe, expect, it } from "vitest";
import { coldHalf, tiesShuffled } from "./cold-half.js";
import { lastTenthSplit } from "./last-tenth.js";

/** Users with so many interactions each, all with different items that they share with the others. */
function usersWith(...lengths: number[]): TrainingData {
  return trainingDataOf(
    lengths.flatMap((length, user) =>
      Array.from({ length }, (_, k) => ({ user: `u${user}`, item: `i${k}`, timestamp: 100 * k + user })),
    ),
  );
}

describe("the newest tenth", () => {
  it("is what lies above nine tenths of a user's ranks, and leaves something to learn from", () => {
    const { fit, cases } = lastTenthSplit(usersWith(20, 15, 1));
    expect(cases.map(({ user, truth }) => [user, ...truth])).toEqual([
      [0, 18, 19],
      [1, 13, 14],
    ]);
    expect(cases[1]!.timestamp).toBe(1301);
    expect([...fit.offsets]).toEqual([0, 18, 31, 32]);
  });
});

describe("the cold half of the items", () => {
  it("is unknown to what is learned from, and all that is asked for", () => {
    const data = usersWith(...new Array<number>(30).fill(12), 1);
    const { fit, cases, cold } = coldHalf(data, 3);
    expect(cold.reduce((sum, one) => sum + one, 0)).toBe(6);
    expect([...fit.items].some((item) => cold[item] === 1)).toBe(false);
    expect(fit.items.length).toBe(data.items.filter((item) => cold[item] === 0).length);
    // The user with one interaction would have nothing to be known by, or nothing to be asked for.
    expect(cases).toHaveLength(30);
    for (const { truth } of cases) expect(truth.filter((item) => cold[item] === 1)).toHaveLength(6);
    expect(coldHalf(data, 3).cold).toEqual(cold);
    expect(coldHalf(data, 4).cold).not.toEqual(cold);
  });

  it("is ranked without an advantage for those of equal scores that come first", () => {
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
