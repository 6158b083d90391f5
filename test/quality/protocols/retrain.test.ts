import { trainingDataOf } from "@palate/recipe";
import { describe, expect, it } from "vitest";
import { withoutNewest } from "./retrain.js";

describe("the data before the newest interactions came in", () => {
  const rows = Array.from({ length: 100 }, (_, at) => ({
    user: `u${at % 7}`,
    item: `i${at % 11}`,
    timestamp: 1_000 + ((at * 37) % 100),
  }));
  const data = trainingDataOf(rows);

  it("are the oldest, of whichever users", () => {
    const before = withoutNewest(data, 0.1);
    expect([...before.timestamps].sort((a, b) => a - b)).toEqual(Array.from({ length: 90 }, (_, at) => 1_000 + at));
  });

  it("have the same users and items, by the same numbers", () => {
    const before = withoutNewest(data, 0.1);
    expect(before.userIds).toEqual(data.userIds);
    expect(before.itemIds).toEqual(data.itemIds);
  });
});
