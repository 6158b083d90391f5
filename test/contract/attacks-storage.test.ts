import { unaryCall } from "@palate/host";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { DATASET_TYPE_INTERACTIONS, Harness, SCHEMAS } from "./datasets-harness.js";

const CHUNK = 1024 * 1024;

/** What is kept for a caller has an end, and what it costs is told at the call that is too much. */
describe("what callers may leave in the datasets service", () => {
  let mongo: TestMongo;
  let harness: Harness;

  beforeAll(async () => {
    mongo = await startTestMongo();
    harness = await Harness.start(mongo.uri, mongo.databaseName("b"), {
      PALATE_MAX_DATASET_GROUPS: "2",
      PALATE_MAX_SCHEMAS: "2",
      PALATE_MAX_UPLOADS_MB: "2",
    });
  });
  afterAll(async () => {
    await harness?.stop();
    await mongo?.stop();
  });

  it("is so many groups, until some are deleted", async () => {
    const { client } = harness;
    const create = (name: string) => unaryCall(client, client.createDatasetGroup, { name });
    await create("a");
    await create("b");
    await expect(create("c")).rejects.toMatchObject({
      code: "resource_exhausted",
      message: "There are 2 dataset groups, the most; delete some.",
    });
    await unaryCall(client, client.deleteDatasetGroup, { name: "a", force: false });
    await expect(create("c")).resolves.toBeDefined();
  });

  it("is so many schemas", async () => {
    const { client } = harness;
    const schema = JSON.stringify(SCHEMAS.interactions);
    const create = (name: string) => unaryCall(client, client.createSchema, { name, schema, datasetType: 0 });
    await create("a");
    await create("b");
    await expect(create("c")).rejects.toMatchObject({
      code: "resource_exhausted",
      message: expect.stringContaining("2 schemas, the most") as string,
    });
  });

  it("is so many bytes of uploads, until they are imported", async () => {
    const rows = `USER_ID,ITEM_ID,TIMESTAMP\n${"u,i,1700000000\n".repeat(75_000)}`;
    const first = await harness.upload("a.csv", rows);
    await harness.upload("b.csv", rows);
    await expect(harness.upload("c.csv", rows)).rejects.toMatchObject({
      details: expect.stringMatching(/2 uploads with \d+ bytes wait to be imported.*PALATE_MAX_UPLOADS_MB/) as string,
    });
    const { client } = harness;
    const request = { datasetGroup: "b", name: "i", datasetType: DATASET_TYPE_INTERACTIONS, schemaName: "a" };
    await unaryCall(client, client.createDataset, request);
    const job = await harness.runImport("b", "one", DATASET_TYPE_INTERACTIONS, first);
    expect(job.failureReason).toBe("");
    await expect(harness.upload("c.csv", "USER_ID\n")).resolves.toContain("upload://");
  });

  it("comes in messages of at most 1 MiB", async () => {
    const { client } = harness;
    const sent = new Promise((resolve, reject) => {
      const call = client.uploadFile((error, stored) => (error ? reject(error) : resolve(stored)));
      call.write({ fileName: "a.csv", data: Buffer.alloc(CHUNK + 1, "x") });
      call.end();
    });
    await expect(sent).rejects.toMatchObject({
      details: `A message holds ${CHUNK + 1} bytes; send at most ${CHUNK} in each.`,
    });
  });
});
