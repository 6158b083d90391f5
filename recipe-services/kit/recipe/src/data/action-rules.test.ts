import { expect, test } from "vitest";
import { ActionRules } from "./action-rules.js";
import { actionDataOf, type ActionRow } from "./action-rows.js";
import { actionsViewOf, countUntil, outcomeNamed } from "./actions.js";

const DAY = 86_400;

function marked(rows: readonly ActionRow[], moment: number): string[] {
  const data = actionDataOf({ userIds: ["u"] }, rows, ["free", "weekly", "ends", "old"], {
    REPEAT_FREQUENCY: [null, 7, null, null],
    ACTION_EXPIRATION_TIMESTAMP: [null, null, 100 * DAY, null],
    EXPIRATION_TIMESTAMP: [null, null, 5, 50 * DAY],
    VALUE: [null, 4, null, null],
  });
  const view = actionsViewOf(data);
  const marks = new Uint8Array(view.count);
  new ActionRules(view).mark(view.history(0), moment, marks);
  return data.actionIds.filter((_, action) => marks[action] === 1);
}

const event = (action: string, outcome: ActionRow["outcome"], timestamp: number): ActionRow => ({
  user: "u",
  action,
  outcome,
  timestamp,
});

test("actions end when they expire, by either name of the column", () => {
  expect(marked([], 50 * DAY - 1)).toEqual([]);
  expect(marked([], 50 * DAY)).toEqual(["old"]);
  expect(marked([], 100 * DAY)).toEqual(["ends", "old"]);
});

test("actions wait their days after being taken or refused, not after being seen", () => {
  expect(marked([event("weekly", "TAKEN", DAY), event("free", "TAKEN", DAY)], 2 * DAY)).toEqual(["weekly"]);
  expect(marked([event("weekly", "NOT_TAKEN", DAY)], 8 * DAY - 1)).toEqual(["weekly"]);
  expect(marked([event("weekly", "NOT_TAKEN", DAY)], 8 * DAY)).toEqual([]);
  expect(marked([event("weekly", "VIEWED", DAY)], 2 * DAY)).toEqual([]);
  expect(marked([event("weekly", "TAKEN", 9 * DAY)], 2 * DAY), "what lies ahead is not known").toEqual([]);
});

test("a value is a number or none", () => {
  const data = actionDataOf({ userIds: [] }, [], ["a", "b"], { VALUE: [3, null] });
  const rules = new ActionRules(actionsViewOf(data));
  expect([rules.value(0), rules.value(1), rules.expiration(0)]).toEqual([3, Number.NaN, Infinity]);
});

test("event types have Amazon's two spellings", () => {
  expect(["TAKEN", "Not Taken", "not_taken", "Viewed", "click"].map(outcomeNamed)).toEqual([2, 1, 1, 0, -1]);
});

test("counts what has happened up to and including a moment", () => {
  const times = Float64Array.of(1, 3, 3, 9);
  expect([0, 1, 3, 8, 9].map((moment) => countUntil(times, moment))).toEqual([0, 1, 3, 3, 4]);
});
