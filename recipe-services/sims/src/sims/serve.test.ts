import { replicaViewOf, trainingDataOf, type Query } from "@palate/recipe";
import { expect, test } from "vitest";
import { toArtifact } from "./artifact.js";
import { load } from "./serve.js";

/** Items a–d with 4, 3, 2 and 1 users. */
const data = trainingDataOf(
  ["abcd", "abc", "ab", "a"].flatMap((word) => [...word].map((item, timestamp) => ({ user: word, item, timestamp }))),
);
const replica = replicaViewOf(data);
const [a, b, c, d] = ["a", "b", "c", "d"].map((item) => replica.itemIndex(item)) as [number, number, number, number];

/** The model knows c, d and an item the replica has lost: d is like c, and so is the lost one. */
const artifact = toArtifact({
  itemIds: ["d", "lost", "c"],
  offsets: Int32Array.from([0, 0, 0, 2]),
  items: Int32Array.from([1, 0]),
  scores: Float32Array.from([0.75, 0.5]),
});

const ask = (query: Partial<Query>) =>
  load(artifact, replica).recommend({
    user: -1,
    item: c,
    limit: 10,
    excluded: new Uint8Array(4),
    timestamp: 0,
    ...query,
  });

test("similar items first, then popular ones that say so, without the item itself", () => {
  const { items, scores, reasons } = ask({});
  expect([...items]).toEqual([d, a, b]);
  expect([...scores!]).toEqual([0.5, 0, 0]);
  expect(reasons).toEqual(["model", "popular", "popular"]);
});

test("a list that is long enough is not made up", () => {
  const { items, reasons } = ask({ limit: 1 });
  expect([...items]).toEqual([d]);
  expect(reasons).toBeUndefined();
});

test("excluded items appear neither as similar nor as popular", () => {
  expect([...ask({ excluded: Uint8Array.from([1, 0, 0, 1]) }).items]).toEqual([b]);
});

test("items that the model or nobody knows get popular items", () => {
  expect([...ask({ item: a }).items]).toEqual([b, c, d]);
  const { items, reasons } = ask({ item: -1 });
  expect([...items]).toEqual([a, b, c, d]);
  expect(new Set(reasons)).toEqual(new Set(["popular"]));
});
