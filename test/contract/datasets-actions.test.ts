import { unaryCall } from "@palate/host";
import { Action, ActionInteraction, ResourceStatus, type PutActionInteractionsResponse } from "@palate/proto/dataset";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { DATASET_TYPE_ACTION_INTERACTIONS, DATASET_TYPE_ACTIONS, Harness } from "./datasets-harness.js";

let mongo: TestMongo;
let harness: Harness;
beforeAll(async () => {
  mongo = await startTestMongo();
  harness = await Harness.start(mongo.uri, mongo.databaseName("a"), { PALATE_COMPACT_RECORDS: "40" });
});
afterAll(async () => {
  await harness?.stop();
  await mongo?.stop();
});

const makeGroup = (name: string) => harness.makeGroup(name, ["interactions", "actions", "actionInteractions"]);

function putActions(datasetGroup: string, actions: readonly Partial<Action>[]) {
  const { client } = harness;
  const request = { datasetGroup, actions: actions.map((action) => Action.fromPartial(action)) };
  return unaryCall(client, client.putActions, request);
}

function put(
  datasetGroup: string,
  interactions: readonly Partial<ActionInteraction>[],
): Promise<PutActionInteractionsResponse> {
  const { client } = harness;
  const actionInteractions = interactions.map((given) => ActionInteraction.fromPartial(given));
  return unaryCall(client, client.putActionInteractions, { datasetGroup, actionInteractions });
}

describe("imports", () => {
  test("take actions and what users did about them, event types in Amazon's two spellings", async () => {
    await makeGroup("bulk");
    const actions = await harness.upload(
      "actions.csv",
      "ACTION_ID,VALUE,ACTION_EXPIRATION_TIMESTAMP,REPEAT_FREQUENCY,KIND\nloyalty,10,1900000000,30,club\ntrial,,,,\n",
    );
    const taken = await harness.upload(
      "taken.csv",
      "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP,CHANNEL\nu,loyalty,Not Taken,100,mail\nu,loyalty,TAKEN,200,\nv,trial,viewed,300,web\n",
    );
    const { status } = await harness.runImport("bulk", "a", DATASET_TYPE_ACTIONS, actions);
    expect(status).toBe(ResourceStatus.RESOURCE_STATUS_ACTIVE);
    await harness.runImport("bulk", "t", DATASET_TYPE_ACTION_INTERACTIONS, taken);
    const rows = await harness.read("bulk");
    expect(rows.actions).toEqual([
      {
        ACTION_ID: "loyalty",
        VALUE: 10,
        ACTION_EXPIRATION_TIMESTAMP: 1_900_000_000,
        REPEAT_FREQUENCY: 30,
        KIND: "club",
      },
      { ACTION_ID: "trial", VALUE: null, ACTION_EXPIRATION_TIMESTAMP: null, REPEAT_FREQUENCY: null, KIND: null },
    ]);
    expect(rows.actionInteractions).toEqual([
      { USER_ID: "u", ACTION_ID: "loyalty", EVENT_TYPE: "NOT_TAKEN", TIMESTAMP: 100, CHANNEL: "mail" },
      { USER_ID: "u", ACTION_ID: "loyalty", EVENT_TYPE: "TAKEN", TIMESTAMP: 200, CHANNEL: null },
      { USER_ID: "v", ACTION_ID: "trial", EVENT_TYPE: "VIEWED", TIMESTAMP: 300, CHANNEL: "web" },
    ]);
  });

  test("say which line breaks which rule", async () => {
    await makeGroup("wrong");
    const actions = await harness.upload(
      "actions.csv",
      "ACTION_ID,VALUE,ACTION_EXPIRATION_TIMESTAMP,REPEAT_FREQUENCY,KIND\na,11,,,\nb,,1900000000000,,\nc,,,31,\nd,ten,,,\n",
    );
    const job = await harness.runImport("wrong", "a", DATASET_TYPE_ACTIONS, actions);
    expect(job.status).toBe(ResourceStatus.RESOURCE_STATUS_CREATE_FAILED);
    expect(job.problems.map(({ line, column }) => [line, column])).toEqual([
      [2, "VALUE"],
      [3, "ACTION_EXPIRATION_TIMESTAMP"],
      [4, "REPEAT_FREQUENCY"],
      [5, "VALUE"],
    ]);
    expect(job.problems[0]!.message).toContain("from 1 to 10");
    const taken = await harness.upload("taken.csv", "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP,CHANNEL\nu,a,click,100,\n");
    const clicked = await harness.runImport("wrong", "t", DATASET_TYPE_ACTION_INTERACTIONS, taken);
    expect(clicked.problems[0]!.message).toContain("TAKEN, NOT_TAKEN, VIEWED");
  });
});

describe("streamed records", () => {
  test("reach a follower as they are committed, and a retry is recorded once", async () => {
    await makeGroup("live");
    const follower = harness.follow("live");
    await follower.until(() => follower.snapshots === 1);
    await putActions("live", [{ actionId: "offer", properties: '{"value": 7, "kind": ["a", "b"]}' }]);
    const event = { sessionId: "s", actionId: "offer", eventType: "Not Taken", timestamp: 5, eventId: "e1" };
    expect(await put("live", [event, { ...event, eventId: "e2", eventType: "Taken" }])).toMatchObject({ recorded: 2 });
    expect(await put("live", [event])).toMatchObject({ recorded: 0 });
    await follower.until(() => follower.batches.length === 2);
    expect(follower.batches[0]!.actions).toEqual([{ actionId: "offer", properties: '{"VALUE":7,"KIND":"a|b"}' }]);
    expect(follower.batches[1]!.actionInteractions).toMatchObject([
      { sessionId: "s", actionId: "offer", eventType: "NOT_TAKEN", timestamp: 5 },
      { eventType: "TAKEN" },
    ]);
    await follower.stop();
  });

  test("are in snapshots before and after they were compacted, a session's those of the user who signs in", async () => {
    await makeGroup("compact");
    await putActions("compact", [{ actionId: "a", properties: '{"VALUE":3}' }]);
    const event = { sessionId: "visitor", actionId: "a", eventType: "VIEWED", recommendationId: "r" };
    await put("compact", [{ ...event, timestamp: 1, eventId: "first" }]);
    const before = await harness.read("compact");
    expect(before.actionInteractions).toMatchObject([{ USER_ID: "visitor", ACTION_ID: "a", RECOMMENDATION_ID: "r" }]);
    const many = Array.from({ length: 60 }, (_, k) => ({ ...event, userId: `u${k}`, timestamp: 2 + k }));
    await put("compact", many);
    const { client } = harness;
    const statistics = async () => {
      const request = { datasetGroup: "compact", datasetType: DATASET_TYPE_ACTION_INTERACTIONS };
      return (await unaryCall(client, client.getDataset, request)).dataset!.statistics!;
    };
    while ((await statistics()).bytes === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await statistics()).streamedRows).toBe(61);
    const after = await harness.read("compact");
    expect(after.actions).toMatchObject([{ ACTION_ID: "a", VALUE: 3 }]);
    expect(after.actionInteractions).toHaveLength(61);
    expect(after.actionInteractions.slice(0, 2)).toMatchObject([
      { USER_ID: "u0", TIMESTAMP: 1, RECOMMENDATION_ID: "r" },
      { USER_ID: "u0", TIMESTAMP: 2 },
    ]);
    expect(await put("compact", [{ ...event, timestamp: 1, eventId: "first" }])).toMatchObject({ recorded: 0 });
  });

  test("are refused with the place of every problem, and nothing of the request is recorded", async () => {
    await makeGroup("refused");
    const request = put("refused", [
      { userId: "u", actionId: "a", eventType: "TAKEN" },
      { actionId: "", eventType: "bought", timestamp: 1_700_000_000_000 },
    ]);
    const error = await request.then(
      () => undefined,
      (thrown: { details: { violations: { field: string }[] } }) => thrown,
    );
    expect(error?.details.violations.map(({ field }) => field)).toEqual([
      "action_interactions[1].user_id",
      "action_interactions[1].action_id",
      "action_interactions[1].timestamp",
      "action_interactions[1].event_type",
    ]);
    await expect(putActions("refused", [{ actionId: "a", properties: '{"REPEAT_FREQUENCY": 90}' }])).rejects.toThrow(
      "REPEAT_FREQUENCY is 90; it must be from 0 to 30",
    );
    await harness.makeGroup("none");
    await expect(putActions("none", [{ actionId: "a" }])).rejects.toMatchObject({ code: "failed_precondition" });
    expect((await harness.read("refused")).actionInteractions).toEqual([]);
  });
});
