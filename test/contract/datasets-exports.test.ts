import { DuckDBInstance } from "@duckdb/node-api";
import { streamCall, unaryCall } from "@palate/host";
import {
  ExportFormat,
  ImportMode,
  IngestionMode,
  Item,
  ResourceStatus,
  type CreateDatasetExportJobRequest,
  type DatasetExportJob,
} from "@palate/proto/dataset";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { startTestMongo, temporaryFolder, type TestMongo } from "../support/mongo.js";
import { startTestS3, type TestS3 } from "../support/s3.js";
import { DATASET_TYPE_INTERACTIONS, DATASET_TYPE_ITEMS, DATASET_TYPE_USERS, Harness } from "./datasets-harness.js";

const { EXPORT_FORMAT_CSV, EXPORT_FORMAT_JSON_LINES, EXPORT_FORMAT_PARQUET } = ExportFormat;
const { INGESTION_MODE_ALL, INGESTION_MODE_BULK, INGESTION_MODE_UNSPECIFIED } = IngestionMode;
const { RESOURCE_STATUS_ACTIVE, RESOURCE_STATUS_CREATE_FAILED } = ResourceStatus;

let mongo: TestMongo;
let s3: TestS3;
let harness: Harness;
let folder: string;
beforeAll(async () => {
  [mongo, s3, folder] = await Promise.all([startTestMongo(), startTestS3("shop"), temporaryFolder()]);
  await mkdir(path.join(folder, "open"));
  harness = await Harness.start(mongo.uri, mongo.databaseName("x"), {
    ...s3.env,
    PALATE_S3_EXPORT_BUCKETS: "shop/out",
    PALATE_S3_BUCKETS: "shop",
    PALATE_EXPORT_FOLDERS: path.join(folder, "open"),
  });
});
afterAll(async () => {
  await harness?.stop();
  await Promise.all([mongo?.stop(), s3?.stop()]);
});

/** Runs an export job to its end. */
async function run(
  datasetGroup: string,
  jobName: string,
  more: Partial<CreateDatasetExportJobRequest> = {},
): Promise<DatasetExportJob> {
  const { client } = harness;
  const request = { datasetType: DATASET_TYPE_INTERACTIONS, ingestionMode: 0, format: 0, destination: "", ...more };
  await unaryCall(client, client.createDatasetExportJob, { datasetGroup, jobName, ...request });
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

const failure = (call: Promise<unknown>) =>
  call.then(
    () => "nothing was refused",
    (error: unknown) => error,
  );
const refused = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as unknown }) as unknown;

/** A group with imported and streamed interactions: u1 and u2 imported, u3 streamed between and u4 after a second import. */
async function filledGroup(name: string): Promise<void> {
  await harness.makeGroup(name, ["interactions", "items"]);
  const header = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE\n";
  const first = await harness.upload("a.csv", `${header}u1,i1,1000,click,1.5\nu2,"i,2",1001,,\n`);
  await harness.runImport(name, "first", DATASET_TYPE_INTERACTIONS, first);
  await harness.putEvents(name, [{ userId: "u3", itemId: "i3", timestamp: 1002, impression: ["i3", "i4"] }]);
  const second = await harness.upload("b.csv", `${header}u5,i5,1003,click,2\n`);
  await harness.runImport(name, "second", DATASET_TYPE_INTERACTIONS, second, {
    importMode: ImportMode.IMPORT_MODE_INCREMENTAL,
  });
  await harness.putEvents(name, [{ sessionId: "s4", itemId: "i4", timestamp: 1004, eventType: "view" }]);
}

describe("exports", () => {
  test("have the rows that were imported, streamed, or both, in order of arrival", async () => {
    await filledGroup("modes");
    const head = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE,QUANTITY,IMPRESSION\n";
    const all = await run("modes", "all", { ingestionMode: INGESTION_MODE_ALL });
    const text = (await fetched("modes", "all")).toString();
    expect(text).toBe(
      `${head}u1,i1,1000,click,1.5,,\nu2,"i,2",1001,,,,\nu3,i3,1002,,,,i3|i4\nu5,i5,1003,click,2.0,,\ns4,i4,1004,view,,,\n`,
    );
    expect(all).toMatchObject({ rows: 5, bytes: text.length, fileName: "modes-interactions-all.csv" });
    expect(all.sha256).toBe(createHash("sha256").update(text).digest("hex"));
    await run("modes", "bulk", { ingestionMode: INGESTION_MODE_BULK });
    expect((await fetched("modes", "bulk")).toString().match(/^[us]\d/gm)).toEqual(["u1", "u2", "u5"]);
    await run("modes", "put", { ingestionMode: INGESTION_MODE_UNSPECIFIED });
    expect((await fetched("modes", "put")).toString().match(/^[us]\d/gm)).toEqual(["u3", "s4"]);
  });

  test("come as Parquet and JSON lines too, and what was exported can be imported", async () => {
    await filledGroup("forms");
    await run("forms", "lines", { ingestionMode: INGESTION_MODE_ALL, format: EXPORT_FORMAT_JSON_LINES });
    const lines = (await fetched("forms", "lines")).toString().trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { USER_ID: string }).USER_ID)).toEqual([
      "u1",
      "u2",
      "u3",
      "u5",
      "s4",
    ]);
    await run("forms", "table", { ingestionMode: INGESTION_MODE_ALL, format: EXPORT_FORMAT_PARQUET });
    const file = path.join(folder, "table.parquet");
    await writeFile(file, await fetched("forms", "table"));
    const connection = await (await DuckDBInstance.create()).connect();
    const reader = await connection.runAndReadAll(`SELECT ITEM_ID, EVENT_VALUE FROM read_parquet('${file}')`);
    expect(reader.getRowsJson()[0]).toEqual(["i1", 1.5]);
    connection.closeSync();
    await run("forms", "csv", { ingestionMode: INGESTION_MODE_BULK, format: EXPORT_FORMAT_CSV });
    await harness.makeGroup("again");
    const copy = (await fetched("forms", "csv")).toString();
    const job = await harness.runImport(
      "again",
      "copy",
      DATASET_TYPE_INTERACTIONS,
      await harness.upload("c.csv", copy),
    );
    expect(job.failureReason).toBe("");
    const [original, imported] = await Promise.all([harness.read("forms"), harness.read("again")]);
    const plain = ({ USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE }: Record<string, unknown>) => [
      USER_ID,
      ITEM_ID,
      TIMESTAMP,
      EVENT_TYPE,
    ];
    expect(imported.interactions.map(plain)).toEqual(
      original.interactions.filter((row) => /u[125]/.test(row["USER_ID"] as string)).map(plain),
    );
  });

  test.each([
    ["csv", EXPORT_FORMAT_CSV],
    ["jsonl", EXPORT_FORMAT_JSON_LINES],
    ["parquet", EXPORT_FORMAT_PARQUET],
  ])("go back in as %s with event columns that the schema does not name", async (ending, format) => {
    const [group, copy] = [`out-${ending}`, `in-${ending}`];
    await filledGroup(group);
    await harness.putEvents(group, [{ userId: "u6", itemId: "i6", timestamp: 1005, recommendationId: "r1" }]);
    const wanted = { ingestionMode: INGESTION_MODE_ALL, format };
    await run(group, "all", wanted);
    const first = await fetched(group, "all");
    await harness.makeGroup(copy, ["interactions", "items"]);
    const location = await harness.upload(`rows.${ending}`, first);
    const job = await harness.runImport(copy, "copy", DATASET_TYPE_INTERACTIONS, location);
    expect(job).toMatchObject({ failureReason: "", rows: 6 });
    const { interactions } = await harness.read(copy);
    expect(interactions.map((row) => row["IMPRESSION"] ?? row["RECOMMENDATION_ID"])).toEqual([
      ...[null, null, "i3|i4", null, null, "r1"],
    ]);
    const { client } = harness;
    const analysed = await unaryCall(client, client.getDataAnalysis, { datasetGroup: copy, jobName: "copy" });
    expect(analysed.dataAnalysis!.columns.map(({ name }) => name).slice(-2)).toEqual([
      "RECOMMENDATION_ID",
      "IMPRESSION",
    ]);
    expect(analysed.dataAnalysis!.interactions!.withImpression).toBe(1);
    await run(copy, "all", wanted);
    expect((await fetched(copy, "all")).equals(first)).toBe(true);
  });

  test("event columns of one of several files are kept, and those that are empty everywhere are not", async () => {
    await harness.makeGroup("several");
    const locations = [
      await harness.upload("a.csv", "USER_ID,ITEM_ID,TIMESTAMP,RECOMMENDATION_ID\nu1,i1,1000,\n"),
      await harness.upload("b.csv", "impression,USER_ID,ITEM_ID,TIMESTAMP\ni1|i2,u2,i2,1001\n"),
    ];
    const job = await harness.runImport("several", "both", DATASET_TYPE_INTERACTIONS, "", { locations });
    expect(job.failureReason).toBe("");
    await run("several", "all", { ingestionMode: INGESTION_MODE_ALL });
    expect((await fetched("several", "all")).toString()).toBe(
      "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE,QUANTITY,IMPRESSION\nu1,i1,1000,,,,\nu2,i2,1001,,,,i1|i2\n",
    );
  });

  test("an empty dataset has a header, and one that is not there cannot be exported", async () => {
    await filledGroup("bare");
    const job = await run("bare", "items", { datasetType: DATASET_TYPE_ITEMS });
    expect(job).toMatchObject({ status: RESOURCE_STATUS_ACTIVE, rows: 0 });
    expect((await fetched("bare", "items")).toString()).toBe("ITEM_ID,GENRES,NUMBER_OF_RATINGS\n");
    const { client } = harness;
    await unaryCall(client, client.putItems, {
      datasetGroup: "bare",
      items: [Item.create({ itemId: "i1", properties: '{"GENRES":"a|b"}' })],
    });
    await run("bare", "one-item", { datasetType: DATASET_TYPE_ITEMS });
    expect((await fetched("bare", "one-item")).toString()).toContain("i1,a|b,\n");
    const none = failure(run("bare", "users", { datasetType: DATASET_TYPE_USERS }));
    expect(await none).toEqual(refused("failed_precondition", /no Users dataset/));
  });

  test("go into export folders and buckets, overwrite nothing and go nowhere else", async () => {
    await filledGroup("out");
    const inFolder = await run("out", "to-folder", {
      destination: `${folder}/open/`,
      ingestionMode: INGESTION_MODE_ALL,
    });
    expect(inFolder).toMatchObject({ destination: `${folder}/open/out-interactions-to-folder.csv`, rows: 5 });
    expect((await readFile(inFolder.destination, "utf8")).split("\n")).toHaveLength(7);
    expect(await failure(fetched("out", "to-folder"))).toEqual(refused("failed_precondition", /laid down at/));
    const twice = failure(run("out", "twice", { destination: inFolder.destination }));
    expect(await twice).toEqual(refused("already_exists", /exists already/));
    for (const destination of [`${folder}/x.csv`, `${folder}/open/../x.csv`, "x.csv", "ftp://x/y"]) {
      expect(await failure(run("out", "away", { destination }))).toEqual(refused("invalid_argument", /destination/));
    }
    const inBucket = await run("out", "to-bucket", {
      destination: "s3://shop/out/rows.csv",
      ingestionMode: INGESTION_MODE_BULK,
    });
    expect(inBucket).toMatchObject({ status: RESOURCE_STATUS_ACTIVE, destination: "s3://shop/out/rows.csv", rows: 3 });
    await harness.makeGroup("back");
    const back = await harness.runImport("back", "b", DATASET_TYPE_INTERACTIONS, inBucket.destination);
    expect(back).toMatchObject({ failureReason: "", rows: 3 });
    const taken = await run("out", "to-bucket-again", { destination: "s3://shop/out/rows.csv" });
    expect(taken).toMatchObject({ status: RESOURCE_STATUS_CREATE_FAILED });
    expect(taken.failureReason).toMatch(/exists already/);
    const closed = failure(run("out", "closed", { destination: "s3://shop/elsewhere/rows.csv" }));
    expect(await closed).toEqual(refused("invalid_argument", /not among the S3 locations that may be written/));
  });

  test("jobs are listed newest first, retried by name, and deleted with their files", async () => {
    await filledGroup("jobs");
    const { client } = harness;
    for (const name of ["a", "b", "c"]) await run("jobs", name);
    const again = await run("jobs", "a");
    expect(again.jobName).toBe("a");
    const other = failure(run("jobs", "a", { format: EXPORT_FORMAT_PARQUET }));
    expect(await other).toEqual(refused("already_exists", /dataset export job named "a"/));
    const { datasetExportJobs, nextPageToken } = await unaryCall(client, client.listDatasetExportJobs, {
      datasetGroup: "jobs",
      pageSize: 2,
      pageToken: "",
    });
    expect(datasetExportJobs.map((job) => job.jobName)).toEqual(["c", "b"]);
    expect(nextPageToken).not.toBe("");
    await unaryCall(client, client.deleteDatasetExportJob, { datasetGroup: "jobs", jobName: "a" });
    expect(await failure(fetched("jobs", "a"))).toEqual(refused("not_found", /no dataset export job "a"/));
  });
});
