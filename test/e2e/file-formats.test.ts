import { DuckDBInstance } from "@duckdb/node-api";
import type { RunningGateway } from "@palate/gateway";
import { Int64, Table, tableToIPC, TimestampMillisecond, Utf8, vectorFromArray } from "apache-arrow";
import avro from "avsc";
import { once } from "node:events";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { palateJson } from "../cli/palate-command.js";
import { Harness } from "../contract/datasets-harness.js";
import { ask, gatewayWith } from "../contract/gateway-client.js";
import { startTestMongo, temporaryFolder, type TestMongo } from "../support/mongo.js";

vi.setConfig({ testTimeout: 120_000 });

/** Events by names that are not the dataset's: user, item, second and type. */
const EVENTS = [
  { visitorid: "u1", sku: 7n, time: 1_700_000_000, event: "view" },
  { visitorid: "ü", sku: 9007199254740993n, time: 1_700_000_001, event: "buy" },
  { visitorid: "u1", sku: 12n, time: 1_700_000_002, event: null },
] as const;

/** The same as they must be stored. */
const STORED = EVENTS.map(({ visitorid, sku, time, event }) => ({
  USER_ID: visitorid,
  ITEM_ID: String(sku),
  TIMESTAMP: time,
  EVENT_TYPE: event,
}));

/** CSV of them with times such as 2023-11-14T22:13:20.000Z, by bzip2 and by zstd. */
const BZIP2 =
  "QlpoOTFBWSZTWZMb9l8AAERbjAAQAAd+sAQQFiufoAAECAAgAGor1MmhDQ00aAbUEaTTIg0A00Bot2dtLspSNUrWxwDxBsymNTBhtGiLHh1BnsCGaI9QZTERaoMwwhNwSLXOgSvUSDBA1OaonqUOpO3cpwVpLZixQy5+P8XckU4UJCTG/ZfA";
const ZSTD =
  "KLUv/SCNJQMA0gUVHbAnHcCSJN687b04ujVPzegsj5D7kr1lmmQncXoCport4+4JFvhBNEoIOcQnG6tYGITKVsX24UvOkzsAuvEb53xNPTOroJqqIuQqGywV5MGwcskWBABGE18hDBjuqYk6Aw==";

function arrow(kind: "file" | "stream"): Buffer {
  const table = new Table({
    visitorid: vectorFromArray(
      EVENTS.map(({ visitorid }) => visitorid),
      new Utf8(),
    ),
    sku: vectorFromArray(
      EVENTS.map(({ sku }) => sku),
      new Int64(),
    ),
    time: vectorFromArray(
      EVENTS.map(({ time }) => time * 1000),
      new TimestampMillisecond("UTC"),
    ),
    event: vectorFromArray(
      EVENTS.map(({ event }) => event),
      new Utf8(),
    ),
  });
  return Buffer.from(tableToIPC(table, kind));
}

async function avroFile(): Promise<Buffer> {
  const fields = [
    { name: "visitorid", type: "string" },
    { name: "sku", type: "string" },
    { name: "time", type: "long" },
    { name: "event", type: ["null", "string"] },
  ];
  const type = avro.Type.forSchema({ type: "record", name: "Event", fields } as avro.Schema, { wrapUnions: "never" });
  const encoder = new avro.streams.BlockEncoder(type, { codec: "deflate" });
  const parts: Buffer[] = [];
  encoder.on("data", (part: Buffer) => parts.push(part));
  for (const event of EVENTS) encoder.write({ ...event, sku: String(event.sku) });
  encoder.end();
  await once(encoder, "end");
  return Buffer.concat(parts);
}

async function parquet(folder: string): Promise<Buffer> {
  const file = path.join(folder, "made.parquet");
  const rows = EVENTS.map(
    ({ visitorid, sku, time, event }) =>
      `('${visitorid}', ${sku}, to_timestamp(${time}), ${event === null ? "NULL" : `'${event}'`})`,
  );
  const database = await DuckDBInstance.create(":memory:");
  const connection = await database.connect();
  await connection.run(
    `COPY (SELECT * FROM (VALUES ${rows.join(", ")}) t(visitorid, sku, "time", event)) TO '${file}' (FORMAT parquet)`,
  );
  connection.closeSync();
  database.closeSync();
  return readFile(file);
}

const FILES: readonly (readonly [file: string, content: (folder: string) => Buffer | Promise<Buffer>])[] = [
  ["events.avro", avroFile],
  ["events.arrow", () => arrow("file")],
  ["events.feather", () => arrow("file")],
  ["events.arrows", () => arrow("stream")],
  ["events.parquet", parquet],
  ["events.csv.bz2", () => Buffer.from(BZIP2, "base64")],
  ["events.csv.zst", () => Buffer.from(ZSTD, "base64")],
  ["events.avro.gz", async () => gzipSync(await avroFile())],
];

let mongo: TestMongo;
let harness: Harness;
let gateway: RunningGateway;
/** Lies where imports may not read, so that files have to be uploaded. */
let folder: string;
beforeAll(async () => {
  [mongo, folder] = await Promise.all([startTestMongo(), temporaryFolder()]);
  harness = await Harness.start(mongo.uri, mongo.databaseName("formats"));
  gateway = await gatewayWith({ PALATE_DATASETS_ADDRESS: harness.address, PALATE_RECIPE_SERVICES: "" });
});
afterAll(async () => {
  await gateway?.close();
  await harness?.stop();
  await mongo?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Each command is a process. */
const BY_COMMAND = FILES.filter(([file]) => /\.(avro|arrows|bz2|zst)$/.test(file));
test.each(BY_COMMAND.map(([file, content], index) => ({ file, content, group: `g${index}` })))(
  "$file is uploaded, recognised and imported by one command ($group)",
  async ({ file, content, group }) => {
    const given = path.join(folder, file);
    await writeFile(given, await content(folder));
    await palateJson(["import", given, "-g", group], { url: gateway.url });
    expect((await harness.read(group)).interactions).toEqual(STORED);
  },
);

test.each(FILES.map(([file, content], index) => ({ file, content, group: `h${index}` })))(
  "$file is uploaded, recognised and imported by GraphQL ($group)",
  async ({ file, content, group: datasetGroup }) => {
    const body = new Uint8Array(await content(folder));
    const uploaded = await fetch(`${gateway.url}/uploads?name=${file}`, { method: "POST", body });
    const { location } = (await uploaded.json()) as { location: string };
    const mapping = `format columns { name from time { formats zone } }`;
    const look = `query ($location: String!) { inferSchema(location: $location) { datasetType schema mapping { ${mapping} } } }`;
    const { inferSchema } = (await ask(gateway, look, { location })).data;
    expect(inferSchema.datasetType).toBe("INTERACTIONS");
    const { mapping: proposed, schema, datasetType } = inferSchema;
    const start = `mutation ($group: String!, $schema: String!, $job: CreateImportJobInput!) {
      createDatasetGroup(input: { name: $group }) { userErrors { message } }
      createSchema(input: { name: $group, schema: $schema, datasetType: INTERACTIONS }) { userErrors { message } }
      createDataset(input: { datasetGroup: $group, name: "i", datasetType: INTERACTIONS, schemaName: $group }) { userErrors { message } }
      createImportJob(input: $job) { userErrors { message } }
    }`;
    const job = { datasetGroup, jobName: "first", datasetType, location, mapping: proposed };
    const { data, errors } = await ask(gateway, start, { group: datasetGroup, schema, job });
    expect(errors).toEqual([]);
    for (const payload of Object.values(data)) expect(payload).toEqual({ userErrors: [] });
    await vi.waitFor(
      async () => {
        const state = `{ importJob(datasetGroup: "${datasetGroup}", jobName: "first") { status failureReason } }`;
        const { importJob } = (await ask(gateway, state)).data;
        expect(importJob).toEqual({ status: "ACTIVE", failureReason: null });
      },
      { timeout: 60_000 },
    );
    expect((await harness.read(datasetGroup)).interactions).toEqual(STORED);
  },
);
