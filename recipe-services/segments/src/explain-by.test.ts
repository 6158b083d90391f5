import { replicaViewOf, trainingDataOf } from "@palate/recipe";
import { describe, expect, it } from "vitest";
import { explainBy } from "./explain-by.js";

describe("why a user is in a segment", () => {
  // From the oldest to the newest; without a floor and with a half-life of 1 they weigh 1/8, 1/4, 1/2 and 1.
  const rows = ["a", "b", "a", "c"].map((item, timestamp) => ({ user: "u", item, timestamp }));
  const replica = replicaViewOf(trainingDataOf([...rows, { user: "v", item: "c", timestamp: 0 }]));
  const explain = explainBy(replica, { halfLife: 1, floor: 0 }, (item) => [2, 1, 0][item]!);

  it("is explained by their contributing items, newer ones more", () => {
    // a: 2 (1/8 + 1/2) = 1.25, b: 1/4, c: nothing.
    const causes = explain(replica.userIndex("u"));
    expect(causes).toEqual([
      { kind: "item", item: replica.itemIndex("a"), weight: 1.25 / 1.5 },
      { kind: "item", item: replica.itemIndex("b"), weight: 0.25 / 1.5 },
    ]);
  });

  it("has no explanation where none of their items contributes", () => {
    expect(explain(replica.userIndex("v"))).toEqual([]);
  });
});
