import { expect, test } from "vitest";
import { popularityGroups, QuintileCounts } from "./popularity-quintiles.js";

// One item with a fifth of all 100 interactions, two with a tenth each, …, and one that nobody has.
const users = Int32Array.of(10, 20, 10, 5, 5, 5, 5, 0, ...new Array<number>(40).fill(1));

test("each group has about a fifth of the interactions, the most popular items first", () => {
  const groups = popularityGroups(users);
  expect([...groups.subarray(0, 8)]).toEqual([1, 0, 1, 2, 2, 2, 2, 4]);
  expect(groups.filter((group) => group === 3)).toHaveLength(20);
  expect(groups.filter((group) => group === 4)).toHaveLength(21);
});

test("counts what is found and what is recommended in each group", () => {
  const counts = new QuintileCounts(users);
  // Item 1 is recommended first and right, item 8 comes in twelfth place and is right, item 3 is not found.
  const list = Int32Array.of(1, 0, 2, 4, 5, 6, 7, 40, 41, 42, 43, 8);
  counts.add(
    list,
    Array.from(list, (item) => item === 1 || item === 8),
    [1, 8, 3],
  );
  const [first, second, third, fourth, fifth] = counts.result();
  expect(first).toEqual({ items: 1, truths: 1, recallAt10: 1, recallAt25: 1, recommended: 0.1 });
  expect(second).toEqual({ items: 2, truths: 0, recallAt10: 0, recallAt25: 0, recommended: 0.2 });
  expect(third).toEqual({ items: 4, truths: 1, recallAt10: 0, recallAt25: 0, recommended: 0.3 });
  expect(fourth).toMatchObject({ truths: 1, recallAt10: 0, recallAt25: 1 });
  expect(fifth!.recommended + fourth!.recommended).toBeCloseTo(0.4, 12);
});
