import { unaryCall } from "@palate/host";
import { ImportMapping, ResourceStatus } from "@palate/proto/dataset";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { DATASET_TYPE_INTERACTIONS, Harness } from "./datasets-harness.js";

/** A mapping as JSON of the contract. */
type Mapping = object;

let mongo: TestMongo;
let harness: Harness;
beforeAll(async () => {
  mongo = await startTestMongo();
  harness = await Harness.start(mongo.uri, mongo.databaseName("m"));
  await mkdir(harness.importFolder, { recursive: true });
});
afterAll(async () => {
  await harness?.stop();
  await mongo?.stop();
});

/** Writes a file into the import folder. */
async function place(name: string, content: string | Buffer): Promise<string> {
  const file = path.join(harness.importFolder, name);
  await writeFile(file, content);
  return file;
}

/** Imports interactions into a new group; the job and the rows it brought. */
async function importRows(group: string, location: string, mapping: Mapping) {
  await harness.makeGroup(group);
  const job = await harness.runImport(group, "job", DATASET_TYPE_INTERACTIONS, location, {
    mapping: ImportMapping.fromJSON(mapping),
  });
  const { interactions } = await harness.read(group);
  return { job, rows: interactions };
}

describe("a mapping", () => {
  test("is part of the job: kept, told, and compared when a job is sent again", async () => {
    const location = await place("kept.csv", "u::i::1\n");
    const csv = { delimiter: "::", names: ["USER_ID", "ITEM_ID", "TIMESTAMP"], quote: "" };
    const { job, rows } = await importRows("kept", location, { csv });
    expect(job.failureReason).toBe("");
    expect(job.status).toBe(ResourceStatus.RESOURCE_STATUS_ACTIVE);
    expect(job.mapping).toEqual(ImportMapping.fromJSON({ csv }));
    expect(rows).toEqual([expect.objectContaining({ USER_ID: "u", ITEM_ID: "i", TIMESTAMP: 1 })]);

    const again = (mapping: Mapping | undefined) =>
      unaryCall(harness.client, harness.client.createDatasetImportJob, {
        datasetGroup: "kept",
        jobName: "job",
        datasetType: DATASET_TYPE_INTERACTIONS,
        location,
        locations: [],
        importMode: 0,
        dryRun: false,
        mapping: mapping && ImportMapping.fromJSON(mapping),
      });
    expect((await again({ csv })).datasetImportJob).toEqual(job);
    await expect(again({ csv: { ...csv, quote: '"' } })).rejects.toThrow(/exists already/);
    await expect(again(undefined)).rejects.toThrow(/exists already/);
  });
});
