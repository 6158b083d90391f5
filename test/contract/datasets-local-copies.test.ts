import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestMongo, temporaryFolder, type TestMongo } from "../support/mongo.js";
import { DATASET_TYPE_INTERACTIONS, Harness } from "./datasets-harness.js";

let mongo: TestMongo;
let folder: string;
beforeAll(async () => {
  [mongo, folder] = await Promise.all([startTestMongo(), temporaryFolder()]);
});
afterAll(async () => {
  await mongo?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Users in the order of their rows. */
async function users(harness: Harness): Promise<unknown[]> {
  return (await harness.read("shop")).interactions.map((row) => row["USER_ID"]);
}

test("a local copy with a wrong bit anywhere is fetched again when a service opens it", async () => {
  const prefix = mongo.databaseName("copies");
  const start = () => Harness.start(mongo.uri, prefix, { PALATE_DATASETS_FOLDER: folder });
  const expected = Array.from({ length: 2_000 }, (_, row) => `user ${(row * 7_919) % 1_009}`);
  let service = await start();
  await service.makeGroup("shop");
  const csv = `USER_ID,ITEM_ID,TIMESTAMP\n${expected.map((user, row) => `${user},i${row % 97},17000000${row % 100}\n`).join("")}`;
  await service.runImport("shop", "all", DATASET_TYPE_INTERACTIONS, await service.upload("all.csv", csv));
  expect(await users(service)).toEqual(expected);
  await service.stop();

  const [name] = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".parquet"));
  const copy = path.join(folder, name!);
  const right = await readFile(copy);
  for (const share of [0.1, 0.4, 0.7, 0.99]) {
    const wrong = Buffer.from(right);
    const at = Math.floor(right.length * share);
    wrong[at] = wrong[at]! ^ 4;
    await writeFile(copy, wrong);
    service = await start();
    expect(await users(service)).toEqual(expected);
    await service.stop();
    expect((await readFile(copy)).equals(right)).toBe(true);
  }
});
