import { unaryCall } from "@palate/host";
import { ImportMapping, type DatasetImportJob } from "@palate/proto/dataset";
import { execFile } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi, type TestContext } from "vitest";
import { startTestMongo, temporaryFolder, type TestMongo } from "../support/mongo.js";
import { pythonEnvironment } from "../support/python.js";
import { DATASET_TYPE_ITEMS, Harness } from "./datasets-harness.js";
import type { Row } from "./writers/expected.js";
import { REFUSED_FILES, TABLES, TEXTS } from "./writers/shop.js";
import { REFUSED_VALUES, VALUES } from "./writers/values.js";

// A job imports up to 50 files.
vi.setConfig({ testTimeout: 180_000 });

const WRITERS = fileURLToPath(new URL("writers", import.meta.url));
const GROUP = "shop";

const nullable = (name: string, type: string, more: object = {}) => ({ name, type: [type, "null"], ...more });
const SCHEMA = {
  type: "record",
  name: "Items",
  fields: [
    { name: "ITEM_ID", type: "string" },
    nullable("TITLE", "string"),
    nullable("STOCK", "int"),
    nullable("BIG", "long"),
    nullable("PRICE", "double"),
    nullable("AVAILABLE", "boolean"),
    nullable("CREATION_TIMESTAMP", "long"),
    nullable("GENRES", "string", { categorical: true }),
    nullable("VALUE_STRING", "string"),
    nullable("VALUE_LONG", "long"),
    nullable("VALUE_DOUBLE", "double"),
    nullable("VALUE_BOOLEAN", "boolean"),
  ],
};

let mongo: TestMongo;
let harness: Harness;
let environment: string;
/** Why there are no files; undefined when there are. */
let missing: string | undefined;
let jobs = 0;

beforeAll(async () => {
  environment = await temporaryFolder();
  const python = await pythonEnvironment(environment, path.join(WRITERS, "requirements.txt"));
  if ("missing" in python) {
    missing = python.missing;
    return;
  }
  mongo = await startTestMongo();
  harness = await Harness.start(mongo.uri, mongo.databaseName("writers"));
  await promisify(execFile)(python.python, ["-B", path.join(WRITERS, "make_files.py"), harness.importFolder]);
  const { client } = harness;
  await unaryCall(client, client.createDatasetGroup, { name: GROUP });
  const datasetType = DATASET_TYPE_ITEMS;
  await unaryCall(client, client.createSchema, { name: GROUP, schema: JSON.stringify(SCHEMA), datasetType });
  await unaryCall(client, client.createDataset, { datasetGroup: GROUP, name: "i", datasetType, schemaName: GROUP });
}, 300_000);
afterAll(async () => {
  await harness?.stop();
  await mongo?.stop();
  await rm(environment, { recursive: true, force: true });
});

const needsFiles = ({ skip }: TestContext) => skip(missing !== undefined, missing);

/** Imports files as one job. */
function importFiles(files: readonly string[], mapping: object = {}): Promise<DatasetImportJob> {
  const locations = files.map((file) => path.join(harness.importFolder, file));
  const other = { locations, mapping: ImportMapping.fromJSON(mapping) };
  return harness.runImport(GROUP, `job-${jobs++}`, DATASET_TYPE_ITEMS, "", other);
}

/** The stored rows of each file, without what has no value. */
async function rowsByFile(expected: Readonly<Record<string, readonly Row[]>>): Promise<Record<string, Row[]>> {
  const { items } = await harness.read(GROUP);
  const rows = items.map((item) => Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null)));
  return Object.fromEntries(Object.entries(expected).map(([file, { length }]) => [file, rows.splice(0, length)]));
}

beforeEach(needsFiles);

describe("values are what the writer wrote", () => {
  test.each([...TEXTS, ...TABLES, ...VALUES])("$what", async ({ files, mapping }) => {
    expect((await importFiles(Object.keys(files), mapping)).failureReason).toBe("");
    expect(await rowsByFile(files)).toEqual(files);
  });
});

describe("what is not read is refused with the reason", () => {
  test.each([...REFUSED_FILES, ...REFUSED_VALUES])("$file", async ({ file, mapping, reason }) => {
    expect((await importFiles([file], mapping)).failureReason).toMatch(reason);
  });
});

test("no file that was written is left out", async () => {
  const known = [...TEXTS, ...TABLES, ...VALUES].flatMap(({ files }) => Object.keys(files));
  const refused = [...REFUSED_FILES, ...REFUSED_VALUES].map(({ file }) => file);
  const isKnown = new Set([...known, ...refused]);
  const written = await readdir(harness.importFolder);
  const values = (await readdir(path.join(harness.importFolder, "types"))).map((file) => `types/${file}`);
  const all = [...written.filter((file) => file !== "types"), ...values];
  expect(all.filter((file) => !isKnown.has(file))).toEqual([]);
});
