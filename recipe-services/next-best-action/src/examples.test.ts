import { actionDataOf, type ActionRow } from "@palate/recipe";
import { expect, test } from "vitest";
import { examplesOf } from "./examples.js";

const DAY = 86_400;
const PERIOD = 14 * DAY;

type Event = [outcome: ActionRow["outcome"], timestamp: number, action?: string, user?: string];

function examples(events: readonly Event[]) {
  const userIds = [...new Set(events.map(([, , , user = "u"]) => user))];
  const rows = events.map(([outcome, timestamp, action = "a", user = "u"]) => ({ outcome, timestamp, action, user }));
  const found = examplesOf(actionDataOf({ userIds }, rows), PERIOD);
  return Array.from(found.times, (time, i) => ({ time, taken: found.labels[i] === 1, weight: found.weights[i]! }));
}

/** Long after everything, so that nothing is open. */
const LATER: Event = ["NOT_TAKEN", 1000 * DAY, "other", "v"];

const outcomes = (events: readonly Event[]) =>
  examples([...events, LATER])
    .slice(0, -1)
    .map(({ time, taken }) => [time, taken]);

test("a view is an occasion, and its answer is none", () => {
  expect(
    outcomes([
      ["VIEWED", 10],
      ["TAKEN", 70],
    ]),
  ).toEqual([[10, true]]);
  expect(
    outcomes([
      ["VIEWED", 10],
      ["NOT_TAKEN", 70],
    ]),
  ).toEqual([[10, false]]);
  expect(outcomes([["VIEWED", 10]])).toEqual([[10, false]]);
});

test("views in close succession are one occasion, later ones are others", () => {
  expect(
    outcomes([
      ["VIEWED", 0],
      ["VIEWED", 600],
      ["VIEWED", DAY],
      ["TAKEN", DAY + 60],
    ]),
  ).toEqual([
    [0, true],
    [DAY, true],
  ]);
});

test("what no view explains is an occasion by itself", () => {
  expect(outcomes([["TAKEN", 5]])).toEqual([[5, true]]);
  expect(outcomes([["NOT_TAKEN", 5]])).toEqual([[5, false]]);
  expect(
    outcomes([
      ["NOT_TAKEN", 5],
      ["TAKEN", 2 * DAY],
    ]),
    "taken after all",
  ).toEqual([[5, true]]);
});

test("only what is taken within the period counts, and only the same action", () => {
  expect(
    outcomes([
      ["VIEWED", 0],
      ["TAKEN", PERIOD + 1],
    ]),
  ).toEqual([
    [0, false],
    [PERIOD + 1, true],
  ]);
  expect(
    outcomes([
      ["VIEWED", 0],
      ["TAKEN", 60, "b"],
    ]),
  ).toEqual([
    [0, false],
    [60, true],
  ]);
});

test("new occasions that are not taken yet count less, so that the share of taken ones stays what it is", () => {
  // Everybody takes it after a day with probability 1/2; views of the last hour cannot have been taken yet.
  const users = Array.from({ length: 400 }, (_, user) => user);
  const old = users.flatMap((user): Event[] => {
    const view: Event = ["VIEWED", user, "a", `o${user}`];
    return user % 2 === 0 ? [view, ["TAKEN", user + DAY, "a", `o${user}`]] : [view];
  });
  const end = 100 * DAY;
  const fresh = users.map((user): Event => ["VIEWED", end - user, "a", `n${user}`]);
  const all = examples([...old, ...fresh]);
  const share = (from: typeof all) =>
    from.reduce((sum, one) => sum + (one.taken ? one.weight : 0), 0) / from.reduce((sum, one) => sum + one.weight, 0);
  expect(share(all)).toBeCloseTo(0.5, 1);
  expect(all.filter(({ time }) => time > end - DAY).every(({ weight }) => weight < 0.05)).toBe(true);
});
