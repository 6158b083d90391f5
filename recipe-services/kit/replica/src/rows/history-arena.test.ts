import { Random } from "@palate/numeric";
import { expect, test } from "vitest";
import { HistoryArena } from "./history-arena.js";

test("everybody's rows are what each one's history is, whatever has been added, moved and removed", () => {
  const random = new Random(5);
  const users = 40;
  const arena = new HistoryArena({
    offsets: Int32Array.of(0, 2, 2, 3),
    arrivals: Int32Array.of(0, 1, 2),
    items: Int32Array.of(4, 5, 6),
    timestamps: Float64Array.of(1, 2, 1),
  });
  for (let step = 0; step < 3000; step++) arena.insert(random.integer(users), random.integer(50), random.integer(1000));
  arena.merge(3, 7);
  arena.clear(5);
  arena.removeItems(new Set([4, 9]), () => {});

  const { items, begins, lengths } = arena.rows();
  const row = (user: number) => [...items.subarray(begins[user], begins[user]! + lengths[user]!)];
  const histories = Array.from({ length: users }, (_, user) => [...arena.history(user).items]);
  expect(Array.from({ length: users }, (_, user) => row(user))).toEqual(histories);
  expect(histories[3]).toEqual([]);
  expect(histories[7]!.length).toBeGreaterThan(100);
});
