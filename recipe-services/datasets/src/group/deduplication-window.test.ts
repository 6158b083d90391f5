import { expect, test } from "vitest";
import { DeduplicationWindow } from "./deduplication-window.js";

test("the window forgets the oldest event id first", () => {
  const window = new DeduplicationWindow(3);
  for (const id of ["c", "d"]) window.add(id);
  window.addOlder(["a", "b"]);
  expect(["a", "b", "c", "d"].map((id) => window.has(id))).toEqual([false, true, true, true]);
});
