import { trainingDataOf } from "@palate/recipe";
import { describe, expect, it } from "vitest";
import { usersWithin, withUsers } from "./history-lengths.js";

/** Users 0 to 9 with 1 to 10 interactions. */
const data = trainingDataOf(
  Array.from({ length: 10 }, (_, user) =>
    Array.from({ length: user + 1 }, (_, k) => ({ user: `u${user}`, item: `i${k}`, timestamp: k })),
  ).flat(),
);

describe("users within percentiles of history length", () => {
  it("are all of them from 0 to 1, and without the longest or shortest tenths between", () => {
    expect([...usersWithin(data, 0, 1)]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect([...usersWithin(data, 0, 0.8)]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
    expect([...usersWithin(data, 0.3, 0.5)]).toEqual([0, 0, 1, 1, 1, 0, 0, 0, 0, 0]);
  });

  it("are everybody when the bounds leave nobody", () => {
    expect([...usersWithin(data, 0.9, 0.1)]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  it("keep their indices in the data that remains", () => {
    const left = withUsers(data, usersWithin(data, 0.3, 0.5));
    expect(left.userIds).toEqual(data.userIds);
    expect(left.items).toHaveLength(3 + 4 + 5);
  });
});
