import { DuckDBInstance } from "@duckdb/node-api";
import { unaryCall } from "@palate/host";
import { ImportMode, Item, ResourceStatus, User } from "@palate/proto/dataset";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import {
  DATASET_TYPE_INTERACTIONS,
  DATASET_TYPE_ITEMS,
  DATASET_TYPE_USERS,
  Harness,
  SCHEMAS,
} from "./datasets-harness.js";

const { IMPORT_MODE_FULL, IMPORT_MODE_INCREMENTAL } = ImportMode;
const { RESOURCE_STATUS_ACTIVE, RESOURCE_STATUS_CREATE_FAILED } = ResourceStatus;
const HEADER = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE\n";

let mongo: TestMongo;
let harness: Harness;
beforeAll(async () => {
  mongo = await startTestMongo();
  harness = await Harness.start(mongo.uri, mongo.databaseName("d"));
});
afterAll(async () => {
  await harness?.stop();
  await mongo?.stop();
});

/** A gRPC error as the caller sees it. */
const refused = (code: string, text: RegExp | string) => {
  const message: unknown = typeof text === "string" ? text : expect.stringMatching(text);
  return expect.objectContaining({ code, message }) as unknown;
};
const failure = async (call: Promise<unknown>) => {
  const answered = call.then(() => "nothing was refused");
  return answered.catch((error: unknown) => error);
};

describe("resources", () => {
  test("dataset groups are created, found, listed page by page and deleted", async () => {
    const { client } = harness;
    for (const name of ["list-b", "list-a", "list-c"]) await unaryCall(client, client.createDatasetGroup, { name });
    const twin = failure(unaryCall(client, client.createDatasetGroup, { name: "list-a" }));
    expect(await twin).toEqual(refused("already_exists", /"list-a" exists already/));
    const wrong = failure(unaryCall(client, client.createDatasetGroup, { name: "no spaces" }));
    expect(await wrong).toEqual(refused("invalid_argument", /1 to 63 letters/));
    const names: string[] = [];
    let pageToken = "";
    do {
      const page = await unaryCall(client, client.listDatasetGroups, { pageSize: 2, pageToken });
      names.push(...page.datasetGroups.map((group) => group.name));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(names.filter((name) => name.startsWith("list-"))).toEqual(["list-a", "list-b", "list-c"]);
    await unaryCall(client, client.deleteDatasetGroup, { name: "list-a", force: false });
    const gone = failure(unaryCall(client, client.getDatasetGroup, { name: "list-a", uid: "" }));
    expect(await gone).toEqual(refused("not_found", /no dataset group "list-a"/));
  });

  test("a group with datasets is deleted only by force, and made anew it is empty", async () => {
    const { client } = harness;
    await harness.makeGroup("remake");
    await harness.putEvents("remake", [{ userId: "u", itemId: "i" }]);
    const careful = failure(unaryCall(client, client.deleteDatasetGroup, { name: "remake", force: false }));
    expect(await careful).toEqual(refused("failed_precondition", /still has datasets \(interactions\).*set force/));
    const follower = harness.follow("remake");
    await follower.until(() => follower.snapshots === 1);
    await unaryCall(client, client.deleteDatasetGroup, { name: "remake", force: true });
    await follower.ended();
    expect(follower.error).toEqual(refused("not_found", /deleted/));
    expect(await failure(harness.putEvents("remake", [{ userId: "u", itemId: "i" }]))).toEqual(
      refused("not_found", /no dataset group "remake"/),
    );
    await unaryCall(client, client.createDatasetGroup, { name: "remake" });
    const { datasets } = await unaryCall(client, client.listDatasets, { datasetGroup: "remake" });
    expect(datasets).toEqual([]);
  });

  test("schemas are checked, kept as they were given, and stay while a dataset uses them", async () => {
    const { client } = harness;
    const schema = JSON.stringify(SCHEMAS.items, null, 1);
    const created = await unaryCall(client, client.createSchema, { name: "mine", schema, datasetType: 0 });
    expect(created.schema).toMatchObject({ name: "mine", schema, datasetType: DATASET_TYPE_ITEMS });
    const broken = { name: "broken", schema: '{"type":"record","name":"Items","fields":[]}', datasetType: 0 };
    const thrown = await failure(unaryCall(client, client.createSchema, broken));
    expect(thrown).toEqual(refused("invalid_argument", /ITEM_ID is missing/));
    expect(thrown).toMatchObject({ details: { violations: [{ field: "fields" }, { field: "fields" }] } });
    await unaryCall(client, client.createDatasetGroup, { name: "uses" });
    const dataset = { datasetGroup: "uses", name: "items", datasetType: DATASET_TYPE_ITEMS, schemaName: "mine" };
    await unaryCall(client, client.createDataset, dataset);
    expect(await failure(unaryCall(client, client.deleteSchema, { name: "mine" }))).toEqual(
      refused("failed_precondition", /used by dataset "items" of group "uses"/),
    );
    await unaryCall(client, client.deleteDataset, { datasetGroup: "uses", datasetType: DATASET_TYPE_ITEMS });
    await unaryCall(client, client.deleteSchema, { name: "mine" });
    expect(await failure(unaryCall(client, client.getSchema, { name: "mine" }))).toEqual(
      refused("not_found", /"mine"/),
    );
  });

  test("a group has one dataset of a type, with a schema of that type", async () => {
    const { client } = harness;
    await harness.makeGroup("one", ["interactions", "items"]);
    const again = { datasetGroup: "one", name: "more", datasetType: DATASET_TYPE_ITEMS, schemaName: "one-items" };
    expect(await failure(unaryCall(client, client.createDataset, again))).toEqual(refused("already_exists", /Items/));
    const other = { datasetGroup: "one", name: "u", datasetType: DATASET_TYPE_USERS, schemaName: "one-items" };
    expect(await failure(unaryCall(client, client.createDataset, other))).toEqual(
      refused("invalid_argument", 'Schema "one-items" is for Items; dataset "u" needs one for Users.'),
    );
    const unknown = { ...other, schemaName: "nothing" };
    expect(await failure(unaryCall(client, client.createDataset, unknown))).toEqual(refused("not_found", /"nothing"/));
  });

  test("a schema is proposed from a file, and takes that file", async () => {
    const { client } = harness;
    const lines = Array.from({ length: 50 }, (_, i) => [
      `i${i}`,
      `"a long text about item ${i}, with commas and a story to tell"`,
      i % 2 ? "Drama|Crime" : "Drama",
      `${i}.5`,
      i,
    ]);
    const content = `itemId,Description,genres,price,stock\n${lines.map((line) => line.join(",")).join("\n")}\n`;
    const location = await harness.upload("items.csv", content);
    const proposed = await unaryCall(client, client.inferSchema, {
      location,
      datasetType: DATASET_TYPE_ITEMS,
      mapping: undefined,
    });
    const { fields } = JSON.parse(proposed.schema) as { fields: object[] };
    expect(fields).toEqual([
      { name: "ITEM_ID", type: "string" },
      { name: "DESCRIPTION", type: ["string", "null"], textual: true },
      { name: "GENRES", type: ["string", "null"], categorical: true },
      { name: "PRICE", type: ["float", "null"] },
      { name: "STOCK", type: ["long", "null"] },
    ]);
    expect(proposed.notes).toContainEqual(expect.stringMatching(/GENRES is categorical/));
    await unaryCall(client, client.createDatasetGroup, { name: "inferred" });
    await unaryCall(client, client.createSchema, { name: "inferred", schema: proposed.schema, datasetType: 0 });
    const dataset = { datasetGroup: "inferred", name: "i", datasetType: DATASET_TYPE_ITEMS, schemaName: "inferred" };
    await unaryCall(client, client.createDataset, dataset);
    expect((await harness.runImport("inferred", "j", DATASET_TYPE_ITEMS, location)).rows).toBe(50);
  });
});

describe("imports", () => {
  const rows = Array.from({ length: 3000 }, (_, i) => ({
    USER_ID: `u${i % 7}`,
    ITEM_ID: `i${(i * 31) % 101}`,
    TIMESTAMP: 1_600_000_000 + (i % 5),
    EVENT_TYPE: i % 3 ? "click" : null,
    EVENT_VALUE: i % 2 ? i / 10 : null,
    QUANTITY: i,
  }));

  test("in all formats give the same rows in the same order", async () => {
    const csv = `USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE,QUANTITY\n${rows
      .map((row) =>
        Object.values(row)
          .map((value) => value ?? "")
          .join(","),
      )
      .join("\n")}\n`;
    const json = rows.map((row) => JSON.stringify(row)).join("\n");
    await mkdir(harness.importFolder, { recursive: true });
    const parquet = path.join(harness.importFolder, "rows.parquet");
    const jsonFile = path.join(harness.importFolder, "rows.jsonl");
    await writeFile(jsonFile, json);
    const duckdb = await (await DuckDBInstance.create()).connect();
    await duckdb.run(`COPY (SELECT * FROM read_json('${jsonFile}')) TO '${parquet}' (FORMAT parquet)`);
    duckdb.closeSync();
    await harness.makeGroup("formats");
    const locations = {
      csv: await harness.upload("rows.csv", csv),
      csvgz: await harness.upload("rows.csv.gz", gzipSync(csv)),
      jsonl: await harness.upload("rows.jsonl", json),
      jsonlgz: await harness.upload("rows.jsonl.gz", gzipSync(json)),
      parquet,
    };
    for (const [name, location] of Object.entries(locations)) {
      const job = await harness.runImport("formats", name, DATASET_TYPE_INTERACTIONS, location);
      expect(job).toMatchObject({ status: RESOURCE_STATUS_ACTIVE, rows: 3000, failureReason: "", progress: 1 });
      expect((await harness.read("formats")).interactions).toEqual(rows);
    }
    const request = { datasetGroup: "formats", pageSize: 0, pageToken: "" };
    const { datasetImportJobs } = await unaryCall(harness.client, harness.client.listDatasetImportJobs, request);
    expect(datasetImportJobs.map((job) => job.jobName)).toEqual(Object.keys(locations).reverse());
  });

  test("FULL replaces imported rows, INCREMENTAL adds, streamed records stay, and the last write of an item wins", async () => {
    await harness.makeGroup("modes", ["items", "interactions"]);
    const put = (itemId: string, properties: string) =>
      unaryCall(harness.client, harness.client.putItems, {
        datasetGroup: "modes",
        items: [Item.fromPartial({ itemId, properties })],
      });
    const importItems = async (job: string, importMode: ImportMode, body: string) => {
      const file = await harness.upload("items.csv", `ITEM_ID,GENRES\n${body}`);
      const done = await harness.runImport("modes", job, DATASET_TYPE_ITEMS, file, { importMode });
      expect(done.failureReason).toBe("");
    };
    const items = async () => (await harness.read("modes")).items.map((row) => `${row["ITEM_ID"]}=${row["GENRES"]}`);
    await importItems("a", IMPORT_MODE_FULL, "1,one\n2,two\n");
    await put("1", '{"genres":"streamed"}');
    await importItems("b", IMPORT_MODE_INCREMENTAL, "2,zwei\n3,drei\n");
    expect(await items()).toEqual(["1=one", "2=two", "1=streamed", "2=zwei", "3=drei"]);
    await importItems("c", IMPORT_MODE_FULL, "4,vier\n");
    await put("4", '{"genres":"later"}');
    expect(await items()).toEqual(["1=streamed", "4=vier", "4=later"]);
    const request = { datasetGroup: "modes", datasetType: DATASET_TYPE_ITEMS };
    const { dataset } = await unaryCall(harness.client, harness.client.getDataset, request);
    expect(dataset?.statistics).toMatchObject({ importedRows: 1, streamedRows: 2 });
  });

  test("that fail, or only check, change nothing", async () => {
    await harness.makeGroup("safe");
    const good = await harness.upload("good.csv", `${HEADER}u,i,1,click,1\n`);
    await harness.runImport("safe", "good", DATASET_TYPE_INTERACTIONS, good);
    const before = await harness.read("safe");
    const bad = await harness.upload("bad.csv", `${HEADER}u,i,1,click,1\nu,j,1577836800000,click,1\nu,,2,,\n`);
    const job = await harness.runImport("safe", "bad", DATASET_TYPE_INTERACTIONS, bad);
    expect(job.status).toBe(RESOURCE_STATUS_CREATE_FAILED);
    expect(job.failureReason).toBe(
      "Interactions line 3: TIMESTAMP 1577836800000 is in milliseconds; divide by 1000, or set time.unit to MILLISECONDS in a mapping (and 1 more problem). The dataset is unchanged.",
    );
    expect(job).toMatchObject({ problemRows: 2, rows: 3 });
    expect(job.problems).toEqual([
      {
        file: "",
        line: 3,
        column: "TIMESTAMP",
        value: "1577836800000",
        message: "1577836800000 is in milliseconds; divide by 1000, or set time.unit to MILLISECONDS in a mapping",
      },
      { file: "", line: 4, column: "ITEM_ID", value: "", message: "is empty; ITEM_ID must have a value" },
    ]);
    const other = await harness.upload("other.csv", `${HEADER}x,y,5,click,1\n`);
    const dry = await harness.runImport("safe", "dry", DATASET_TYPE_INTERACTIONS, other, { dryRun: true });
    expect(dry).toMatchObject({ status: RESOURCE_STATUS_ACTIVE, rows: 1 });
    expect(await harness.read("safe")).toEqual(before);
  });

  test("are started once, however often they are asked for", async () => {
    await harness.makeGroup("retry");
    const location = await harness.upload("a.csv", `${HEADER}u,i,1,click,1\n`);
    const first = await harness.runImport("retry", "job", DATASET_TYPE_INTERACTIONS, location);
    const second = await harness.runImport("retry", "job", DATASET_TYPE_INTERACTIONS, location);
    expect(second).toEqual(first);
    const other = harness.runImport("retry", "job", DATASET_TYPE_INTERACTIONS, "upload://other");
    expect(await failure(other)).toEqual(refused("already_exists", /import job named "job"/));
  });

  test("read only files inside the import folders", async () => {
    await harness.makeGroup("folders");
    const outside = path.join(harness.importFolder, "..", "outside.csv");
    await mkdir(path.join(harness.importFolder), { recursive: true });
    await writeFile(outside, `${HEADER}u,i,1,click,1\n`);
    await symlink(outside, path.join(harness.importFolder, "link.csv"));
    const start = (location: string) => failure(harness.runImport("folders", "j", DATASET_TYPE_INTERACTIONS, location));
    const outsideMessage = refused("invalid_argument", /lies outside the import folders/);
    expect(await start(outside)).toEqual(outsideMessage);
    expect(await start(`${harness.importFolder}/../outside.csv`)).toEqual(outsideMessage);
    expect(await start(path.join(harness.importFolder, "link.csv"))).toEqual(outsideMessage);
    expect(await start("relative.csv")).toEqual(refused("invalid_argument", /not an absolute path/));
    expect(await start(path.join(harness.importFolder, "missing.csv"))).toEqual(refused("not_found", /missing\.csv/));
    expect(await start("upload://../../etc/passwd")).toEqual(refused("not_found", /Uploads are kept for a day/));
    expect(await start("")).toEqual(refused("invalid_argument", /location is missing/));
    expect(await failure(harness.upload("a.xlsx", "some content"))).toMatchObject({
      details: expect.stringMatching(/unknown ending/) as unknown,
    });
  });
});

describe("streamed records", () => {
  test("are read back as they were sent, by group name and by tracking id", async () => {
    const { client } = harness;
    await harness.makeGroup("stream", ["interactions", "items", "users"]);
    const tracker = await unaryCall(client, client.createEventTracker, { datasetGroup: "stream", name: "web" });
    const { trackingId } = tracker.eventTracker!;
    const { eventTrackers } = await unaryCall(client, client.listEventTrackers, { datasetGroup: "stream" });
    expect(eventTrackers).toEqual([tracker.eventTracker]);
    await harness.putEvents(trackingId, [
      {
        userId: "u",
        itemId: "i",
        timestamp: 5,
        eventType: "buy",
        eventValue: 2.5,
        properties: '{"quantity":3}',
        recommendationId: "rec",
        impression: ["i", "j"],
      },
      { sessionId: "s", itemId: "j", timestamp: 6 },
    ]);
    await unaryCall(client, client.putUsers, {
      datasetGroup: "stream",
      users: [User.fromPartial({ userId: "u", properties: '{"AGE":30}' })],
    });
    const read = await harness.read("stream");
    expect(read.interactions).toEqual([
      {
        USER_ID: "u",
        ITEM_ID: "i",
        TIMESTAMP: 5,
        EVENT_TYPE: "buy",
        EVENT_VALUE: 2.5,
        QUANTITY: 3,
        RECOMMENDATION_ID: "rec",
        IMPRESSION: "i|j",
        _SESSION_ID: null,
      },
      {
        USER_ID: "s",
        ITEM_ID: "j",
        TIMESTAMP: 6,
        EVENT_TYPE: null,
        EVENT_VALUE: null,
        QUANTITY: null,
        RECOMMENDATION_ID: null,
        IMPRESSION: null,
        _SESSION_ID: "s",
      },
    ]);
    expect(read.users).toEqual([{ USER_ID: "u", AGE: 30 }]);
    const unknown = `${trackingId.slice(0, 33)}${"0".repeat(32)}`;
    expect(await failure(harness.putEvents(unknown, [{ userId: "u", itemId: "i" }]))).toEqual(
      refused("not_found", /tracking id/),
    );
  });

  test("without a timestamp happen now", async () => {
    await harness.makeGroup("now");
    const before = Math.floor(Date.now() / 1000);
    await harness.putEvents("now", [{ userId: "u", itemId: "i" }]);
    const [row] = (await harness.read("now")).interactions;
    expect(row?.["TIMESTAMP"]).toBeGreaterThanOrEqual(before);
    expect(row?.["TIMESTAMP"]).toBeLessThanOrEqual(Date.now() / 1000);
  });

  test("with an event id count once, within a request and over requests", async () => {
    await harness.makeGroup("once");
    const event = { userId: "u", itemId: "i", eventId: "e1", timestamp: 1 };
    const first = await harness.putEvents("once", [event, event, { ...event, eventId: "e2" }]);
    expect(first.recorded).toBe(2);
    const retries = await Promise.all(Array.from({ length: 20 }, () => harness.putEvents("once", [event])));
    expect(retries.map((retry) => retry.recorded)).toEqual(Array(20).fill(0));
    expect((await harness.read("once")).interactions).toHaveLength(2);
  });

  test("are refused together when one is wrong, with its index", async () => {
    await harness.makeGroup("strict");
    const good = { userId: "u", itemId: "i" };
    const refusals: [object, RegExp][] = [
      [{ itemId: "i" }, /interactions\[1\]\.user_id: is missing; give user_id, or session_id/],
      [{ userId: "u" }, /interactions\[1\]\.item_id: is missing/],
      [{ ...good, userId: "x".repeat(257) }, /interactions\[1\]\.user_id: has 257 characters; at most 256/],
      [
        { ...good, timestamp: 1577836800000 },
        /interactions\[1\]\.timestamp: 1577836800000 is in milliseconds; divide by 1000/,
      ],
      [{ ...good, eventValue: Infinity }, /interactions\[1\]\.event_value: Infinity must be a finite number/],
      [{ ...good, properties: '{"colour":"red"}' }, /interactions\[1\]\.properties: the schema has no column "colour"/],
    ];
    for (const [bad, message] of refusals) {
      expect(await failure(harness.putEvents("strict", [good, bad]))).toEqual(refused("invalid_argument", message));
    }
    expect(await failure(harness.putEvents("strict", []))).toEqual(refused("invalid_argument", /1 to 10000/));
    expect((await harness.read("strict")).interactions).toEqual([]);
  });

  test("need a dataset of their type", async () => {
    await harness.makeGroup("lacking", ["items"]);
    expect(await failure(harness.putEvents("lacking", [{ userId: "u", itemId: "i" }]))).toEqual(
      refused("failed_precondition", /has no Interactions dataset; create one with CreateDataset/),
    );
    expect(await failure(harness.putEvents("nowhere", [{ userId: "u", itemId: "i" }]))).toEqual(
      refused("not_found", /no dataset group "nowhere"/),
    );
  });

  test("of a dataset that was deleted do not come back when it is made anew", async () => {
    const { client } = harness;
    await harness.makeGroup("anew");
    await harness.putEvents("anew", [{ userId: "u", itemId: "old" }]);
    const dataset = { datasetGroup: "anew", datasetType: DATASET_TYPE_INTERACTIONS };
    await unaryCall(client, client.deleteDataset, dataset);
    await unaryCall(client, client.createDataset, { ...dataset, name: "again", schemaName: "anew-interactions" });
    await harness.putEvents("anew", [{ userId: "u", itemId: "new" }]);
    expect((await harness.read("anew")).interactions.map((row) => row["ITEM_ID"])).toEqual(["new"]);
  });
});
