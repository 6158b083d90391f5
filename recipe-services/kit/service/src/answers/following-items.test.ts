import { describe, expect, it } from "vitest";
import { followedBy, newItems } from "./following-items.js";

const excluding = (...items: readonly number[]): Uint8Array =>
  Uint8Array.from({ length: 12 }, (_, item) => Number(items.includes(item)));
const list = (items: readonly number[], scores: readonly number[] | null) => ({
  items: Int32Array.from(items),
  scores: scores && Float32Array.from(scores),
});

describe("new items", () => {
  it("are all that a list lacks, in the order of the data, and no more than are missing", () => {
    const without = { excluded: excluding(0, 5), itemCount: 8, except: 6 };
    expect([...newItems(Int32Array.of(2, 3), 10, without).items]).toEqual([1, 4, 7]);
    expect([...newItems(Int32Array.of(2, 3), 2, without).items]).toEqual([1, 4]);
    expect([...newItems(Int32Array.of(1, 2, 3, 4, 7), 10, without).items]).toEqual([]);
  });
});

describe("a list followed by another", () => {
  it("has the scores of the second in their proportions, below the lowest of the first", () => {
    const joined = followedBy(list([1, 2], [0.8, 0.2]), list([3, 4], [0.6, 0.3]), "seen");
    expect([...joined.items]).toEqual([1, 2, 3, 4]);
    expect([...joined.scores!].map((score) => Number(score.toFixed(4)))).toEqual([0.8, 0.2, 0.2, 0.1]);
    expect(joined.reasons).toEqual(["model", "model", "seen", "seen"]);
  });

  it("keeps scores that are low enough, never rises, and has none where one list has none", () => {
    expect([...followedBy(list([], []), list([3], [0.5]), "seen").scores!]).toEqual([0.5]);
    expect([...followedBy(list([1], [0.5]), list([3], [0]), "new").scores!]).toEqual([0.5, 0]);
    expect([...followedBy(list([1], [-0.5]), list([3], [0]), "new").scores!]).toEqual([-0.5, -0.5]);
    expect(followedBy(list([1], null), list([3], [0]), "new").scores).toBeNull();
    const alone = list([1], [0.5]);
    expect(followedBy(alone, list([], []), "new")).toBe(alone);
  });
});
