import { expect, test } from "vitest";
import { ItemBinding } from "./item-binding.js";
import { LivePopularity } from "./popular-items.js";
import type { ReplicaView } from "../data/replica-view.js";
import { replicaViewOf } from "../data/static-replica.js";
import { trainingDataOf } from "../data/training-rows.js";

/** A replica that can grow, on top of one that cannot. */
function growing(ids: string[], counts: number[] = []): ReplicaView & { version: number } {
  const base = replicaViewOf(trainingDataOf([]));
  return {
    ...base,
    version: 1,
    get itemCount() {
      return ids.length;
    },
    itemId: (index) => ids[index]!,
    itemIndex: (id) => ids.indexOf(id),
    get usersPerItem() {
      return Int32Array.from(counts);
    },
    get interactionVersion() {
      return this.version;
    },
  };
}

test("a static replica knows ids, histories, users of each item and metadata", () => {
  const rows = [
    { user: "ann", item: "y", timestamp: 2 },
    { user: "ann", item: "x", timestamp: 1 },
    { user: "ben", item: "y", timestamp: 3 },
    { user: "ben", item: "y", timestamp: 4 },
  ];
  const replica = replicaViewOf(trainingDataOf(rows, ["x", "y", "z"], { COLOUR: ["red", null, 7] }));
  expect(replica.itemCount).toBe(3);
  expect(replica.itemIndex("z")).toBe(2);
  expect(replica.itemIndex("?")).toBe(-1);
  expect([...replica.usersPerItem]).toEqual([1, 2, 0]);
  const { items, timestamps } = replica.history(replica.userIndex("ann"));
  expect([...items].map(replica.itemId)).toEqual(["x", "y"]);
  expect([...timestamps]).toEqual([1, 2]);
  expect(replica.history(-1).items).toHaveLength(0);
  expect(replica.history(99).items).toHaveLength(0);
  expect([0, 1, 2].map((item) => replica.itemAttribute(item, "COLOUR"))).toEqual(["red", "", "7"]);
});

test("a binding follows items that the replica learns of later", () => {
  const ids = ["c", "a"];
  const binding = new ItemBinding(["a", "b", "c"], growing(ids));
  expect([0, 1, 2].map((index) => binding.replicaIndex(index))).toEqual([1, -1, 0]);
  expect([binding.modelIndex(0), binding.modelIndex(1), binding.modelIndex(2), binding.modelIndex(-1)]).toEqual([
    2, 0, -1, -1,
  ]);
  ids.push("new", "b");
  expect(binding.modelIndex(3)).toBe(1);
  expect(binding.modelIndex(2)).toBe(-1);
  expect(binding.replicaIndex(1)).toBe(3);
});

test("live popularity is renewed when interactions arrived and the interval has passed", () => {
  const counts = [3, 1];
  const replica = growing(["x", "y"], counts);
  let now = 0;
  const popularity = new LivePopularity(replica, () => now, 1000);
  const order = () => [...popularity.order().items];
  expect(order()).toEqual([0, 1]);
  counts[1] = 9;
  now = 2000;
  expect(order()).toEqual([0, 1]);
  replica.version++;
  expect(order()).toEqual([1, 0]);
  counts[0] = 10;
  replica.version++;
  now = 2999;
  expect(order()).toEqual([1, 0]);
  now = 3000;
  expect(order()).toEqual([0, 1]);
});
