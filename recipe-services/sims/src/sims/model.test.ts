import { trainingDataOf } from "@palate/recipe";
import { expect, test } from "vitest";
import { betweenPercentiles, filtered, similarItems } from "./model.js";
import type { SimilarItems, SimilarityOptions } from "./similarity.js";

const plain: SimilarityOptions = {
  popularityDiscount: 0,
  minCointeractions: 1,
  keepRarePairs: false,
  historyLengthPercentiles: [0, 1],
  itemCountPercentiles: [0, 1],
  maxGap: 10,
  backwardWeight: 0,
  shrinkage: 0,
  pairHalfLifeDays: 0,
  maxSimilarItems: 500,
};

/** Each word is a user; each letter an item visited in that order. */
function walks(...words: string[]) {
  return trainingDataOf(
    words.flatMap((word, user) => [...word].map((item, timestamp) => ({ user: `${user}`, item, timestamp }))),
  );
}

/** The list of an item as [letter, similarity] pairs. */
function listOf(letter: string, options: Partial<SimilarityOptions>, ...words: string[]): [string, number][] {
  const data = walks(...words);
  const work = similarItems(data, { ...plain, ...options });
  let step = work.next();
  while (!step.done) step = work.next();
  const { offsets, items, scores }: SimilarItems = step.value;
  const item = data.itemIds.indexOf(letter);
  const found: [string, number][] = [];
  for (let k = offsets[item]!; k < offsets[item + 1]!; k++) found.push([data.itemIds[items[k]!]!, scores[k]!]);
  return found;
}

/** Compares lists with similarities to six digits. */
function expectList(actual: [string, number][], expected: [string, number][]): void {
  expect(actual.map(([letter]) => letter)).toEqual(expected.map(([letter]) => letter));
  actual.forEach(([, similarity], k) => expect(similarity).toBeCloseTo(expected[k]![1], 6));
}

test("what follows counts by how closely it follows", () => {
  // One history of four, so each pair weighs 1/√4; b, c and d follow a at gaps 1, 2 and 3, and n_a is 1.
  expectList(listOf("a", {}, "abcd"), [
    ["b", 1 / 2],
    ["c", 1 / 4],
    ["d", 1 / 6],
  ]);
  expect(listOf("d", {}, "abcd")).toEqual([]);
});

test("what came before counts by the backward weight", () => {
  expectList(listOf("c", { backwardWeight: 0.5 }, "abcd"), [
    ["d", 1 / 2],
    ["b", 1 / 4],
    ["a", 1 / 8],
  ]);
});

test("items further apart than the largest gap do not meet", () => {
  expectList(listOf("a", { maxGap: 2 }, "abcd"), [
    ["b", 1 / 2],
    ["c", 1 / 4],
  ]);
});

test("the popularity discount turns the order from popular to correlated", () => {
  // After a: b three times, c twice. But b is everywhere (6 interactions), c only after a.
  const words = ["ab", "ab", "ab", "ac", "ac", "xb", "yb", "zb"];
  const weight = 1 / Math.sqrt(2);
  expectList(listOf("a", { popularityDiscount: 0 }, ...words), [
    ["b", (3 * weight) / 5],
    ["c", (2 * weight) / 5],
  ]);
  expectList(listOf("a", { popularityDiscount: 1 }, ...words), [
    ["c", (2 * weight) / 2],
    ["b", (3 * weight) / 6],
  ]);
  expectList(listOf("a", { popularityDiscount: 0.5 }, ...words), [
    ["b", (3 * weight) / (5 ** (15 / 16) * 6 ** (1 / 16))],
    ["c", (2 * weight) / (5 ** (15 / 16) * 2 ** (1 / 16))],
  ]);
});

test("what followed later on the clock counts less, where wanted", () => {
  const day = 86_400;
  const data = trainingDataOf([
    { user: "u", item: "a", timestamp: 0 },
    { user: "u", item: "b", timestamp: 10 * day },
  ]);
  const similarity = (pairHalfLifeDays: number): number => {
    const work = similarItems(data, { ...plain, pairHalfLifeDays });
    for (let step = work.next(); ; step = work.next()) if (step.done) return step.value.scores[0]!;
  };
  expect(similarity(0)).toBeCloseTo(Math.SQRT1_2, 6);
  expect(similarity(10)).toBeCloseTo(Math.SQRT1_2 / 2, 6);
  expect(similarity(5)).toBeCloseTo(Math.SQRT1_2 / 3, 6);
});

test("shrinkage believes frequent pairs more", () => {
  expectList(listOf("a", { shrinkage: 2 }, "ab", "ab", "ac"), [
    ["b", ((2 / Math.SQRT2) * (2 / 4)) / 3],
    ["c", ((1 / Math.SQRT2) * (1 / 3)) / 3],
  ]);
});

test("pairs with too few co-interactions are dropped, or follow the others with falling similarities", () => {
  // d follows a once, but closest of all in a short history; b and c twice, at a distance.
  const words = ["a.b", "a,b", "a;c", "a:c", "ad"];
  const names = (options: Partial<SimilarityOptions>) => listOf("a", options, ...words).map(([letter]) => letter);
  expect(names({ minCointeractions: 2 })).toEqual(["b", "c"]);
  const list = listOf("a", { minCointeractions: 2, keepRarePairs: true }, ...words);
  expect(list.map(([letter]) => letter)).toEqual(["b", "c", "d", ".", ",", ";", ":"]);
  const similarities = list.map(([, similarity]) => similarity);
  expect(similarities).toEqual([...similarities].sort((a, b) => b - a));
});

test("equally similar items come in order of first appearance, and only the best are kept", () => {
  expect(listOf("a", { maxSimilarItems: 2 }, "ad", "ac", "ab").map(([letter]) => letter)).toEqual(["d", "c"]);
});

test("an item is never similar to itself", () => {
  expect(listOf("a", { backwardWeight: 1 }, "aab").map(([letter]) => letter)).toEqual(["b"]);
});

test("percentiles keep both ends, and equal counts lose nothing", () => {
  const counts = Int32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0]);
  expect([...betweenPercentiles(counts, [0, 1])]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
  expect([...betweenPercentiles(counts, [0.25, 0.75])]).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
  expect([...betweenPercentiles(Int32Array.from([4, 4, 4]), [0.4, 0.6])]).toEqual([1, 1, 1]);
  expect([...betweenPercentiles(new Int32Array(2), [0, 1])]).toEqual([0, 0]);
});

test("filtered histories close up", () => {
  // Interactions: a 3, b 2, c 1; the 0.5 percentile of items is 2, so a is too popular.
  const data = walks("abc", "ab", "a");
  const { offsets, items } = filtered(data, { ...plain, itemCountPercentiles: [0, 0.5] });
  expect([...offsets]).toEqual([0, 2, 3, 3]);
  expect([...items]).toEqual([1, 2, 1]);
});
