import { streamCall, unaryCall, type PalateError } from "@palate/host";
import { startMongo, type RunningMongo } from "@palate/mongo";
import { ExportFormat, IngestionMode, ResourceStatus } from "@palate/proto/dataset";
import { MongoClient, type Document } from "mongodb";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { filesWith, keyText } from "../support/encryption.js";
import { temporaryFolder } from "../support/mongo.js";
import { DATASET_TYPE_INTERACTIONS, Harness } from "./datasets-harness.js";

/** Ids of somebody and something that stand nowhere else. */
const [USER, ITEM, STREAMED_USER, STREAMED_ITEM] = ["somebody-41d7", "something-9c2e", "visitor-77ab", "thing-03fd"];
const IDS = [USER, ITEM, STREAMED_USER, STREAMED_ITEM];

let databaseFolder: string;
let mongo: RunningMongo;
let folder: string;
let service: Harness | undefined;

beforeAll(async () => {
  [databaseFolder, folder] = await Promise.all([temporaryFolder(), temporaryFolder()]);
  mongo = await startMongo({ dataDir: databaseFolder, engines: ["embedded"], probe: false });
});
afterEach(async () => {
  await service?.stop();
  service = undefined;
});
afterAll(async () => {
  await mongo?.stop();
  for (const each of [databaseFolder, folder]) await rm(each, { recursive: true, force: true });
});

async function start(prefix: string, keys: readonly string[], more: Record<string, string> = {}): Promise<Harness> {
  const env = { PALATE_DATASETS_FOLDER: path.join(folder, prefix), PALATE_ENCRYPTION_KEY: keys.join(","), ...more };
  return (service = await Harness.start(mongo.uri, prefix, env));
}

async function restart(prefix: string, keys: readonly string[]): Promise<Harness> {
  await service?.stop();
  return start(prefix, keys);
}

/** A file of interactions: those of somebody, and enough of others for several segments. */
function csvOf(rows: number): string {
  const lines = Array.from({ length: rows }, (_, n) => `u${n % 997},i${n % 313},17000${10_000 + n}`);
  return ["USER_ID,ITEM_ID,TIMESTAMP", `${USER},${ITEM},1700000000`, ...lines, ""].join("\n");
}

async function importRows(harness: Harness, group: string, rows: number): Promise<void> {
  const job = await harness.runImport(
    group,
    "rows",
    DATASET_TYPE_INTERACTIONS,
    await harness.upload("rows.csv", csvOf(rows)),
  );
  expect(job.failureReason).toBe("");
}

function putOne(harness: Harness, group: string): Promise<unknown> {
  return harness.putEvents(group, [
    { userId: STREAMED_USER, itemId: STREAMED_ITEM, timestamp: 1_700_000_001, eventType: "view", eventId: "e-1" },
  ]);
}

async function exported(harness: Harness, datasetGroup: string, jobName: string): Promise<string> {
  const { client } = harness;
  await unaryCall(client, client.createDatasetExportJob, {
    ...{ datasetGroup, jobName, datasetType: DATASET_TYPE_INTERACTIONS, destination: "" },
    ingestionMode: IngestionMode.INGESTION_MODE_ALL,
    format: ExportFormat.EXPORT_FORMAT_CSV,
  });
  for (;;) {
    const { datasetExportJob: job } = await unaryCall(client, client.getDatasetExportJob, { datasetGroup, jobName });
    if (job!.status >= ResourceStatus.RESOURCE_STATUS_ACTIVE) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return readExport(harness, datasetGroup, jobName);
}

async function readExport({ client }: Harness, datasetGroup: string, jobName: string): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const { data } of streamCall(client, client.readDatasetExport, { datasetGroup, jobName }))
    pieces.push(data);
  return Buffer.concat(pieces).toString();
}

/** Where any of the ids can be read, in the database's files or the service's. */
async function found(ids: readonly string[] = IDS): Promise<string[]> {
  return [...(await filesWith(databaseFolder, ids)), ...(await filesWith(folder, ids))];
}

describe("encrypted datasets", () => {
  test("can be found in no file of the database or the service", async () => {
    const harness = await start("nowhere", [keyText(1)], { PALATE_COMPACT_RECORDS: "50" });
    const { client } = harness;
    await harness.makeGroup("shop", ["interactions", "items"]);
    await importRows(harness, "shop", 30_000);
    await putOne(harness, "shop");
    // Compaction moves them into a file, and what comes after stays in the log.
    const others = Array.from({ length: 60 }, (_, n) => ({ userId: `v${n}`, itemId: "i1", timestamp: 1_700_000_002 }));
    await harness.putEvents("shop", others);
    await putOne(harness, "shop");
    await unaryCall(client, client.createFilter, {
      ...{ datasetGroup: "shop", name: "not-that" },
      expression: `EXCLUDE ItemID WHERE Items.ITEM_ID IN ("${ITEM}")`,
    });
    const waiting = await harness.upload("waiting.csv", csvOf(10));
    const wrong = await harness.upload("wrong.csv", `USER_ID,ITEM_ID,TIMESTAMP\n${USER},${ITEM},${USER}\n`);
    const refused = await harness.runImport("shop", "wrong", DATASET_TYPE_INTERACTIONS, wrong);
    expect(refused.problems[0]?.value).toBe(USER);
    const file = await exported(harness, "shop", "all");
    for (const id of IDS) expect(file).toContain(id);
    expect(waiting).toContain("upload://");
    await harness.stop();
    service = undefined;
    expect(await found()).toEqual([]);

    const again = await start("nowhere", [keyText(1)]);
    const rows = (await again.read("shop")).interactions.map((row) => row["USER_ID"]);
    expect(rows).toContain(USER);
    expect(rows).toContain(STREAMED_USER);
    expect(await readExport(again, "shop", "all")).toBe(file);
    const { client: other } = again;
    const name = { datasetGroup: "shop", jobName: "wrong" };
    const { datasetImportJob } = await unaryCall(other, other.getDatasetImportJob, name);
    expect(datasetImportJob).toEqual(refused);
    const { dataAnalysis } = await unaryCall(other, other.getDataAnalysis, { datasetGroup: "shop", jobName: "rows" });
    expect(dataAnalysis!.rows).toBe(30_001);
    const imported = await again.runImport("shop", "late", DATASET_TYPE_INTERACTIONS, waiting, { dryRun: true });
    expect(imported.rows).toBe(11);
    await again.stop();
    service = undefined;
    expect(await found()).toEqual([]);
  });

  test("without encryption stand in those files, so that looking there means something", async () => {
    const harness = await start("somewhere", []);
    await harness.makeGroup("plain-shop");
    await harness.putEvents("plain-shop", [{ userId: "plain-person-5e", itemId: "i1", timestamp: 1_700_000_000 }]);
    await harness.upload("waiting.csv", "USER_ID,ITEM_ID,TIMESTAMP\nplain-person-5e,i1,1700000000\n");
    await harness.stop();
    service = undefined;
    const places = await found(["plain-person-5e"]);
    expect(places.filter((place) => place.startsWith(databaseFolder))).not.toEqual([]);
    expect(places.filter((place) => place.startsWith(folder))).not.toEqual([]);
  });

  test("stay readable when encryption is switched on later, and when keys change", async () => {
    let harness = await start("mixed", []);
    await harness.makeGroup("shop");
    await importRows(harness, "shop", 100);
    await harness.putEvents("shop", [{ userId: "before", itemId: "i1", timestamp: 1_700_000_000 }]);
    const users = async () => (await harness.read("shop")).interactions.map((row) => row["USER_ID"]);
    const before = await users();
    harness = await restart("mixed", [keyText(1)]);
    expect(await users()).toEqual(before);
    await harness.putEvents("shop", [{ userId: "after", itemId: "i1", timestamp: 1_700_000_000 }]);
    harness = await restart("mixed", [keyText(2), keyText(1)]);
    expect(await users()).toEqual([...before, "after"]);
    harness = await restart("mixed", [keyText(2)]);
    expect(await users()).toEqual([...before, "after"]);
  });

  test("are not served without their key, which is named", async () => {
    const harness = await start("locked", [keyText(1)]);
    await harness.makeGroup("shop");
    await putOne(harness, "shop");
    for (const keys of [[], [keyText(7)]]) {
      const locked = await restart("locked", keys);
      const reading = locked.read("shop");
      await expect(reading).rejects.toMatchObject({ code: "failed_precondition" } satisfies Partial<PalateError>);
      await expect(reading).rejects.toThrow(/key-encryption key local:[0-9a-f]{12}/);
    }
  });

  test("are noticed when their local copies are damaged, and are fetched again", async () => {
    let harness = await start("copies", [keyText(1)]);
    await harness.makeGroup("shop");
    await importRows(harness, "shop", 5_000);
    const before = (await harness.read("shop")).interactions;
    await harness.stop();
    const files = path.join(folder, "copies", "files");
    const [name] = (await readdir(files, { recursive: true })).filter((file) => file.endsWith(".parquet"));
    const copy = path.join(files, name!);
    const right = await readFile(copy);
    for (const share of [0, 0.3, 0.99]) {
      const wrong = Buffer.from(right);
      wrong[Math.floor(right.length * share)]! ^= 4;
      await writeFile(copy, wrong);
      harness = await start("copies", [keyText(1)]);
      expect((await harness.read("shop")).interactions).toEqual(before);
      await harness.stop();
      expect((await readFile(copy)).equals(right)).toBe(true);
    }
    service = undefined;
  });

  test("of a deleted group cannot be read from a copy of the database", async () => {
    const harness = await start("shredded", [keyText(1)]);
    await harness.makeGroup("shop");
    await putOne(harness, "shop");
    const client = await MongoClient.connect(mongo.uri);
    try {
      const db = client.db("shredded_datasets");
      const copies = new Map<string, Document[]>();
      for (const { name } of await db.listCollections().toArray()) {
        if (name !== "encryption_keys") copies.set(name, await db.collection(name).find({}).toArray());
      }
      await unaryCall(harness.client, harness.client.deleteDatasetGroup, { name: "shop", force: true });
      expect(await db.collection("encryption_keys").find({}).toArray()).toEqual([]);
      await harness.stop();
      for (const [name, documents] of copies) {
        await db.collection(name).deleteMany({});
        for (const document of documents) await db.collection(name).insertOne(document);
      }
      await db.collection("trash").deleteMany({});
    } finally {
      await client.close();
    }
    const restored = await start("shredded", [keyText(1)]);
    await expect(restored.read("shop")).rejects.toMatchObject({ code: "failed_precondition" });
    await expect(restored.read("shop")).rejects.toThrow(/data key [0-9a-f]{16} of .*, which is gone/);
  });
});
