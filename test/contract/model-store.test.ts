import { textsOf, textTensors } from "@palate/numeric";
import type { Artifact } from "@palate/recipe";
import { decodeArtifact, ModelStore } from "@palate/store";
import { MongoClient, type Db } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestMongo, type TestMongo } from "../support/mongo.js";

const format = { name: "aws-sims", formatVersion: 1 };
const version = "shop|bought-together|0a1b2c3d";
const itemIds = Array.from({ length: 5000 }, (_, i) => `item ${i}`);

/** A model of more than one chunk whose every number depends on `seed`. */
function modelOf(seed: number): Artifact {
  const vectors = Float32Array.from({ length: 5000 * 256 }, (_, i) => Math.fround(i * seed + 0.5));
  return {
    tensors: new Map([
      ["vectors", { dtype: "F32" as const, shape: [5000, 256], data: vectors }],
      ...textTensors("itemIds", itemIds),
    ]),
    metadata: { seed, blend: { ridge: 0.25 } },
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => Buffer.from(buffer, byteOffset, byteLength);

let mongo: TestMongo;
let client: MongoClient;
let db: Db;
let store: ModelStore;

beforeAll(async () => {
  mongo = await startTestMongo();
  client = await MongoClient.connect(mongo.uri, { maxPoolSize: 10 });
  db = client.db(mongo.databaseName("models"));
  store = new ModelStore(db);
});

afterAll(async () => {
  await db?.dropDatabase();
  await client?.close();
  await mongo?.stop();
});

describe("the model store", () => {
  test("gives a model back as it was saved", async () => {
    const model = modelOf(3);
    const stored = await store.save(version, 1, model, format);
    expect(stored.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(stored.bytes).toBeGreaterThan(5000 * 256 * 4);
    const loaded = await store.load(version, 1, format);
    expect(loaded.metadata).toEqual({ seed: 3, blend: { ridge: 0.25 } });
    const [saved, found] = [model.tensors.get("vectors")!, loaded.tensors.get("vectors")!];
    expect([found.dtype, found.shape]).toEqual([saved.dtype, saved.shape]);
    expect(bytesOf(found.data).equals(bytesOf(saved.data))).toBe(true);
    expect(textsOf(loaded.tensors, "itemIds")).toEqual(itemIds);
  });

  test("exports the file that anybody can read", async () => {
    const stored = await store.save(version, 2, modelOf(5), format);
    const raw = await store.openRaw(version, 2);
    expect(raw).toMatchObject({ ...stored, filename: "shop-bought-together-0a1b2c3d-2.safetensors" });
    const pieces: Uint8Array[] = [];
    for await (const piece of raw.content) pieces.push(piece);
    expect(decodeArtifact(Buffer.concat(pieces), format).metadata["seed"]).toBe(5);
  });

  test("saves again what an attempt that died had saved", async () => {
    await store.save(version, 3, modelOf(7), format);
    await store.save(version, 3, modelOf(8), format);
    expect((await store.load(version, 3, format)).metadata["seed"]).toBe(8);
  });

  test("refuses a format it does not know, by name", async () => {
    await store.save(version, 4, modelOf(9), format);
    await expect(store.load(version, 4, { ...format, formatVersion: 2 })).rejects.toMatchObject({
      code: "failed_precondition",
      message: expect.stringContaining("written by aws-sims in format 1; this service reads aws-sims in format 2"),
    });
  });

  test("deletes one checkpoint or a whole version, and no other version", async () => {
    const other = "shop|bought-together|ffffffff";
    await store.save(other, 1, modelOf(1), format);
    await store.save(other, 2, modelOf(2), format);
    await store.save("shop|bought-together|eeeeeeee", 1, modelOf(3), format);
    await store.deleteCheckpoint(other, 1);
    await expect(store.load(other, 1, format)).rejects.toMatchObject({ code: "not_found" });
    expect((await store.load(other, 2, format)).metadata["seed"]).toBe(2);
    await store.delete(other);
    await store.delete(other);
    await expect(store.load(other, 2, format)).rejects.toMatchObject({ code: "not_found" });
    await expect(store.openRaw(other, 2)).rejects.toMatchObject({ code: "not_found" });
    expect((await store.load("shop|bought-together|eeeeeeee", 1, format)).metadata["seed"]).toBe(3);
  });

  test("refuses a key that cannot be part of a collection's name", async () => {
    await expect(store.load("a$b", 1, format)).rejects.toMatchObject({ code: "invalid_argument" });
  });
});
