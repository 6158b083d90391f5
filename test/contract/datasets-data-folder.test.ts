import { streamCall, unaryCall } from "@palate/host";
import {
  DeletionKind,
  ExportFormat,
  ImportMode,
  IngestionMode,
  Item,
  ResourceStatus,
  type DatasetType,
} from "@palate/proto/dataset";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { startTestMongo, temporaryFolder, type TestMongo } from "../support/mongo.js";
import { DATASET_TYPE_INTERACTIONS, DATASET_TYPE_ITEMS, Harness } from "./datasets-harness.js";

/** Each part is the name of a column, of a dataset or of a table on the way, or reads as a pattern. */
const NAMED_LIKE_COLUMNS =
  "country=de/USER_ID=oops/ITEM_ID=oops/genres=oops/TIMESTAMP=7/_EVENT_ID=oops/c0=oops/json=oops/_row=3/id=oops/d?ta*[1]";

let mongo: TestMongo;
let folder: string;
beforeAll(async () => {
  [mongo, folder] = await Promise.all([startTestMongo(), temporaryFolder()]);
});
afterAll(async () => {
  await mongo?.stop();
  await rm(folder, { recursive: true, force: true });
});

type Call = Readonly<{ status: ResourceStatus; failureReason: string }>;

/** Waits for a job to end well. */
async function done(job: () => Promise<Call | undefined>): Promise<void> {
  for (;;) {
    const { status = 0, failureReason = "" } = (await job()) ?? {};
    expect(failureReason).toBe("");
    if (status >= ResourceStatus.RESOURCE_STATUS_ACTIVE) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function exported({ client }: Harness, jobName: string, datasetType: DatasetType, format: ExportFormat) {
  const job = { datasetGroup: "shop", jobName };
  const ingestionMode = IngestionMode.INGESTION_MODE_ALL;
  await unaryCall(client, client.createDatasetExportJob, {
    ...job,
    ...{ datasetType, format, ingestionMode, destination: "" },
  });
  await done(async () => (await unaryCall(client, client.getDatasetExportJob, job)).datasetExportJob);
  return () => fetched({ client }, job);
}

/** An export as it is kept now. */
async function fetched({ client }: Pick<Harness, "client">, job: { datasetGroup: string; jobName: string }) {
  const pieces: Buffer[] = [];
  for await (const { data } of streamCall(client, client.readDatasetExport, job)) pieces.push(data);
  return Buffer.concat(pieces);
}

/** Waits until streamed interactions are in a Parquet file. */
async function compacted(dataFolder: string): Promise<void> {
  for (;;) {
    const files = await readdir(dataFolder, { recursive: true });
    if (files.some((file) => /interactions-streamed-.*\.parquet$/.test(file))) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Everything that a service says about data that took every way into files and out of them. */
async function everything(dataFolder: string, database: string) {
  await mkdir(dataFolder, { recursive: true });
  const env = { PALATE_DATASETS_FOLDER: dataFolder, PALATE_COMPACT_RECORDS: "5" };
  let harness = await Harness.start(mongo.uri, mongo.databaseName(database), env);
  try {
    const { client } = harness;
    await harness.makeGroup("shop", ["interactions", "items"]);
    const lines = [
      { ITEM_ID: "i1", GENRES: "a|b" },
      { ITEM_ID: "i2", GENRES: "c" },
    ];
    const items = await harness.upload("i.jsonl", lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    await harness.runImport("shop", "items", DATASET_TYPE_ITEMS, items);
    const item = Item.create({ itemId: "i3", properties: '{"GENRES":"d"}' });
    await unaryCall(client, client.putItems, { datasetGroup: "shop", items: [item] });
    const header = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n";
    const locations = [
      await harness.upload("a.csv", `${header}u1,i1,1600000000,click\nu2,i2,1600000001,\n`),
      await harness.upload("b.csv", `${header}u3,i9,1600000002,view\n`),
    ];
    const first = await harness.runImport("shop", "first", DATASET_TYPE_INTERACTIONS, "", { locations });
    expect(first).toMatchObject({ failureReason: "", rows: 3 });
    const events = Array.from({ length: 6 }, (_, i) => ({
      ...{ userId: `v${i}`, itemId: `i${i}`, timestamp: 1600000010 + i, eventId: `e${i}`, impression: [`i${i}`, "i2"] },
    }));
    await harness.putEvents("shop", events);
    await compacted(dataFolder);
    await harness.putEvents("shop", [{ sessionId: "s", itemId: "i1", timestamp: 1600000020 }]);
    // What a new process finds in files: rows, event ids, sessions.
    await harness.stop();
    harness = await Harness.start(mongo.uri, mongo.databaseName(database), env);
    expect(await harness.putEvents("shop", events.slice(0, 1))).toMatchObject({ recorded: 0 });
    const before = await harness.read("shop");
    const csv = await exported(harness, "csv", DATASET_TYPE_INTERACTIONS, ExportFormat.EXPORT_FORMAT_CSV);
    const json = await exported(harness, "json", DATASET_TYPE_INTERACTIONS, ExportFormat.EXPORT_FORMAT_JSON_LINES);
    const table = await exported(harness, "items", DATASET_TYPE_ITEMS, ExportFormat.EXPORT_FORMAT_CSV);
    const texts = async () => (await Promise.all([csv(), json(), table()])).map(String);
    const exports = await texts();
    const parquet = await exported(harness, "parquet", DATASET_TYPE_ITEMS, ExportFormat.EXPORT_FORMAT_PARQUET);
    const again = await harness.upload("again.parquet", await parquet());
    expect(await harness.runImport("shop", "again", DATASET_TYPE_ITEMS, again)).toMatchObject({ failureReason: "" });
    await deleteUsers(harness, ["u1", "v1"]);
    const after = await harness.read("shop");
    const more = await harness.upload("c.csv", `${header}u4,i1,1600000030,click\n`);
    const { jobName } = await harness.runImport("shop", "more", DATASET_TYPE_INTERACTIONS, more, {
      importMode: ImportMode.IMPORT_MODE_INCREMENTAL,
    });
    const { dataAnalysis } = await unaryCall(harness.client, harness.client.getDataAnalysis, {
      datasetGroup: "shop",
      jobName,
    });
    const { unknownItems, users } = dataAnalysis!.interactions!;
    const rows = [before, after].map(({ interactions, items }) => ({ interactions, items }));
    return { rows, exports, rewritten: await texts(), figures: { unknownItems, users } };
  } finally {
    await harness.stop();
  }
}

async function deleteUsers({ client }: Harness, ids: string[]): Promise<void> {
  const job = { datasetGroup: "shop", jobName: "forget" };
  await unaryCall(client, client.createDataDeletionJob, { ...job, kind: DeletionKind.DELETION_KIND_USERS, ids });
  await done(async () => (await unaryCall(client, client.getDataDeletionJob, job)).dataDeletionJob);
}

describe("the data folder's path has no influence on data", () => {
  let plain: Awaited<ReturnType<typeof everything>>;

  test("where its name says nothing", async () => {
    plain = await everything(path.join(folder, "data"), "plain");
    expect(plain.rows[0]!.interactions.map((row) => row["ITEM_ID"])).toEqual([
      ...["i1", "i2", "i9", "i0", "i1", "i2", "i3", "i4", "i5", "i1"],
    ]);
    expect(plain.rewritten[0]).not.toEqual(plain.exports[0]);
  });

  test("where it has the names of columns and of patterns", async () => {
    expect(await everything(path.join(folder, NAMED_LIKE_COLUMNS), "named")).toEqual(plain);
  });
});
