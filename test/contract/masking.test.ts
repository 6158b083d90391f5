import type { RunningGateway } from "@palate/gateway";
import { datasetsOptions, startDatasets } from "@palate/datasets";
import { createClient, loadConfig, unaryCall, type Logger } from "@palate/host";
import { DatasetServiceClient, DatasetType, ImportMode, ResourceStatus } from "@palate/proto/dataset";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Writable } from "node:stream";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { SCHEMAS } from "./datasets-harness.js";
import { ask, gatewayWith } from "./gateway-client.js";

const PASSWORD = "hunter2-of-the-database";
const URL_PASSWORD = "hunter3-of-the-url";
const S3_SECRET = "hunter4-of-the-bucket";
const USER = "person-4711";
const ITEM = "item-0815";
const TEXT = "a-text-nobody-else-may-read";

/** All that services logged, down to the least important. */
function recorder(): { logger: Logger; text: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  return { logger: pino({ level: "trace" }, stream), text: () => chunks.join("") };
}

/** Ids, texts and secrets are the business of who sent them: errors may quote a part to that caller, logs hold none. */
describe("what is kept out of logs", () => {
  const { logger, text } = recorder();
  let mongo: TestMongo;
  let folder: string;
  let service: Awaited<ReturnType<typeof startDatasets>>;
  let client: DatasetServiceClient;
  let gateway: RunningGateway;
  const told: string[] = [];

  const config = (uri: string, more: Record<string, string> = {}) =>
    loadConfig(datasetsOptions, {
      MONGODB_URI: uri,
      PALATE_DATABASE_PREFIX: mongo.databaseName("masking"),
      PALATE_LISTEN: "127.0.0.1:0",
      PALATE_DATASETS_FOLDER: path.join(folder, "data"),
      PALATE_IMPORT_FOLDERS: folder,
      PALATE_DRAIN_SECONDS: "1",
      ...more,
    });
  /** Remembers what a caller was told who did something wrong. */
  const wrong = (call: Promise<unknown>) =>
    call.then(
      (answer) => told.push(JSON.stringify(answer)),
      (thrown: Error) => told.push(`${thrown.message} ${JSON.stringify(thrown)}`),
    );

  beforeAll(async () => {
    mongo = await startTestMongo();
    folder = await mkdtemp(path.join(tmpdir(), "palate-masking-"));
    service = await startDatasets(
      config(mongo.uri, {
        PALATE_S3_ENDPOINT: "http://127.0.0.1:1",
        PALATE_S3_BUCKETS: "shop",
        PALATE_S3_ACCESS_KEY_ID: "AKIAEXAMPLE",
        PALATE_S3_SECRET_ACCESS_KEY: S3_SECRET,
        PALATE_IMPORT_IDLE_SECONDS: "1",
      }),
      logger,
    );
    const address = `127.0.0.1:${service.port}`;
    client = createClient(DatasetServiceClient, address);
    gateway = await gatewayWith({ PALATE_DATASETS_ADDRESS: address, PALATE_RECIPE_SERVICES: "127.0.0.1:1" }, logger);
    await unaryCall(client, client.createDatasetGroup, { name: "shop" }, { deadlineMs: 30_000 });
    for (const [name, datasetType] of [
      ["interactions", DatasetType.DATASET_TYPE_INTERACTIONS],
      ["users", DatasetType.DATASET_TYPE_USERS],
    ] as const) {
      const schema = JSON.stringify(SCHEMAS[name]);
      await unaryCall(client, client.createSchema, { name, schema, datasetType });
      await unaryCall(client, client.createDataset, { datasetGroup: "shop", name, datasetType, schemaName: name });
    }
  });
  afterAll(async () => {
    await gateway?.close();
    client?.close();
    await service?.close();
    await mongo?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const importFrom = async (jobName: string, location: string) => {
    const { datasetGroup } = { datasetGroup: "shop" };
    const datasetType = DatasetType.DATASET_TYPE_INTERACTIONS;
    const rest = { locations: [], importMode: ImportMode.IMPORT_MODE_FULL, dryRun: false, mapping: undefined };
    await unaryCall(client, client.createDatasetImportJob, { datasetGroup, jobName, datasetType, location, ...rest });
    for (;;) {
      const { datasetImportJob } = await unaryCall(client, client.getDatasetImportJob, { datasetGroup, jobName });
      if (datasetImportJob!.status >= ResourceStatus.RESOURCE_STATUS_ACTIVE) return datasetImportJob;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it("is the password of a database that does not answer", async () => {
    const away = await startDatasets(config(`mongodb://palate:${PASSWORD}@127.0.0.1:1/`), logger);
    const lost = createClient(DatasetServiceClient, `127.0.0.1:${away.port}`);
    await wrong(unaryCall(lost, lost.createDatasetGroup, { name: "shop" }, { deadlineMs: 20_000 }));
    lost.close();
    await away.close();
    expect(told.at(-1)).toContain("MongoDB cannot be reached");
    expect(told.at(-1)).not.toContain(PASSWORD);
    expect(text()).toContain("MongoDB cannot be reached");
    expect(text()).not.toContain(PASSWORD);
  });

  it("are passwords in addresses of imports, and keys of buckets", async () => {
    await wrong(importFrom("url", `https://somebody:${URL_PASSWORD}@files.example/items.csv`));
    await wrong(importFrom("s3", "s3://shop/clicks.csv"));
    expect(told.join("\n")).not.toContain(S3_SECRET);
    expect(told.join("\n")).not.toContain(URL_PASSWORD);
    expect(text()).not.toMatch(new RegExp(`${URL_PASSWORD}|${S3_SECRET}`));
  });

  it("are ids and texts, of what is taken and of what is refused", async () => {
    const put =
      'mutation ($i: [InteractionInput!]!) { putEvents(input: { datasetGroup: "shop", interactions: $i }) { userErrors { message } } }';
    const event = { userId: USER, itemId: ITEM, eventType: "view", sessionId: "s", properties: { QUANTITY: 1 } };
    await ask(gateway, put, { i: [event] });
    await ask(gateway, put, { i: [{ ...event, timestamp: 1e14 }] });
    await ask(gateway, put, { i: [{ ...event, properties: { [TEXT]: TEXT } }] });
    await ask(gateway, `{ recommendations(datasetGroup: "shop", campaign: "none", userId: "${USER}") { versionId } }`);
    await ask(gateway, `{ personalData(datasetGroup: "shop", userId: "${USER}") { rows } }`);
    await ask(gateway, `{ checkFilter(datasetGroup: "shop", expression: "${TEXT} ${USER}") { problems { message } } }`);
    await ask(
      gateway,
      `mutation { createDataDeletionJob(input: { datasetGroup: "shop", jobName: "d", kind: USERS, ids: ["${USER}"] }) { userErrors { message } } }`,
    );
    const file = `USER_ID,ITEM_ID,TIMESTAMP\n${USER},${ITEM},never\n`;
    const upload = await fetch(`${gateway.url}/uploads?name=clicks.csv`, { method: "POST", body: file });
    const { location } = (await upload.json()) as { location: string };
    expect((await importFrom("wrong", location))?.status).toBe(ResourceStatus.RESOURCE_STATUS_CREATE_FAILED);
    expect(text()).not.toMatch(new RegExp(`${USER}|${ITEM}|${TEXT}`));
  });
});
