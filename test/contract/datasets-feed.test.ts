import { unaryCall } from "@palate/host";
import { Item } from "@palate/proto/dataset";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { DATASET_TYPE_INTERACTIONS, DATASET_TYPE_ITEMS, Harness } from "./datasets-harness.js";

let mongo: TestMongo;
let prefix: string;
let harness: Harness;
/** A second service on the same database. */
let other: Harness;
beforeAll(async () => {
  mongo = await startTestMongo();
  prefix = mongo.databaseName("f");
  // A log of this length is compacted again and again while the tests run.
  const env = { PALATE_COMPACT_RECORDS: "40" };
  harness = await Harness.start(mongo.uri, prefix, env);
  other = await Harness.start(mongo.uri, prefix, env);
});
afterAll(async () => {
  await harness?.stop();
  await other?.stop();
  await mongo?.stop();
});

const ids = (rows: readonly { itemId: string }[]) => rows.map((row) => row.itemId);
const imported = (rows: readonly Record<string, unknown>[]) => rows.map((row) => String(row["ITEM_ID"]));

/** The Parquet files of streamed rows that a group has, by the manifest in its log. */
async function streamedFiles(group: string): Promise<{ kind: string; rows: number }[]> {
  const client = await new MongoClient(mongo.uri).connect();
  try {
    const db = client.db(`${prefix}_datasets`);
    const found = await db.collection<{ _id: string; logId: string }>("dataset_groups").findOne({ _id: group });
    const log = db.collection<{ manifest?: string }>(`log_${found!.logId}`);
    const documents = await log.find({}).sort({ _id: 1 }).toArray();
    const newest = documents.flatMap((document) => document.manifest ?? []).at(-1);
    const manifest = JSON.parse(newest ?? "{}") as { datasets?: { files: { kind: string; rows: number }[] }[] };
    const files = (manifest.datasets ?? []).flatMap((dataset) => dataset.files);
    return files.filter((file) => file.kind === "streamed");
  } finally {
    await client.close();
  }
}

/** Waits until so many streamed rows of a group are in Parquet files. */
async function compacted(group: string, rows: number): Promise<void> {
  for (;;) {
    const files = await streamedFiles(group);
    if (files.reduce((sum, file) => sum + file.rows, 0) >= rows) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("a follower", () => {
  test("gets the snapshot, then every change as it is committed, and heartbeats", async () => {
    await harness.makeGroup("live", ["interactions", "items"]);
    await harness.putEvents("live", [{ userId: "u", itemId: "before" }]);
    const follower = harness.follow("live");
    await follower.until(() => follower.snapshots === 1);
    await follower.until(() => follower.messages.some((message) => message.heartbeat));
    const put = await harness.putEvents("live", [{ userId: "u", itemId: "after", eventType: "buy" }]);
    await unaryCall(harness.client, harness.client.putItems, {
      datasetGroup: "live",
      items: [Item.fromPartial({ itemId: "after", properties: '{"numberOfRatings":"7"}' })],
    });
    await follower.until(() => follower.batches.length === 2);
    expect(follower.batches[0]).toMatchObject({
      cursor: put.cursor,
      interactions: [{ userId: "u", itemId: "after", eventType: "buy" }],
    });
    expect(follower.batches[1]!.items).toEqual([{ itemId: "after", properties: '{"NUMBER_OF_RATINGS":7}' }]);
    const [start] = follower.messages;
    expect(start?.snapshotStart?.expectedRows).toBe(1);
    expect(start?.snapshotStart?.datasets.map((dataset) => dataset.datasetType).sort()).toEqual([1, 2]);
    await follower.stop();
  });

  test("goes on from its cursor without a snapshot", async () => {
    await harness.makeGroup("resume");
    const { cursor } = await harness.putEvents("resume", [{ userId: "u", itemId: "1" }]);
    await harness.putEvents("resume", [{ userId: "u", itemId: "2" }]);
    await harness.putEvents("resume", [{ userId: "u", itemId: "3" }]);
    const follower = harness.follow("resume", cursor);
    await follower.until(() => follower.interactions.length === 2);
    expect(ids(follower.interactions)).toEqual(["2", "3"]);
    expect(follower.snapshots).toBe(0);
    await follower.stop();
  });

  test.each(["", "nonsense", "00000000000000000000000000000000.5"])(
    "with the cursor %j gets a snapshot",
    async (cursor) => {
      const name = `cursor${cursor.length}`;
      await harness.makeGroup(name);
      const follower = harness.follow(name, cursor);
      await follower.until(() => follower.snapshots === 1);
      await follower.stop();
    },
  );

  test("gets a new snapshot when an import replaces the data, and after it only what is newer", async () => {
    await harness.makeGroup("swap");
    await harness.putEvents("swap", [{ userId: "u", itemId: "streamed" }]);
    const follower = harness.follow("swap");
    await follower.until(() => follower.snapshots === 1);
    const location = await harness.upload("a.csv", "USER_ID,ITEM_ID,TIMESTAMP\nu,bulk,1\n");
    await harness.runImport("swap", "j", DATASET_TYPE_INTERACTIONS, location);
    await follower.until(() => follower.snapshots === 2);
    await harness.putEvents("swap", [{ userId: "u", itemId: "newer" }]);
    await follower.until(() => follower.interactions.length === 1);
    expect(ids(follower.interactions)).toEqual(["newer"]);
    expect(imported((await harness.read("swap")).interactions)).toEqual(["streamed", "bulk", "newer"]);
    await follower.stop();
  });

  test("notices no compaction: nothing is lost, nothing comes twice, and no new snapshot is sent", async () => {
    await harness.makeGroup("compact");
    const follower = harness.follow("compact");
    await follower.until(() => follower.snapshots === 1);
    const sent = Array.from({ length: 300 }, (_, i) => `i${i}`);
    for (const itemId of sent) await harness.putEvents("compact", [{ userId: "u", itemId, eventId: itemId }]);
    await follower.until(() => follower.interactions.length >= 300);
    await compacted("compact", 200);
    expect(ids(follower.interactions)).toEqual(sent);
    expect(follower.snapshots).toBe(1);
    expect(imported((await harness.read("compact")).interactions)).toEqual(sent);
    await follower.stop();
    // A service that starts now knows the event ids of the files too.
    const third = await Harness.start(mongo.uri, prefix);
    const retry = await third.putEvents("compact", [{ userId: "u", itemId: "i0", eventId: "i0" }]);
    expect(retry.recorded).toBe(0);
    expect(imported((await third.read("compact")).interactions)).toEqual(sent);
    await third.stop();
  });

  test("reads order of arrival across compaction and imports", async () => {
    await harness.makeGroup("order", ["items"]);
    const put = (from: number, to: number, genres: string) =>
      unaryCall(harness.client, harness.client.putItems, {
        datasetGroup: "order",
        items: Array.from({ length: to - from }, (_, i) =>
          Item.fromPartial({ itemId: `${from + i}`, properties: JSON.stringify({ genres }) }),
        ),
      });
    await put(0, 30, "early");
    const location = await harness.upload("a.csv", "ITEM_ID,GENRES\n5,imported\n");
    await harness.runImport("order", "j", DATASET_TYPE_ITEMS, location);
    await put(6, 40, "late");
    await compacted("order", 64);
    const last = new Map((await harness.read("order")).items.map((row) => [row["ITEM_ID"], row["GENRES"]]));
    expect([last.get("4"), last.get("5"), last.get("6")]).toEqual(["early", "imported", "late"]);
  });
});

test("small streamed files grow together, and keep columns that only some events have", async () => {
  await harness.makeGroup("grow", ["items", "interactions"]);
  for (let round = 1; round <= 3; round++) {
    const recommendationId = round === 2 ? "rec" : "";
    await unaryCall(harness.client, harness.client.putItems, {
      datasetGroup: "grow",
      items: Array.from({ length: 39 }, (_, i) => Item.fromPartial({ itemId: `${round}-${i}` })),
    });
    await harness.putEvents("grow", [{ userId: "u", itemId: `${round}`, eventId: `e${round}`, recommendationId }]);
    await compacted("grow", 40 * round);
  }
  const read = await harness.read("grow");
  expect(read.items).toHaveLength(117);
  expect(read.interactions.map((row) => [row["ITEM_ID"], row["RECOMMENDATION_ID"]])).toEqual([
    ["1", null],
    ["2", "rec"],
    ["3", null],
  ]);
  // Three rows of interactions in one file; items in files of 39 and 78 rows that were each worth keeping.
  expect((await streamedFiles("grow")).map((file) => file.rows).sort((a, b) => a - b)).toEqual([3, 39, 78]);
});

describe("two services on one database", () => {
  test("write gapless commits of which none is lost, and followers of both see all of them in one order", async () => {
    await harness.makeGroup("both");
    const first = harness.follow("both");
    const second = other.follow("both");
    await Promise.all([first.until(() => first.snapshots > 0), second.until(() => second.snapshots > 0)]);
    const send = async (service: Harness, name: string) => {
      for (let i = 0; i < 60; i++) await service.putEvents("both", [{ userId: name, itemId: `${name}${i}` }]);
    };
    const lanes = ["a", "b", "c"].flatMap((lane) => [send(harness, `h${lane}`), send(other, `o${lane}`)]);
    await Promise.all(lanes);
    const all = (count: number) => count === 360;
    await Promise.all([
      first.until(() => all(first.interactions.length)),
      second.until(() => all(second.interactions.length)),
    ]);
    expect(ids(first.interactions)).toEqual(ids(second.interactions));
    expect(new Set(ids(first.interactions)).size).toBe(360);
    const sequences = first.batches.map((batch) => Number(batch.cursor.split(".")[1]));
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    const rows = imported((await other.read("both")).interactions);
    expect(rows).toEqual(ids(first.interactions));
    await Promise.all([first.stop(), second.stop()]);
  });

  test("count an event id once between them", async () => {
    await harness.makeGroup("dedupe");
    await other.read("dedupe");
    const events = Array.from({ length: 20 }, (_, i) => ({ userId: "u", itemId: `${i}`, eventId: `e${i}` }));
    const answers = await Promise.all(
      events.flatMap((event) => [harness.putEvents("dedupe", [event]), other.putEvents("dedupe", [event])]),
    );
    expect(answers.reduce((sum, answer) => sum + answer.recorded, 0)).toBe(20);
    expect((await other.read("dedupe")).interactions).toHaveLength(20);
  });

  test("see each other's datasets and imports at once", async () => {
    await harness.makeGroup("shared");
    await other.read("shared");
    const location = await harness.upload("a.csv", "USER_ID,ITEM_ID,TIMESTAMP\nu,bulk,1\n");
    await harness.runImport("shared", "j", DATASET_TYPE_INTERACTIONS, location);
    expect(imported((await other.read("shared")).interactions)).toEqual(["bulk"]);
    await other.putEvents("shared", [{ userId: "u", itemId: "streamed" }]);
    expect(imported((await harness.read("shared")).interactions)).toEqual(["bulk", "streamed"]);
  });
});
