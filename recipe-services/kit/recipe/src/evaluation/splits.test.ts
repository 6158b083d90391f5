import { Random } from "@palate/numeric";
import { expect, test } from "vitest";
import type { TrainingData } from "../data/training-data.js";
import { trainingDataOf, type InteractionRow } from "../data/training-rows.js";
import { sample } from "./sample.js";
import { amazonSplit, leaveOneOut, temporalSplit } from "./splits.js";

/** A user with items i0, i1, … at times start, start + 1, … */
function visits(user: string, count: number, start = 0): InteractionRow[] {
  return Array.from({ length: count }, (_, k) => ({ user, item: `i${k}`, timestamp: start + k }));
}

function itemsOf(data: TrainingData, user: number): string[] {
  return Array.from(data.items.subarray(data.offsets[user], data.offsets[user + 1]), (item) => data.itemIds[item]!);
}

const hundred = trainingDataOf(Array.from({ length: 100 }, (_, u) => visits(`u${u}`, 25)).flat());

test("Amazon's split holds out the newest tenth, rounded up, of a tenth of the users", () => {
  const { fit, histories, cases } = amazonSplit(hundred, 7);
  expect(cases).toHaveLength(10);
  expect(histories).toBe(fit);
  const tested = new Set(cases.map(({ user }) => user));
  for (let user = 0; user < 100; user++) expect(itemsOf(fit, user)).toHaveLength(tested.has(user) ? 22 : 25);
  for (const { truth, timestamp } of cases) {
    expect(truth.map((item) => fit.itemIds[item])).toEqual(["i22", "i23", "i24"]);
    expect(timestamp).toBe(22);
  }
  expect(fit.items).toHaveLength(100 * 25 - 10 * 3);
});

test("Amazon's split is the same for the same seed and another for another", () => {
  const users = (seed: number) => amazonSplit(hundred, seed).cases.map(({ user }) => user);
  expect(users(1)).toEqual(users(1));
  expect(users(1)).not.toEqual(users(2));
});

test("Amazon's split never asks a user with one interaction, and leaves every tested user an input", () => {
  const data = trainingDataOf([...visits("one", 1), ...visits("two", 2), ...visits("another", 1)]);
  const { fit, cases } = amazonSplit(data, 3);
  expect(cases.map(({ user }) => user)).toEqual([1]);
  expect(itemsOf(fit, 1)).toEqual(["i0"]);
});

test("a true item that comes twice counts once", () => {
  const repeated = Array.from({ length: 20 }, (_, k) => ({ user: "u", item: k < 18 ? `i${k}` : "x", timestamp: k }));
  const { cases } = amazonSplit(trainingDataOf(repeated), 0);
  expect(cases[0]!.truth).toEqual([18]);
});

test("empty data has no cases", () => {
  const empty = trainingDataOf([]);
  expect(amazonSplit(empty, 1).cases).toEqual([]);
  expect(leaveOneOut(empty).cases).toEqual([]);
  expect(temporalSplit(empty).cases).toEqual([]);
});

test("leave-one-out asks for the last item of users with at least three", () => {
  const data = trainingDataOf([...visits("two", 2), ...visits("three", 3), ...visits("four", 4)]);
  const { fit, cases } = leaveOneOut(data);
  expect(cases).toEqual([
    { user: 1, truth: [2], timestamp: 2 },
    { user: 2, truth: [3], timestamp: 3 },
  ]);
  expect([0, 1, 2].map((user) => itemsOf(fit, user).length)).toEqual([2, 2, 3]);
});

test("the temporal split learns from before the moment and asks for the last item after it", () => {
  // Times 0..8 and 6..10: the 0.5 quantile of 14 timestamps is 6.
  const data = trainingDataOf([...visits("a", 9), ...visits("b", 5, 6), ...visits("early", 3)]);
  const { fit, histories, cases } = temporalSplit(data, 0.5);
  expect(cases).toEqual([
    { user: 0, truth: [8], timestamp: 8 },
    { user: 1, truth: [4], timestamp: 10 },
  ]);
  expect(fit.timestamps.every((time) => time <= 5)).toBe(true);
  expect(itemsOf(histories, 0)).toHaveLength(8);
  expect(itemsOf(histories, 1)).toHaveLength(4);
  expect(itemsOf(fit, 1)).toEqual([]);
  expect(itemsOf(fit, 2)).toHaveLength(3);
});

test("the temporal split refuses a quantile that leaves one side empty", () => {
  expect(() => temporalSplit(hundred, 1)).toThrow(/between 0 and 1, not 1/);
});

test("equal timestamps keep their order of arrival", () => {
  const rows = ["c", "a", "b"].map((item) => ({ user: "u", item, timestamp: 5 }));
  expect(itemsOf(trainingDataOf([...rows, { user: "u", item: "first", timestamp: 1 }]), 0)).toEqual([
    "first",
    "c",
    "a",
    "b",
  ]);
});

test("a sample has no repeats, keeps the order and reaches every element", () => {
  const random = new Random(5);
  const letters = ["a", "b", "c", "d", "e"];
  const drawn = new Set<string>();
  for (let round = 0; round < 50; round++) {
    const chosen = sample(letters, 2, random);
    expect(new Set(chosen).size).toBe(2);
    expect(chosen).toEqual([...chosen].sort());
    chosen.forEach((letter) => drawn.add(letter));
  }
  expect(drawn.size).toBe(5);
  expect(sample(letters, 9, random)).toEqual(letters);
});
