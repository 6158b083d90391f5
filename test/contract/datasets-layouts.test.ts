import { DuckDBInstance } from "@duckdb/node-api";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { Harness } from "./datasets-harness.js";
import { exportedRows, importAsProposed, infer, place } from "./inferred-imports.js";
import { LOOK_ALIKES } from "./layouts/index.js";
import type { LookAlike } from "./layouts/look-alike.js";

let mongo: TestMongo;
let harness: Harness;
beforeAll(async () => {
  mongo = await startTestMongo();
  harness = await Harness.start(mongo.uri, mongo.databaseName("layouts"));
});
afterAll(async () => {
  await harness?.stop();
  await mongo?.stop();
});

const CASES = LOOK_ALIKES.map((alike, index) => ({ layout: alike.layout, group: `g${index}`, alike }));

test.each(CASES)("$layout ($group) is recognised, and imports as proposed", async ({ group, alike }) => {
  const location = await placeAlike(group, alike);
  const inferred = await infer(harness, location, alike.type);
  expect(inferred.layout).toBe(alike.layout);
  expect(inferred.preview?.problems).toEqual([]);
  expect(inferred.preview?.fileRows.length).toBeGreaterThan(0);
  expect(inferred.preview?.datasetRows.length).toBe(Math.min(alike.rows.length, 20));
  const job = await importAsProposed(harness, group, location, inferred);
  expect(job.failureReason).toBe("");
  expect(await exportedRows(harness, group, inferred.datasetType)).toEqual(alike.rows);
});

describe("what cannot be imported is recognised, and refused with the reason", () => {
  test.each([
    [
      "Steam reviews",
      `{u'username': u'js41637', u'hours': 0.3, u'products': 859, u'product_id': u'725280', u'date': u'2017-12-17'}\n`,
      /line 1: is Steam reviews, .*Python dictionaries.*ast\.literal_eval/,
    ],
    [
      "Amazon Reviews 2014 products",
      `{'asin': '0001048791', 'salesRank': {'Books': 6334800}, 'categories': [['Books']], 'title': 'The "Crucible"'}\n`,
      /line 1: is Amazon Reviews 2014 products, .*Python dictionaries.*ast\.literal_eval/,
    ],
    ["RetailRocket category tree", "categoryid,parentid\n1016,213\n809,169\n", /no dataset holds that/],
  ])("%s", async (name, content, reason) => {
    const location = await place(harness, "refused", `${name}.json`.replace("tree.json", "tree.csv"), content);
    await expect(infer(harness, location)).rejects.toMatchObject({
      code: "invalid_argument",
      message: expect.stringMatching(reason) as unknown,
    });
  });
});

/** Puts a look-alike into the import folder. */
async function placeAlike(group: string, { file, content }: LookAlike): Promise<string> {
  if (typeof content === "string" || Buffer.isBuffer(content)) return place(harness, group, file, content);
  const location = path.join(harness.importFolder, group, file);
  await mkdir(path.dirname(location), { recursive: true });
  const duckdb = await DuckDBInstance.create(":memory:");
  const connection = await duckdb.connect();
  await connection.run(`COPY (${content.parquet}) TO '${location}' (FORMAT parquet)`);
  connection.closeSync();
  duckdb.closeSync();
  return location;
}
