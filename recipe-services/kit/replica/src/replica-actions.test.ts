import { Action, ActionInteraction, DatasetType, SnapshotStart } from "@palate/proto/dataset";
import { actionOf, OUTCOME_NAMES, outcomeOf, type ActionsView } from "@palate/recipe";
import { expect, test } from "vitest";
import { batchOf, chunkOf } from "../testing/fake-datasets.js";
import { Replica } from "./replica.js";
import { SnapshotBuffer } from "./rows/snapshot-buffer.js";

const { DATASET_TYPE_ACTIONS, DATASET_TYPE_ACTION_INTERACTIONS } = DatasetType;

function snapshot(): SnapshotBuffer {
  const column = (name: string, type: string) => ({ name, type, nullable: true, categorical: false, textual: false });
  const columns = [column("ACTION_ID", "string"), column("VALUE", "long"), column("KIND", "string")];
  const start = SnapshotStart.fromPartial({
    datasets: [
      { datasetType: DATASET_TYPE_ACTIONS, columns },
      { datasetType: DATASET_TYPE_ACTION_INTERACTIONS, columns: [] },
    ],
  });
  const buffer = new SnapshotBuffer(start, true);
  buffer.add(
    chunkOf(DATASET_TYPE_ACTIONS, {
      ACTION_ID: ["string", ["club", "trial"]],
      VALUE: ["long", [7, null]],
      KIND: ["string", ["a", "b"]],
    }),
  );
  buffer.add(
    chunkOf(DATASET_TYPE_ACTION_INTERACTIONS, {
      USER_ID: ["string", ["u", "u", "v", null, "v"]],
      ACTION_ID: ["string", ["trial", "club", "unlisted", "club", "club"]],
      EVENT_TYPE: ["string", ["TAKEN", "Not Taken", "VIEWED", "TAKEN", "clicked"]],
      TIMESTAMP: ["long", [20, 10, 5, 1, 2]],
    }),
  );
  return buffer;
}

const told = (view: ActionsView, user: number) => {
  const { events, timestamps } = view.history(user);
  return Array.from(events, (event, i) => [view.idOf(actionOf(event)), OUTCOME_NAMES[outcomeOf(event)], timestamps[i]]);
};

test("a snapshot's actions and what users did, oldest first; rows that say nothing are left out", () => {
  const replica = new Replica(snapshot(), 0);
  const { actions } = replica;
  expect(Array.from({ length: actions.count }, (_, action) => actions.idOf(action))).toEqual([
    "club",
    "trial",
    "unlisted",
  ]);
  expect([actions.attribute(0, "VALUE"), actions.attribute(1, "VALUE"), actions.attribute(0, "KIND")]).toEqual([
    "7",
    "",
    "a",
  ]);
  expect(told(actions, replica.userIndex("u"))).toEqual([
    ["club", "NOT_TAKEN", 10],
    ["trial", "TAKEN", 20],
  ]);
  expect(told(actions, replica.userIndex("v"))).toEqual([["unlisted", "VIEWED", 5]]);
  expect(told(actions, -1)).toEqual([]);
});

test("trainings get the same", () => {
  const { actions, userIds } = snapshot().toTrainingData();
  expect(userIds).toEqual(["u", "v"]);
  expect(actions!.actionIds).toEqual(["club", "trial", "unlisted"]);
  expect(actions!.attributes["VALUE"]).toEqual([7, null, null]);
  expect([...actions!.offsets]).toEqual([0, 2, 3]);
  expect([...actions!.timestamps]).toEqual([10, 20, 5]);
});

test("changes take their places, users and actions that are new included", () => {
  const replica = new Replica(snapshot(), 0);
  const { actions } = replica;
  const version = actions.version;
  const event = (userId: string, actionId: string, eventType: string, timestamp: number, sessionId = "") =>
    ActionInteraction.fromPartial({ userId, sessionId, actionId, eventType, timestamp });
  replica.apply(
    batchOf("1", {
      actions: [Action.fromPartial({ actionId: "trial", properties: '{"VALUE":3}' })],
      actionInteractions: [
        event("u", "club", "TAKEN", 15),
        event("", "brand-new", "VIEWED", 0, "session"),
        event("u", "club", "clicked", 16),
      ],
    }),
  );
  expect(actions.version).toBeGreaterThan(version);
  expect([actions.attribute(1, "VALUE"), actions.attribute(1, "KIND")]).toEqual(["3", ""]);
  expect(told(actions, replica.userIndex("u")).map(([action, outcome]) => `${action} ${outcome}`)).toEqual([
    "club NOT_TAKEN",
    "club TAKEN",
    "trial TAKEN",
  ]);
  const [[action, outcome, time] = []] = told(actions, replica.userIndex("session"));
  expect([action, outcome]).toEqual(["brand-new", "VIEWED"]);
  expect(Number(time), "now, since it says no time").toBeGreaterThan(1_700_000_000);
  expect(actions.occurrences[4 * actions.indexOf("club") + 2]).toBe(1);
});
