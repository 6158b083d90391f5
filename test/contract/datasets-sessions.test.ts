import { unaryCall } from "@palate/host";
import { ActionInteraction, ExportFormat, type Interaction } from "@palate/proto/dataset";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { DATASET_TYPE_INTERACTIONS, Harness } from "./datasets-harness.js";

let mongo: TestMongo;
let harness: Harness;
const env = { PALATE_COMPACT_RECORDS: "40" };
beforeAll(async () => {
  mongo = await startTestMongo();
  harness = await Harness.start(mongo.uri, mongo.databaseName("v"), env);
});
afterAll(async () => {
  await harness?.stop();
  await mongo?.stop();
});

const event = (userId: string, sessionId: string, itemId: string, timestamp = 1): Partial<Interaction> => ({
  ...{ userId, sessionId, itemId, timestamp },
});

/** Whose each interaction is, in order of arrival; of anonymous sessions, marked as such. */
async function owners(group: string): Promise<string[]> {
  const { interactions } = await harness.read(group);
  return interactions.map(({ USER_ID, ITEM_ID, _SESSION_ID }) => {
    if (_SESSION_ID != null) expect(_SESSION_ID).toBe(USER_ID);
    return `${USER_ID as string}${_SESSION_ID == null ? "" : "?"} ${ITEM_ID as string}`;
  });
}

/** Fills the log until it has been compacted. */
async function compact(group: string): Promise<void> {
  const filler = Array.from({ length: 45 }, (_, k) => event(`filler${k}`, "", "f"));
  const { client } = harness;
  const request = { datasetGroup: group, datasetType: DATASET_TYPE_INTERACTIONS };
  const bytes = async () => (await unaryCall(client, client.getDataset, request)).dataset!.statistics!.bytes;
  const before = await bytes();
  await harness.putEvents(group, filler);
  while ((await bytes()) === before) await new Promise((resolve) => setTimeout(resolve, 50));
}

const withoutFiller = (rows: string[]) => rows.filter((row) => !row.startsWith("filler"));

test("what a visitor did before signing in is the user's, in the log, in files and in both", async () => {
  await harness.makeGroup("join");
  await harness.putEvents("join", [event("", "s1", "a", 9), event("", "s2", "b", 5), event("", "s3", "c")]);
  expect(await owners("join")).toEqual(["s1? a", "s2? b", "s3? c"]);
  await harness.putEvents("join", [event("ann", "s1", "d")]);
  const joined = ["ann a", "s2? b", "s3? c", "ann d"];
  expect(await owners("join")).toEqual(joined);
  await compact("join");
  expect(withoutFiller(await owners("join"))).toEqual(joined);
  // The visitor's events are in a file, the sign-in is in the log; and then both are in files.
  await harness.putEvents("join", [event("bob", "s2", "e")]);
  expect(withoutFiller(await owners("join"))).toEqual(["ann a", "bob b", "s3? c", "ann d", "bob e"]);
  await compact("join");
  expect(withoutFiller(await owners("join"))).toEqual(["ann a", "bob b", "s3? c", "ann d", "bob e"]);
});

test("what follows without a user is that of the user who signed in last, over restarts", async () => {
  await harness.makeGroup("after");
  const follower = harness.follow("after");
  await follower.until(() => follower.snapshots === 1);
  await harness.putEvents("after", [event("", "s", "a"), event("ann", "s", "b"), event("", "s", "c")]);
  await harness.putEvents("after", [event("", "s", "d")]);
  await follower.until(() => follower.interactions.length === 4);
  expect(follower.interactions.map(({ userId }) => userId)).toEqual(["", "ann", "ann", "ann"]);
  await follower.stop();
  await harness.putEvents("after", [event("bob", "s", "e"), event("", "s", "f")]);
  const expected = ["ann a", "ann b", "ann c", "ann d", "bob e", "bob f"];
  expect(await owners("after")).toEqual(expected);
  await compact("after");
  const other = await Harness.start(mongo.uri, mongo.databaseName("v"), env);
  await other.putEvents("after", [event("", "s", "g")]);
  await other.stop();
  expect(withoutFiller(await owners("after"))).toEqual([...expected, "bob g"]);
});

test("signing in counts for what was done about actions too", async () => {
  await harness.makeGroup("acts", ["interactions", "actions", "actionInteractions"]);
  const seen = { sessionId: "s", actionId: "offer", eventType: "VIEWED", timestamp: 5 };
  const actionInteractions = [ActionInteraction.fromPartial(seen)];
  await unaryCall(harness.client, harness.client.putActionInteractions, { datasetGroup: "acts", actionInteractions });
  await harness.putEvents("acts", [event("ann", "s", "a")]);
  expect((await harness.read("acts")).actionInteractions).toMatchObject([{ USER_ID: "ann", _SESSION_ID: null }]);
});

test("exports have the user too", async () => {
  await harness.makeGroup("out");
  await harness.putEvents("out", [event("", "s1", "a"), event("", "s2", "b"), event("ann", "s1", "c")]);
  await compact("out");
  await harness.putEvents("out", [event("bob", "s2", "d")]);
  const { client } = harness;
  await unaryCall(client, client.createDatasetExportJob, {
    ...{ datasetGroup: "out", jobName: "all", datasetType: DATASET_TYPE_INTERACTIONS, ingestionMode: 0 },
    ...{ format: ExportFormat.EXPORT_FORMAT_CSV, destination: "" },
  });
  const job = { datasetGroup: "out", jobName: "all" };
  for (;;) {
    const { datasetExportJob } = await unaryCall(client, client.getDatasetExportJob, job);
    if (datasetExportJob!.rows > 0) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const chunks: Uint8Array[] = [];
  for await (const { data } of client.readDatasetExport(job)) chunks.push(data as Uint8Array);
  const lines = Buffer.concat(chunks).toString().split("\n");
  expect(lines.filter((line) => /^(ann|bob|s\d),/.test(line)).map((line) => line.split(",").slice(0, 2))).toEqual([
    ["ann", "a"],
    ["bob", "b"],
    ["ann", "c"],
    ["bob", "d"],
  ]);
});
