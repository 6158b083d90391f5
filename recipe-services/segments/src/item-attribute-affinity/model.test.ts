import { finished, replicaViewOf, trainingDataOf } from "@palate/recipe";
import { expect, test } from "vitest";
import { attributeAffinities, baseShare } from "./model.js";

const rows = (user: string, items: string) => [...items].map((item, timestamp) => ({ user, item, timestamp }));
const logit = (share: number) => Math.log(share / (1 - share));

/** Items a and b match. */
function affinities(histories: Record<string, string>, halfLife = 1e9, priorStrength = 1): Record<string, number> {
  const replica = replicaViewOf(
    trainingDataOf(
      Object.entries(histories).flatMap(([user, items]) => rows(user, items)),
      ["a", "b", "c", "d"],
    ),
  );
  const matches = Uint8Array.of(1, 1, 0, 0);
  const base = baseShare(replica, matches);
  const scores = finished(attributeAffinities(replica, matches, base, { halfLife, floor: 0, priorStrength }));
  return Object.fromEntries(Object.keys(histories).map((user) => [user, scores[replica.userIndex(user)]!]));
}

test("is the user's log-odds beside everybody's, smoothed by as much of everybody as the prior says", () => {
  // Of all eight pairs of a user and an item, four match: the base is a half, and its log-odds are 0.
  const found = affinities({ fan: "ab", both: "ac", none: "cd", other: "bd" });
  expect(found["fan"]).toBeCloseTo(logit(2.5 / 3), 5);
  expect(found["both"]).toBeCloseTo(0, 5);
  expect(found["none"]).toBeCloseTo(logit(0.5 / 3), 5);
});

test("more evidence of the same share counts for more", () => {
  const found = affinities({ long: "abababab", short: "a", none: "cdcdcd" });
  expect(found["long"]).toBeGreaterThan(found["short"]!);
  expect(found["short"]).toBeGreaterThan(0);
});

test("the newest interactions count most", () => {
  const found = affinities({ now: "ccaa", then: "aacc" }, 1);
  expect(found["now"]).toBeGreaterThan(0);
  expect(found["then"]).toBeLessThan(0);
});

test("counts each user once for each item in the base, and has none where nobody has chosen anything", () => {
  const replica = replicaViewOf(trainingDataOf([...rows("u", "aaac"), ...rows("v", "c")], ["a", "b", "c"]));
  expect(baseShare(replica, Uint8Array.of(1, 1, 0))).toBeCloseTo(1 / 3);
  expect(baseShare(replicaViewOf(trainingDataOf([])), new Uint8Array(0))).toBeNaN();
});
