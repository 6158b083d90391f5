import { expect, test } from "vitest";
import { replicaViewOf } from "../data/static-replica.js";
import { trainingDataOf } from "../data/training-rows.js";
import { gini, intraListDiversity, meanPopularity, novelty } from "./list-quality.js";

/** Each word is a user; each letter an item visited in that order. */
const shop = (...words: string[]) =>
  replicaViewOf(
    trainingDataOf(words.flatMap((user) => [...user].map((item, timestamp) => ({ user, item, timestamp })))),
  );

test("novelty is in bits: half of the users know an item, or one in four", () => {
  expect(novelty([0, 1], Int32Array.of(4, 2), 8)).toBe(1.5);
  expect(novelty([0], Int32Array.of(0), 8)).toBe(3);
  expect(novelty([], Int32Array.of(4), 8)).toBeNaN();
});

test("popularity is the mean number of users", () => {
  expect(meanPopularity([0, 1], Int32Array.of(4, 2))).toBe(3);
});

test("the Gini index is 0 when all are equal and near 1 when one has everything", () => {
  expect(gini(Int32Array.of(3, 3, 3, 3))).toBe(0);
  expect(gini(Int32Array.of(0, 0, 0, 12))).toBeCloseTo(0.75, 12);
  // Mean absolute difference over all ordered pairs, 2 · (1 + 3 + 2) / 9, by twice the mean, 14 / 3.
  expect(gini(Int32Array.of(1, 2, 4))).toBeCloseTo(12 / 9 / (2 * (7 / 3)), 12);
  expect(gini(Int32Array.of(0, 0))).toBe(0);
});

test("a list is diverse when its items have different users", () => {
  const replica = shop("ab", "abc", "cd");
  const [a, b, c, d] = ["a", "b", "c", "d"].map((id) => replica.itemIndex(id)) as [number, number, number, number];
  const of = (...items: number[]) => intraListDiversity(replica, [Int32Array.from(items)], 1)[0];
  expect(of(a, b)).toBe(0);
  expect(of(a, d)).toBe(1);
  // a and c have one of three users in common.
  expect(of(a, c)).toBeCloseTo(2 / 3, 12);
  expect(of(a, b, d)).toBeCloseTo(2 / 3, 12);
  expect(of(a)).toBeNaN();
});

test("users are compared on a draw of them where items have thousands", () => {
  // Item x has all 4000 users, y every second one: half of either have both.
  const rows = Array.from({ length: 4000 }, (_, user) => [
    { user: `u${user}`, item: "x", timestamp: 0 },
    ...(user % 2 === 0 ? [{ user: `u${user}`, item: "y", timestamp: 1 }] : []),
  ]).flat();
  const replica = replicaViewOf(trainingDataOf(rows));
  const [diversity] = intraListDiversity(replica, [Int32Array.of(0, 1)], 5);
  expect(diversity).toBeGreaterThan(0.4);
  expect(diversity).toBeLessThan(0.6);
});
