import { textsOf, textTensors } from "@palate/numeric";
import type { Artifact } from "@palate/recipe";
import { ModelStore, readFile, writeFile } from "@palate/store";
import { MongoClient, type Binary, type Db } from "mongodb";
import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyRingOf, keyText } from "../support/encryption.js";
import { startTestMongo, type TestMongo } from "../support/mongo.js";

const format = { name: "aws-sims", formatVersion: 1 };
const itemIds = Array.from({ length: 40_000 }, (_, i) => `item-${i}`);
const model: Artifact = { tensors: new Map(textTensors("itemIds", itemIds)), metadata: { seed: 3 } };

interface Chunk {
  readonly _id: string;
  readonly data: Binary;
}

let mongo: TestMongo;
let client: MongoClient;
let db: Db;
let store: ModelStore;

beforeAll(async () => {
  mongo = await startTestMongo();
  client = await MongoClient.connect(mongo.uri, { maxPoolSize: 10 });
  db = client.db(mongo.databaseName("encrypted_models"));
  store = new ModelStore(db, keyRingOf(db, keyText(1)));
});

afterAll(async () => {
  await db?.dropDatabase();
  await client?.close();
  await mongo?.stop();
});

const chunksOf = (version: string): Promise<Chunk[]> =>
  db.collection<Chunk>(`models.${version}.chunks`).find({}).toArray();

describe("an encrypted model", () => {
  test("is stored as bytes that say nothing, and loads as it was", async () => {
    const version = "shop|together|0a1b2c3d";
    const stored = await store.save(version, 1, model, format);
    const chunks = await chunksOf(version);
    expect(chunks.length).toBeGreaterThan(0);
    for (const { data } of chunks) expect(Buffer.from(data.buffer).includes("item-1")).toBe(false);
    expect(textsOf((await store.load(version, 1, format)).tensors, "itemIds")).toEqual(itemIds);
    const raw = await store.openRaw(version, 1);
    const pieces: Uint8Array[] = [];
    for await (const piece of raw.content) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(stored.sha256);
    expect([raw.bytes, raw.sha256]).toEqual([bytes.length, stored.sha256]);
    expect(bytes.includes("item-1")).toBe(true);
  });

  test("keeps the state of its training encrypted, too", async () => {
    const version = "shop|together|state";
    await store.saveState(version, model, format);
    for (const { data } of await chunksOf(version)) expect(Buffer.from(data.buffer).includes("item-1")).toBe(false);
    expect((await store.loadState(version, format))?.metadata).toEqual({ seed: 3 });
  });

  test("is named, and not served, without its key-encryption key", async () => {
    const version = "shop|together|locked";
    await store.save(version, 1, model, format);
    for (const keys of [keyRingOf(db), keyRingOf(db, keyText(9))]) {
      const without = new ModelStore(db, keys);
      const refused = {
        code: "failed_precondition",
        message: expect.stringMatching(/key-encryption key local:/) as string,
      };
      await expect(without.load(version, 1, format)).rejects.toMatchObject(refused);
      await expect(keys.prepare()).rejects.toMatchObject(refused);
    }
  });

  test("loads after its key was wrapped anew, without having been written anew", async () => {
    const version = "shop|together|rotated";
    await store.save(version, 1, model, format);
    const before = await chunksOf(version);
    expect(await keyRingOf(db, keyText(2), keyText(1)).prepare()).toBeGreaterThan(0);
    expect(await chunksOf(version)).toEqual(before);
    expect((await new ModelStore(db, keyRingOf(db, keyText(2))).load(version, 1, format)).metadata).toEqual({
      seed: 3,
    });
    await keyRingOf(db, keyText(1), keyText(2)).prepare();
  });

  test("does not load in another version's place", async () => {
    const [one, other] = ["shop|together|one", "shop|together|other"];
    await store.save(one, 1, model, format);
    await store.save(other, 1, model, format);
    const [mine, theirs] = [`models.${one}`, `models.${other}`];
    for (const part of ["files", "chunks"]) {
      const taken = await db.collection(`${theirs}.${part}`).find({}).toArray();
      await db.collection(`${mine}.${part}`).deleteMany({});
      for (const document of taken) await db.collection(`${mine}.${part}`).insertOne(document);
    }
    await expect(store.load(one, 1, format)).rejects.toThrow(/data key/);
  });

  test("cannot be read from a copy once its version was deleted", async () => {
    const version = "shop|together|gone";
    await store.save(version, 1, model, format);
    const copy: [string, object[]][] = [];
    for (const part of [`models.${version}.files`, `models.${version}.chunks`]) {
      copy.push([part, await db.collection(part).find({}).toArray()]);
    }
    await store.delete(version);
    for (const [part, documents] of copy) for (const each of documents) await db.collection(part).insertOne(each);
    await expect(store.load(version, 1, format)).rejects.toMatchObject({ code: "failed_precondition" });
  });

  test("may stand beside models from before anything was encrypted", async () => {
    const version = "shop|together|before";
    await new ModelStore(db).save(version, 1, model, format);
    await store.save(version, 2, model, format);
    for (const checkpoint of [1, 2]) {
      expect((await store.load(version, checkpoint, format)).metadata).toEqual({ seed: 3 });
    }
  });
});

describe("an encrypted file in GridFS", () => {
  test.each([0, 1, 262_144, 1_000_003])("of %i bytes comes back", async (length) => {
    const cipher = keyRingOf(db, keyText(1)).cipherOf("file");
    const bytes = randomBytes(length);
    const written = await writeFile(db, "sealed", `file-${length}`, bytes, { cipher, chunkSize: 10_000 });
    expect(written).toEqual({ bytes: length, sha256: createHash("sha256").update(bytes).digest("hex") });
    expect((await readFile(db, "sealed", `file-${length}`, cipher)).equals(bytes)).toBe(true);
  });

  test("is noticed to be damaged", async () => {
    const cipher = keyRingOf(db, keyText(1)).cipherOf("file");
    await writeFile(db, "sealed", "damaged", randomBytes(50_000), { cipher, chunkSize: 10_000 });
    const chunks = db.collection<Chunk>("sealed.chunks");
    const { data } = (await chunks.findOne({ _id: "damaged|2" }))!;
    data.buffer[77]! ^= 1;
    await chunks.updateOne({ _id: "damaged|2" }, { $set: { data } });
    await expect(readFile(db, "sealed", "damaged", cipher)).rejects.toMatchObject({ code: "data_loss" });
  });
});
