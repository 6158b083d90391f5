import { expect, test } from "vitest";
import { replayOf } from "./replay-replica.js";
import { trainingDataOf } from "./training-rows.js";

const data = trainingDataOf([
  { user: "ann", item: "x", timestamp: 10 },
  { user: "ben", item: "y", timestamp: 20 },
  { user: "ann", item: "x", timestamp: 30 },
  { user: "ann", item: "y", timestamp: 40 },
]);

test("knows every id but nothing that has not happened yet", () => {
  const replay = replayOf(data);
  const ann = replay.userIndex("ann");
  expect(replay.itemCount).toBe(2);
  expect(replay.history(ann).items).toHaveLength(0);
  expect([...replay.usersPerItem]).toEqual([0, 0]);
  replay.advance(30);
  expect([...replay.history(ann).timestamps]).toEqual([10, 30]);
  expect([...replay.usersPerItem]).toEqual([1, 1]);
  const version = replay.historyVersion(ann);
  replay.advance(40);
  expect(replay.historyVersion(ann)).toBe(version + 1);
  expect([...replay.usersPerItem]).toEqual([1, 2]);
});

test("tells listeners of each interaction once, in order of time, until they have enough", () => {
  const replay = replayOf(data);
  const heard: string[] = [];
  const end = replay.onInteraction((user, item, timestamp) =>
    heard.push(`${data.userIds[user]} ${replay.itemId(item)} ${timestamp}`),
  );
  replay.advance(20);
  replay.advance(20);
  expect(heard).toEqual(["ann x 10", "ben y 20"]);
  end();
  replay.advance(100);
  expect(heard).toHaveLength(2);
});
