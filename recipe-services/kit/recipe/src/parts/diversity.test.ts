import { describe, expect, it } from "vitest";
import { replicaViewOf } from "../data/static-replica.js";
import { trainingDataOf } from "../data/training-rows.js";
import { diversify, type DiversityOptions } from "./diversity.js";
import { itemSimilarityOf, type ItemSimilarity } from "./item-similarity.js";

/** Items whose kind is the letter they are listed as. */
function kinds(letters: string): { items: Int32Array; itemSimilarity: ItemSimilarity } {
  return {
    items: Int32Array.from(letters, (_, item) => item),
    itemSimilarity: { similarity: (a, b) => Number(letters[a] === letters[b]), valuesOf: (item) => [letters[item]!] },
  };
}

function letters(list: string, length: number, options: Partial<DiversityOptions>, complete = true): string {
  const { items, itemSimilarity } = kinds(list);
  const all = { weight: 0, maxPerValue: Infinity, window: 25, ...options };
  return Array.from(diversify(items, complete, length, all, itemSimilarity).order, (at) => list[at]).join("");
}

describe("maximal marginal relevance", () => {
  it("with weight 0 keeps the order, with 1 takes the first of another kind while there is one", () => {
    expect(letters("aaabbc", 6, { weight: 0 })).toBe("aaabbc");
    expect(letters("aaabbc", 6, { weight: 1 })).toBe("abcaab");
  });

  it("weighs places in the list against similarity", () => {
    // After the first a, the b stands 40 places behind the next a: 0.4 (1 - w) is less than w once w is above 2/7.
    const list = `a${"a".repeat(40)}b`;
    expect(letters(list, 2, { weight: 0.28 })).toBe("aa");
    expect(letters(list, 2, { weight: 0.29 })).toBe("ab");
  });

  it("takes each item once, however long the list", () => {
    const list = "aabacbbcad".repeat(30);
    const { items, itemSimilarity } = kinds(list);
    const { order } = diversify(items, true, 1000, { weight: 0.6, maxPerValue: 2, window: 10 }, itemSimilarity);
    expect([...order].sort((a, b) => a - b)).toEqual([...items]);
  });
});

describe("limits per value", () => {
  it("hold for each window, counted from the top", () => {
    expect(letters("aaaaabbbbb", 10, { maxPerValue: 1, window: 2 })).toBe("ababababab");
    expect(letters("aaaabbcc", 8, { maxPerValue: 2, window: 4 })).toBe("aabbaacc");
  });

  it("give way when nothing else is left, so that answers are full", () => {
    expect(letters("aaab", 4, { maxPerValue: 1, window: 4 })).toBe("abaa");
  });

  it("count every value of an item with several, and none of one without", () => {
    const items = Int32Array.of(0, 1, 2, 3, 4);
    const values = [["x", "y"], ["y"], [], [], ["z"]];
    const itemSimilarity: ItemSimilarity = { similarity: () => 0, valuesOf: (item) => values[item]! };
    const { order } = diversify(items, true, 5, { weight: 0, maxPerValue: 1, window: 5 }, itemSimilarity);
    expect([...order]).toEqual([0, 2, 3, 4, 1]);
  });
});

describe("pages", () => {
  it("of a longer list begin as those of a shorter one that is settled", () => {
    const list = Array.from({ length: 700 }, (_, k) => "aaabbbcdef"[(k * 7 + (k >> 3)) % 10]).join("");
    const options = { weight: 0.4, maxPerValue: 4, window: 12 };
    const whole = letters(list, 700, options);
    let settledOnce = false;
    for (const cut of [60, 200, 400]) {
      const { items, itemSimilarity } = kinds(list.slice(0, cut));
      const { order, settled } = diversify(items, false, 50, options, itemSimilarity);
      settledOnce ||= settled;
      if (settled) expect(Array.from(order, (at) => list[at]).join("")).toBe(whole.slice(0, 50));
    }
    expect(settledOnce).toBe(true);
  });

  it("ask for more of the list when its end could have changed the answer", () => {
    const { items, itemSimilarity } = kinds("aaaa");
    const options = { weight: 0, maxPerValue: 1, window: 25 };
    expect(diversify(items, false, 2, options, itemSimilarity).settled).toBe(false);
    expect(diversify(items, true, 2, options, itemSimilarity).settled).toBe(true);
    expect(diversify(items, false, 5, { ...options, maxPerValue: Infinity }, itemSimilarity).settled).toBe(false);
  });
});

describe("item similarity", () => {
  const replica = replicaViewOf(
    trainingDataOf([], ["a", "b", "c", "d"], { G: ["x|y", "y|z", "w", null], H: ["p", "p", "q", null] }),
  );

  it("is the cosine of the model's vectors, and none without one", () => {
    const vectors = [
      [1, 0],
      [3, 3],
      [-1, 0],
    ];
    const { similarity } = itemSimilarityOf(
      replica,
      { dimension: 2, read: (item, out) => (vectors[item] ? (out.set(vectors[item]), true) : false) },
      "G",
    );
    expect(similarity(0, 1)).toBeCloseTo(Math.SQRT1_2, 6);
    expect([similarity(0, 2), similarity(0, 3)]).toEqual([0, 0]);
  });

  it("is the share of common values of one column, or of all", () => {
    expect(itemSimilarityOf(replica, undefined, "G").similarity(0, 1)).toBeCloseTo(1 / 3, 6);
    expect(itemSimilarityOf(replica, undefined, "").similarity(0, 1)).toBeCloseTo(2 / 4, 6);
    expect(itemSimilarityOf(replica, undefined, "").similarity(3, 3)).toBe(0);
    expect(itemSimilarityOf(replica, undefined, "G").valuesOf(0)).toEqual(["x", "y"]);
  });
});
