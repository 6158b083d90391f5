import { expect, test } from "vitest";
import { withNegativeEvents } from "./negative-events.js";
import { trainingDataOf } from "./training-rows.js";

const rows = [
  { user: "ann", item: "milk", timestamp: 1, eventType: "click" },
  { user: "ann", item: "jam", timestamp: 2, eventType: "Dislike" },
  { user: "ann", item: "eggs", timestamp: 3, eventType: "hide" },
  { user: "ann", item: "eggs", timestamp: 4, eventType: "unhide" },
  { user: "bob", item: "jam", timestamp: 5, eventType: "click" },
];

test("what users turned down weighs against its item where the recipe weighs events", () => {
  const data = withNegativeEvents(trainingDataOf(rows), true);
  expect([...data.weights!]).toEqual([1, -1, -1, 0, 1]);
});

test("what users turned down is left out where it does not", () => {
  const data = withNegativeEvents(trainingDataOf(rows), false);
  expect(data.weights).toBeUndefined();
  expect([...data.items].map((item) => data.itemIds[item])).toEqual(["milk", "jam"]);
  expect([...data.offsets]).toEqual([0, 1, 2]);
});

test("data in which nobody turned anything down stays as it is", () => {
  const data = trainingDataOf(rows.filter(({ eventType }) => eventType === "click"));
  expect(withNegativeEvents(data, true)).toBe(data);
});
