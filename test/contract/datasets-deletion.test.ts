import { DuckDBInstance } from "@duckdb/node-api";
import { streamCall, unaryCall } from "@palate/host";
import { startMongo, type RunningMongo } from "@palate/mongo";
import {
  ActionInteraction,
  DeletionKind,
  ExportFormat,
  IngestionMode,
  Item,
  ResourceStatus,
  User,
  type DataDeletionJob,
  type DatasetType,
} from "@palate/proto/dataset";
import { Binary, MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { temporaryFolder } from "../support/mongo.js";
import {
  DATASET_TYPE_INTERACTIONS,
  DATASET_TYPE_ITEMS,
  DATASET_TYPE_USERS,
  Harness,
  rowsOf,
} from "./datasets-harness.js";

const { DELETION_KIND_ITEMS, DELETION_KIND_USERS } = DeletionKind;
const { RESOURCE_STATUS_ACTIVE } = ResourceStatus;
const DATABASE = "erasing";
const HEADER = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE\n";

let engine: RunningMongo;
let engineFolder: string;
let dataFolder: string;
let harness: Harness;
beforeAll(async () => {
  [engineFolder, dataFolder] = await Promise.all([temporaryFolder(), temporaryFolder()]);
  engine = await startMongo({ dataDir: engineFolder, engines: ["embedded"], probe: false });
  harness = await Harness.start(engine.uri, DATABASE, {
    PALATE_DATASETS_FOLDER: dataFolder,
    PALATE_COMPACT_RECORDS: "6",
  });
});
afterAll(async () => {
  await harness?.stop();
  await engine?.stop();
});

const refused = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as unknown }) as unknown;
const failure = (call: Promise<unknown>) =>
  call.then(
    () => "nothing was refused",
    (error: unknown) => error,
  );

/** Starts a deletion and waits until nothing stored holds the ids. */
async function erase(
  datasetGroup: string,
  jobName: string,
  kind: DeletionKind,
  ids: string[],
): Promise<DataDeletionJob> {
  const { client } = harness;
  await unaryCall(client, client.createDataDeletionJob, { datasetGroup, jobName, kind, ids });
  return erased(datasetGroup, jobName);
}

/** Waits until nothing stored holds the ids of a deletion. */
async function erased(datasetGroup: string, jobName: string): Promise<DataDeletionJob> {
  const { client } = harness;
  for (;;) {
    const { dataDeletionJob } = await unaryCall(client, client.getDataDeletionJob, { datasetGroup, jobName });
    if (dataDeletionJob!.status === RESOURCE_STATUS_ACTIVE) return dataDeletionJob!;
    expect(dataDeletionJob!.failureReason).toBe("");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function runExport(datasetGroup: string, jobName: string, datasetType: DatasetType, format: ExportFormat) {
  const { client } = harness;
  const ingestionMode = IngestionMode.INGESTION_MODE_ALL;
  const request = { datasetGroup, jobName, datasetType, format, ingestionMode, destination: "" };
  await unaryCall(client, client.createDatasetExportJob, request);
  for (;;) {
    const { datasetExportJob } = await unaryCall(client, client.getDatasetExportJob, { datasetGroup, jobName });
    if (datasetExportJob!.status >= RESOURCE_STATUS_ACTIVE) return datasetExportJob!;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function fetched(datasetGroup: string, jobName: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const { client } = harness;
  for await (const { data } of streamCall(client, client.readDatasetExport, { datasetGroup, jobName }))
    pieces.push(data);
  return Buffer.concat(pieces);
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) yield path.join(entry.parentPath, entry.name);
}

/** What text looks like in base64, wherever in a triple of bytes it begins; without its ends, which depend on neighbours. */
function encodings(text: string): Buffer[] {
  const shifted = [0, 1, 2].map((shift) => Buffer.from("x".repeat(shift) + text).toString("base64"));
  return [Buffer.from(text), ...shifted.map((code, shift) => Buffer.from(code.slice(shift === 0 ? 0 : 4, -4)))];
}

/** Files of the engine and of the service in which the bytes of an id are found, as they are or in base64. */
async function rawTraces(id: string): Promise<string[]> {
  const found: string[] = [];
  for (const folder of [engineFolder, dataFolder]) {
    for await (const file of filesBelow(folder)) {
      const content = await readFile(file).catch(() => Buffer.alloc(0));
      if (encodings(id).some((bytes) => content.includes(bytes))) found.push(path.relative(folder, file));
    }
  }
  return found;
}

/** Places in the database, unpacked down to the rows of Parquet files, in which an id is found. */
async function storedTraces(id: string): Promise<string[]> {
  const found: string[] = [];
  const mongo = await MongoClient.connect(engine.uri);
  const duckdb = await DuckDBInstance.create();
  const connection = await duckdb.connect();
  try {
    const db = mongo.db(`${DATABASE}_datasets`);
    for (const { name } of await db.listCollections().toArray()) {
      for (const document of await db.collection(name).find({}).toArray()) {
        const values = Object.values(document).map((value: unknown) =>
          value instanceof Binary ? Buffer.from(value.buffer).toString("latin1") : JSON.stringify(value),
        );
        if (values.some((value) => value?.includes(id))) found.push(`${name} ${String(document._id)}`);
      }
    }
    for await (const file of filesBelow(dataFolder)) {
      if (!file.endsWith(".parquet")) continue;
      const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${file}')`);
      if (JSON.stringify(reader.getRowsJson()).includes(id)) found.push(path.basename(file));
    }
  } finally {
    connection.closeSync();
    await mongo.close();
  }
  return found;
}

const USER = "somebody-to-forget-3f9c";
const SESSION = "session-to-forget-77aa";
const ITEM = "item-to-forget-51be";

/** A group that holds the user and the item in every kind of place. */
async function fill(name: string, ITEM = "item"): Promise<void> {
  const { client } = harness;
  await harness.makeGroup(name, ["interactions", "items", "users", "actions", "actionInteractions"]);
  const items = `ITEM_ID,GENRES,NUMBER_OF_RATINGS\n${ITEM},a|b,1\nother,c,2\n`;
  await harness.runImport(name, "items", DATASET_TYPE_ITEMS, await harness.upload("i.csv", items));
  await harness.runImport(
    name,
    "users",
    DATASET_TYPE_USERS,
    await harness.upload("u.csv", `USER_ID,AGE\n${USER},30\nann,31\n`),
  );
  const rows = `${HEADER}${USER},${ITEM},1000,click,1\n${USER},other,1001,click,1\nann,other,1002,click,1\nann,${ITEM},1003,click,2\n`;
  await harness.runImport(name, "first", DATASET_TYPE_INTERACTIONS, await harness.upload("e.csv", rows));
  // Seven records in the log are more than the service lets be: they become Parquet files soon.
  await harness.putEvents(name, [
    { userId: USER, itemId: "other", timestamp: 1004, impression: [ITEM, "other"] },
    { sessionId: SESSION, itemId: "other", timestamp: 1005 },
    { userId: USER, sessionId: SESSION, itemId: "third", timestamp: 1006 },
    { userId: "bob", itemId: "other", timestamp: 1007, impression: [ITEM, "third"] },
    { userId: "bob", itemId: ITEM, timestamp: 1008 },
    { userId: "bob", itemId: "third", timestamp: 1009 },
    { sessionId: "stranger", itemId: "third", timestamp: 1010 },
  ]);
  await harness.putEvents(name, [
    { userId: USER, itemId: "third", timestamp: 1011, eventType: "view" },
    { userId: "ann", itemId: "third", timestamp: 1012, impression: [ITEM] },
  ]);
  await unaryCall(client, client.putUsers, {
    datasetGroup: name,
    users: [User.create({ userId: USER, properties: '{"AGE":33}' })],
  });
  await unaryCall(client, client.putItems, {
    datasetGroup: name,
    items: [Item.create({ itemId: ITEM, properties: '{"GENRES":"z"}' })],
  });
  const taken = { actionId: "a1", eventType: "TAKEN", timestamp: 1013 };
  await unaryCall(client, client.putActionInteractions, {
    datasetGroup: name,
    actionInteractions: [USER, "ann"].map((userId) => ActionInteraction.fromPartial({ ...taken, userId })),
  });
  const bad = await harness.upload("bad.csv", `${HEADER}${USER},${ITEM},soon,click,1\n`);
  await harness.runImport(name, "failed", DATASET_TYPE_INTERACTIONS, bad);
  await runExport(name, "as-csv", DATASET_TYPE_INTERACTIONS, ExportFormat.EXPORT_FORMAT_CSV);
  await runExport(name, "as-lines", DATASET_TYPE_INTERACTIONS, ExportFormat.EXPORT_FORMAT_JSON_LINES);
  await runExport(name, "as-parquet", DATASET_TYPE_USERS, ExportFormat.EXPORT_FORMAT_PARQUET);
}

const usersOf = (rows: readonly Record<string, unknown>[]) =>
  [...new Set(rows.map((row) => String(row["USER_ID"])))].sort();

describe("a deleted user", () => {
  test("is gone for readers at once, and from every store, file and export by its bytes", async () => {
    await fill("forget");
    expect(await rawTraces(USER)).not.toEqual([]);
    expect((await storedTraces(USER)).length).toBeGreaterThan(4);
    const follower = harness.follow("forget");
    await follower.until(() => follower.snapshots === 1);
    const { client } = harness;
    const request = { datasetGroup: "forget", jobName: "one", kind: DELETION_KIND_USERS, ids: [USER] };
    const started = await unaryCall(client, client.createDataDeletionJob, request);
    await follower.until(() => follower.batches.some((batch) => batch.deletions));
    expect(follower.batches.find((batch) => batch.deletions)!.deletions).toEqual({
      userIds: [USER],
      itemIds: [],
      sessionIds: [SESSION],
    });
    expect(follower.snapshots).toBe(1);
    const while_ = await harness.read("forget");
    expect(usersOf(while_.interactions)).toEqual(["ann", "bob", "stranger"]);
    expect(started.dataDeletionJob!.cursor).not.toBe("");
    await follower.stop();

    const job = await erase("forget", "one", DELETION_KIND_USERS, [USER]);
    const after = await harness.read("forget");
    expect(usersOf(after.interactions)).toEqual(["ann", "bob", "stranger"]);
    expect(usersOf(after.users)).toEqual(["ann"]);
    expect(usersOf(after.actionInteractions)).toEqual(["ann"]);
    expect(after.interactions).toHaveLength(while_.interactions.length);
    for (const id of [USER, SESSION]) {
      expect(await storedTraces(id)).toEqual([]);
      expect(await rawTraces(id)).toEqual([]);
    }
    const places = Object.fromEntries(job.removals.map(({ place, objects, rows }) => [place, [objects > 0, rows]]));
    expect(places).toMatchObject({ exports: [true, 14], "users files": [true, expect.anything()], uploads: [true, 1] });
    expect(JSON.stringify(job)).not.toContain(USER);
    expect(job.idHashes).toHaveLength(2);
    const csv = (await fetched("forget", "as-csv")).toString();
    expect(csv).toContain("ann,item,1003");
    expect(csv).not.toMatch(new RegExp(`${USER}|${SESSION}`));
    const lines = (await fetched("forget", "as-lines")).toString();
    expect(lines.trim().split("\n")).toHaveLength(csv.trim().split("\n").length - 1);
  });

  test("that comes again is a new one", async () => {
    await harness.makeGroup("again", ["interactions"]);
    await harness.putEvents("again", [{ userId: USER, itemId: "old", timestamp: 1 }]);
    const follower = harness.follow("again");
    await follower.until(() => follower.snapshots === 1);
    await erase("again", "one", DELETION_KIND_USERS, [USER]);
    await harness.putEvents("again", [{ userId: USER, itemId: "new", timestamp: 2 }]);
    await follower.until(() => follower.interactions.length === 1);
    await follower.stop();
    expect((await harness.read("again")).interactions.map((row) => row["ITEM_ID"])).toEqual(["new"]);
    const second = await erase("again", "two", DELETION_KIND_USERS, [USER]);
    expect(second.numDeleted).toBe(1);
    expect((await harness.read("again")).interactions).toEqual([]);
  });

  test("is not brought back by files that the service had received before", async () => {
    await harness.makeGroup("late", ["interactions"]);
    const staged = await harness.upload("staged.csv", `${HEADER}${USER},i1,1,,\nann,i2,2,,\n`);
    await erase("late", "one", DELETION_KIND_USERS, [USER]);
    const job = await harness.runImport("late", "staged", DATASET_TYPE_INTERACTIONS, staged);
    expect(job.failureReason).toBe("");
    expect(usersOf((await harness.read("late")).interactions)).toEqual(["ann"]);
    const fresh = await harness.upload("fresh.csv", `${HEADER}${USER},i1,1,,\n`);
    await harness.runImport("late", "fresh", DATASET_TYPE_INTERACTIONS, fresh);
    expect(usersOf((await harness.read("late")).interactions)).toEqual([USER]);
  });

  test("is nobody else: other users, sessions of the same name and other groups stay", async () => {
    await harness.makeGroup("theirs", ["interactions"]);
    await harness.makeGroup("ours", ["interactions"]);
    await harness.putEvents("theirs", [{ userId: USER, itemId: "i" }]);
    await harness.putEvents("ours", [
      { sessionId: "ann", itemId: "shared" },
      { userId: USER, sessionId: "ann", itemId: "i" },
      { userId: "ann", itemId: "own" },
    ]);
    await erase("ours", "one", DELETION_KIND_USERS, [USER]);
    expect((await harness.read("ours")).interactions.map((row) => [row["USER_ID"], row["ITEM_ID"]])).toEqual([
      ["ann", "own"],
    ]);
    expect((await harness.read("theirs")).interactions).toHaveLength(1);
  });
});

describe("a deleted item", () => {
  test("is gone with its interactions and from what was on view beside others", async () => {
    await fill("items", ITEM);
    const job = await erase("items", "item", DELETION_KIND_ITEMS, [ITEM]);
    const after = await harness.read("items");
    expect(after.items.map((row) => row["ITEM_ID"])).toEqual(["other"]);
    expect(after.interactions.some((row) => row["ITEM_ID"] === ITEM)).toBe(false);
    expect(after.interactions.flatMap((row) => row["IMPRESSION"] ?? [])).toEqual(["other", "third"]);
    expect(usersOf(after.users)).toEqual(["ann", USER]);
    expect(await storedTraces(ITEM)).toEqual([]);
    expect(await rawTraces(ITEM)).toEqual([]);
    expect(job.numDeleted).toBeGreaterThan(5);
  });
});

describe("deletions", () => {
  test("are retried by name, listed, and checked", async () => {
    await harness.makeGroup("many", ["interactions"]);
    const { client } = harness;
    await erase("many", "a", DELETION_KIND_USERS, ["u1", "u2"]);
    expect((await erase("many", "a", DELETION_KIND_USERS, ["u1", "u2"])).ids).toBe(2);
    expect(await failure(erase("many", "a", DELETION_KIND_USERS, ["u1"]))).toEqual(
      refused("already_exists", /data deletion job named "a"/),
    );
    for (const [kind, ids, message] of [
      [0, ["u"], /kind is missing/],
      [DELETION_KIND_USERS, [], /ids has 0 entries/],
      [DELETION_KIND_USERS, ["u", ""], /ids\[1\] is empty/],
      [DELETION_KIND_ITEMS, ["x".repeat(257)], /257 characters/],
    ] as const) {
      expect(await failure(erase("many", "wrong", kind, [...ids]))).toEqual(refused("invalid_argument", message));
    }
    await erase("many", "b", DELETION_KIND_ITEMS, ["i"]);
    const list = await unaryCall(client, client.listDataDeletionJobs, {
      datasetGroup: "many",
      pageSize: 0,
      pageToken: "",
    });
    expect(list.dataDeletionJobs.map((job) => job.jobName)).toEqual(["b", "a"]);
    const { datasetGroup } = await unaryCall(client, client.getDatasetGroup, { name: "many", uid: "" });
    expect(datasetGroup!.lastDeletionCursor).toBe(list.dataDeletionJobs[0]!.cursor);
  });

  test("that a stop of the service breaks off go on after its start", async () => {
    await harness.makeGroup("broken-off", ["interactions"]);
    await harness.putEvents("broken-off", [
      { userId: "leaver-4d8a", itemId: "i" },
      { userId: "ann", itemId: "i" },
    ]);
    const { client } = harness;
    const request = { datasetGroup: "broken-off", jobName: "one", kind: DELETION_KIND_USERS, ids: ["leaver-4d8a"] };
    await unaryCall(client, client.createDataDeletionJob, request);
    await harness.stop();
    const folder = { PALATE_DATASETS_FOLDER: dataFolder, PALATE_COMPACT_RECORDS: "6" };
    harness = await Harness.start(engine.uri, DATABASE, folder);
    const job = await erased("broken-off", "one");
    expect(job.numDeleted).toBe(1);
    expect(await storedTraces("leaver-4d8a")).toEqual([]);
  });

  test("a reader that was away during one gets a snapshot without it", async () => {
    await harness.makeGroup("away", ["interactions"]);
    await harness.putEvents("away", [
      { userId: USER, itemId: "i" },
      { userId: "ann", itemId: "i" },
    ]);
    const { cursor } = await harness.read("away");
    await harness.putEvents("away", [{ userId: "ann", itemId: "j" }]);
    await erase("away", "one", DELETION_KIND_USERS, [USER]);
    const other = await Harness.start(engine.uri, DATABASE);
    try {
      const rows: Record<string, unknown>[] = [];
      const request = { datasetGroup: "away", fromCursor: cursor, follow: false };
      for await (const message of streamCall(other.client, other.client.read, request)) {
        if (message.snapshotChunk) rows.push(...rowsOf(message.snapshotChunk.arrowIpc));
      }
      expect(usersOf(rows)).toEqual(["ann"]);
    } finally {
      await other.stop();
    }
  });
});
