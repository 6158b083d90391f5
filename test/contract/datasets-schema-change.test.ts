import { unaryCall } from "@palate/host";
import { ImportMode, Item } from "@palate/proto/dataset";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { DATASET_TYPE_INTERACTIONS, DATASET_TYPE_ITEMS, Harness } from "./datasets-harness.js";

let mongo: TestMongo;
let harness: Harness;
beforeAll(async () => {
  mongo = await startTestMongo();
  harness = await Harness.start(mongo.uri, mongo.databaseName("s"), { PALATE_COMPACT_RECORDS: "20" });
});
afterAll(async () => {
  await harness?.stop();
  await mongo?.stop();
});

type Field = { name: string; type: string | string[]; [key: string]: unknown };

/** Stores a schema of these fields and gives it to the group's dataset, or makes the dataset with it. */
async function useSchema(group: string, record: "Items" | "Interactions", version: number, fields: readonly Field[]) {
  const { client } = harness;
  const schemaName = `${group}-${record}-${version}`;
  const schema = JSON.stringify({ type: "record", name: record, fields });
  const datasetType = record === "Items" ? DATASET_TYPE_ITEMS : DATASET_TYPE_INTERACTIONS;
  await unaryCall(client, client.createSchema, { name: schemaName, schema, datasetType: 0 });
  if (version > 1) return unaryCall(client, client.updateDataset, { datasetGroup: group, datasetType, schemaName });
  return unaryCall(client, client.createDataset, { datasetGroup: group, name: record, datasetType, schemaName });
}

const putItem = (datasetGroup: string, itemId: string, properties: object) =>
  unaryCall(harness.client, harness.client.putItems, {
    datasetGroup,
    items: [Item.create({ itemId, properties: JSON.stringify(properties) })],
  });

const ID: Field = { name: "ITEM_ID", type: "string" };
const PRICE: Field = { name: "PRICE", type: ["int", "null"] };

describe("another schema", () => {
  test("keeps the rows: new columns are null or have their default, others are hidden, numbers grow wider", async () => {
    const group = "wider";
    await unaryCall(harness.client, harness.client.createDatasetGroup, { name: group });
    await useSchema(group, "Items", 1, [ID, PRICE, { name: "COLOUR", type: ["string", "null"] }]);
    const file = await harness.upload("items.csv", "ITEM_ID,PRICE,COLOUR\na,1,red\nb,,blue\n");
    await harness.runImport(group, "first", DATASET_TYPE_ITEMS, file);
    await putItem(group, "c", { PRICE: 3, COLOUR: "green" });
    const follower = harness.follow(group);
    await follower.until(() => follower.snapshots === 1);

    const fields: Field[] = [
      ID,
      { name: "PRICE", type: ["double", "null"] },
      { name: "STOCK", type: "long", default: 7 },
      { name: "ADULT", type: ["boolean", "null"] },
    ];
    const changed = await useSchema(group, "Items", 2, fields);
    expect(changed.dataset).toMatchObject({ schemaName: "wider-Items-2", statistics: { importedRows: 2 } });
    await follower.until(() => follower.snapshots === 2);
    await follower.stop();

    await putItem(group, "d", { PRICE: 4.5 });
    await putItem(group, "e", { STOCK: 1, ADULT: true });
    const more = await harness.upload("more.csv", "ITEM_ID,PRICE,ADULT\nf,2.5,true\n");
    await harness.runImport(group, "second", DATASET_TYPE_ITEMS, more, {
      importMode: ImportMode.IMPORT_MODE_INCREMENTAL,
    });
    const { items } = await harness.read(group);
    expect(items).toEqual([
      { ITEM_ID: "a", PRICE: 1, STOCK: 7, ADULT: null },
      { ITEM_ID: "b", PRICE: null, STOCK: 7, ADULT: null },
      { ITEM_ID: "c", PRICE: 3, STOCK: 7, ADULT: null },
      { ITEM_ID: "d", PRICE: 4.5, STOCK: 7, ADULT: null },
      { ITEM_ID: "e", PRICE: null, STOCK: 1, ADULT: true },
      { ITEM_ID: "f", PRICE: 2.5, STOCK: 7, ADULT: true },
    ]);

    await useSchema(group, "Items", 3, [ID, { name: "COLOUR", type: ["string", "null"] }]);
    const again = await harness.read(group);
    expect(again.items.map((item) => item["COLOUR"])).toEqual(["red", "blue", "green", null, null, null]);
  });

  test("gives streamed events its defaults, over compaction too", async () => {
    const group = "events";
    const { client } = harness;
    await unaryCall(client, client.createDatasetGroup, { name: group });
    const needed: Field[] = [
      { name: "USER_ID", type: "string" },
      ID,
      { name: "TIMESTAMP", type: "long" },
      { name: "DEVICE", type: ["int", "null"] },
    ];
    await useSchema(group, "Interactions", 1, needed);
    await harness.putEvents(group, [{ userId: "u0", itemId: "i", timestamp: 1, properties: '{"DEVICE":5}' }]);
    await useSchema(group, "Interactions", 2, [
      ...needed.slice(0, 3),
      { name: "DEVICE", type: ["string", "null"] },
      { name: "EVENT_TYPE", type: "string", default: "view" },
      { name: "SHOP", type: ["string", "null"], default: "web" },
    ]);
    await harness.putEvents(group, [{ userId: "u1", itemId: "i", timestamp: 2, eventType: "buy" }]);
    const bytesInFiles = async (): Promise<number> => {
      const request = { datasetGroup: group, datasetType: DATASET_TYPE_INTERACTIONS };
      return (await unaryCall(client, client.getDataset, request)).dataset!.statistics!.bytes;
    };
    const compacted = async (most: number) => {
      const rows = Array.from({ length: 25 }, (_, i) => ({ userId: `x${i}`, itemId: "i", timestamp: 3 }));
      const before = await bytesInFiles();
      await harness.putEvents(group, rows);
      // Compaction goes on by itself; what a column's default was counts from then on.
      while ((await bytesInFiles()) === before) await new Promise((resolve) => setTimeout(resolve, 20));
      const { interactions } = await harness.read(group);
      return interactions.slice(0, 2).concat(interactions.slice(most - 1, most));
    };
    const expected = [
      { USER_ID: "u0", ITEM_ID: "i", TIMESTAMP: 1, DEVICE: "5", EVENT_TYPE: "view", SHOP: "web" },
      { USER_ID: "u1", ITEM_ID: "i", TIMESTAMP: 2, DEVICE: null, EVENT_TYPE: "buy", SHOP: "web" },
      { USER_ID: "x24", ITEM_ID: "i", TIMESTAMP: 3, DEVICE: null, EVENT_TYPE: "view", SHOP: "web" },
    ];
    expect(await compacted(27)).toEqual(expected);
    expect(await compacted(52)).toEqual(expected);
    await useSchema(group, "Interactions", 3, [
      ...needed.slice(0, 3),
      { name: "EVENT_TYPE", type: ["string", "null"] },
    ]);
    expect(await compacted(77)).toEqual([
      { USER_ID: "u0", ITEM_ID: "i", TIMESTAMP: 1, EVENT_TYPE: "view" },
      { USER_ID: "u1", ITEM_ID: "i", TIMESTAMP: 2, EVENT_TYPE: "buy" },
      { USER_ID: "x24", ITEM_ID: "i", TIMESTAMP: 3, EVENT_TYPE: null },
    ]);
  });

  test("is refused with everything that the rows do not fit, and changes nothing then", async () => {
    const group = "unfit";
    await unaryCall(harness.client, harness.client.createDatasetGroup, { name: group });
    await useSchema(group, "Items", 1, [ID, PRICE, { name: "COLOUR", type: ["string", "null"] }]);
    const thrown = await useSchema(group, "Items", 2, [
      ID,
      { name: "PRICE", type: "int" },
      { name: "COLOUR", type: ["int", "null"] },
      { name: "STOCK", type: "long" },
    ]).catch((error: unknown) => error);
    expect(thrown).toMatchObject({
      code: "failed_precondition",
      details: {
        violations: [
          { field: "schema.PRICE", message: expect.stringContaining("may be empty") as unknown },
          { field: "schema.COLOUR", message: expect.stringContaining("hold string") as unknown },
          { field: "schema.STOCK", message: expect.stringContaining('give it a "default"') as unknown },
        ],
      },
    });
    const { dataset } = await unaryCall(harness.client, harness.client.getDataset, {
      datasetGroup: group,
      datasetType: DATASET_TYPE_ITEMS,
    });
    expect(dataset?.schemaName).toBe("unfit-Items-1");
  });
});
