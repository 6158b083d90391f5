import { finished, replicaViewOf, trainingDataOf } from "@palate/recipe";
import { expect, test } from "vitest";
import { itemAffinities, type AffinityOptions } from "./model.js";

const rows = (user: string, items: string) => [...items].map((item, timestamp) => ({ user, item, timestamp }));

/** Weights that are easy to count with: the newest interaction 1 + floor, the one before half as much, and so on. */
const options: AffinityOptions = {
  halfLife: 1,
  floor: 0,
  activityExponent: 0,
  historyDiscount: 0,
  popularityDiscount: 0,
};

function affinities(
  histories: Record<string, string>,
  item: string,
  change: Partial<AffinityOptions> = {},
  exclude = true,
) {
  const replica = replicaViewOf(
    trainingDataOf(Object.entries(histories).flatMap(([user, items]) => rows(user, items))),
  );
  const { scores } = finished(itemAffinities(replica, replica.itemIndex(item), { ...options, ...change }, exclude));
  return Object.fromEntries(Object.keys(histories).map((user) => [user, scores[replica.userIndex(user)]!]));
}

test("counts users who have both items, and weighs the newest of a history most", () => {
  // With x: two users have a, one has b. u has b and then a: (1·2 + ½·1) / (1 + ½).
  const found = affinities({ o1: "xa", o2: "abx", u: "ba", v: "cb", w: "c" }, "x");
  expect(found["u"]).toBeCloseTo(2.5 / 1.5);
  expect(found["v"]).toBeCloseTo(1 / 1.5);
  expect(found["w"], "nothing in common").toBeNaN();
  expect(found["o1"], "has it already").toBeNaN();
});

test("owners are found too when they are not left out, before all others", () => {
  const found = affinities({ o1: "xa", o2: "bax", u: "ba" }, "x", {}, false);
  expect(found["o2"]).toBeGreaterThan(found["u"]!);
});

test("an item had several times by one user counts once", () => {
  expect(affinities({ o: "aaaax", u: "a" }, "x")["u"]).toBe(1);
});

test("discounts do what their names say", () => {
  const histories = { o: "abcx", u: "a" };
  expect(affinities(histories, "x", { historyDiscount: 0.5 })["u"]).toBeCloseTo(4 ** -0.5);
  expect(affinities(histories, "x", { popularityDiscount: 1 })["u"], "two users have a").toBeCloseTo(1 / 2);
  expect(affinities({ o: "abcx", u: "aa" }, "x", { activityExponent: 1 })["u"]).toBeCloseTo(2);
});

test("nobody has the item: nobody has an affinity", () => {
  const replica = replicaViewOf(trainingDataOf(rows("u", "ab"), ["new"]));
  const { scores, owners } = finished(itemAffinities(replica, replica.itemIndex("new"), options, true));
  expect([owners, scores[0]]).toEqual([0, Number.NaN]);
});

test("histories longer than most count to their end", () => {
  const letters = "abcdefg";
  const long = Array.from({ length: 5000 }, (_, k) => letters[(k * k) % 7]!).join("");
  const replica = replicaViewOf(
    trainingDataOf([...rows("o", "axb"), ...rows("p", "xc"), ...rows("u", long), ...rows("v", "ab")]),
  );
  const change = { ...options, halfLife: 1000, floor: 0.3, activityExponent: 0.4 };
  const item = replica.itemIndex("x");
  const { scores, similarities } = finished(itemAffinities(replica, item, change, true));

  let sum = 0;
  let mass = 0;
  for (const [rank, letter] of [...long].reverse().entries()) {
    // The weights' table ends with the weight of rank 2047.
    const weight = change.floor + 2 ** (-Math.min(rank, 2047) / change.halfLife);
    mass += weight;
    sum += weight * similarities[replica.itemIndex(letter)]!;
  }
  expect(scores[replica.userIndex("u")]).toBe(Math.fround((sum / mass) * 5000 ** change.activityExponent));
});

test("hands back control while it looks at many users", () => {
  const many = Array.from({ length: 60_000 }, (_, user) => ({ user: `u${user}`, item: `i${user % 7}`, timestamp: 0 }));
  const work = itemAffinities(replicaViewOf(trainingDataOf(many)), 0, options, false);
  let turns = 0;
  while (work.next().done !== true) turns++;
  expect(turns).toBeGreaterThan(2);
});
