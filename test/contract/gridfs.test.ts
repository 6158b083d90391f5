import { deleteFile, dropBucket, listFiles, readFile, readFileStream, writeFile } from "@palate/store";
import { Binary, GridFSBucket, MongoClient, type Db } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHash, randomBytes } from "node:crypto";
import { startTestMongo, type TestMongo } from "../support/mongo.js";

interface Chunk {
  _id: string;
  data: Binary;
}

let mongo: TestMongo;
let client: MongoClient;
let db: Db;

beforeAll(async () => {
  mongo = await startTestMongo();
  client = await MongoClient.connect(mongo.uri, { maxPoolSize: 10 });
  db = client.db(mongo.databaseName("gridfs"));
});

afterAll(async () => {
  await db?.dropDatabase();
  await client?.close();
  await mongo?.stop();
});

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const chunkSize = 1000;

describe("a file in GridFS", () => {
  test.each([0, 1, 999, 1000, 1001, 2000, 7321])("of %i bytes comes back as it was written", async (length) => {
    const bytes = randomBytes(length);
    const written = await writeFile(db, "round", `file-${length}`, inPieces(bytes, 77), { chunkSize });
    expect(written).toEqual({ bytes: length, sha256: createHash("sha256").update(bytes).digest("hex") });
    expect(await readFile(db, "round", `file-${length}`)).toEqual(bytes);
  });

  test("of several default-size chunks comes back, whole and as a stream", async () => {
    const bytes = randomBytes(9 * 1024 * 1024 + 5);
    await writeFile(db, "large", "model", bytes);
    const pieces: Uint8Array[] = [];
    for await (const piece of readFileStream(db, "large", "model")) pieces.push(piece);
    expect(pieces.length).toBe(3);
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
    expect((await readFile(db, "large", "model")).equals(bytes)).toBe(true);
  });

  test("is readable by an ordinary GridFS reader, by id and by name", async () => {
    const bytes = randomBytes(5500);
    await writeFile(db, "ordinary", "a", bytes, { chunkSize, filename: "a.bin", metadata: { kind: "model" } });
    await writeFile(db, "ordinary", "b", randomBytes(2500), { chunkSize });
    const bucket = new GridFSBucket(db, { bucketName: "ordinary" });
    expect(Buffer.concat(await bucket.openDownloadStream("a" as never).toArray())).toEqual(bytes);
    expect(Buffer.concat(await bucket.openDownloadStreamByName("a.bin").toArray())).toEqual(bytes);
    const [file] = await bucket.find({ filename: "a.bin" }).toArray();
    expect(file).toMatchObject({ length: 5500, chunkSize, metadata: { kind: "model" } });
    expect(file!.uploadDate).toBeInstanceOf(Date);
  });

  test("whose writer died is not a file, and the next writer of its id leaves nothing of it behind", async () => {
    async function* dying() {
      yield randomBytes(4500);
      throw new Error("power cut");
    }
    await expect(writeFile(db, "cut", "f", dying(), { chunkSize })).rejects.toThrow("power cut");
    expect(await listFiles(db, "cut")).toEqual([]);
    await expect(readFile(db, "cut", "f")).rejects.toMatchObject({ code: "not_found" });
    const bytes = randomBytes(1500);
    await writeFile(db, "cut", "f", bytes, { chunkSize });
    expect(await readFile(db, "cut", "f")).toEqual(bytes);
    const chunks = await db.collection<Chunk>("cut.chunks").find({}).toArray();
    expect(chunks.map((chunk) => chunk._id).sort()).toEqual(["f|0", "f|1"]);
  });

  test("is never overwritten", async () => {
    const bytes = randomBytes(1500);
    await writeFile(db, "once", "f", bytes, { chunkSize });
    await expect(writeFile(db, "once", "f", randomBytes(300))).rejects.toMatchObject({ code: "already_exists" });
    expect(await readFile(db, "once", "f")).toEqual(bytes);
  });

  test("that was tampered with is refused: other bytes, a short chunk, a missing chunk", async () => {
    const chunks = db.collection<Chunk>("tampered.chunks");
    await writeFile(db, "tampered", "f", randomBytes(2500), { chunkSize });
    await chunks.updateOne({ _id: "f|1" }, { $set: { data: new Binary(randomBytes(1000)) } });
    await expect(readFile(db, "tampered", "f")).rejects.toThrow(/"f" in bucket "tampered" is damaged: its SHA-256/);
    await chunks.updateOne({ _id: "f|1" }, { $set: { data: new Binary(randomBytes(999)) } });
    await expect(readFile(db, "tampered", "f")).rejects.toThrow("chunk 1 has 999 bytes where 1000 are right");
    await chunks.deleteOne({ _id: "f|1" });
    await expect(readFile(db, "tampered", "f")).rejects.toThrow("chunk 1 is missing");
  });

  test("goes with its chunks when deleted, and its neighbours stay", async () => {
    const kept = randomBytes(2500);
    await writeFile(db, "gone", "kept", kept, { chunkSize });
    await writeFile(db, "gone", "lost", randomBytes(2500), { chunkSize });
    expect((await listFiles(db, "gone")).map((file) => file._id)).toEqual(["kept", "lost"]);
    await deleteFile(db, "gone", "lost");
    await deleteFile(db, "gone", "never there");
    expect((await listFiles(db, "gone")).map((file) => file._id)).toEqual(["kept"]);
    expect(await db.collection("gone.chunks").find({}).toArray()).toHaveLength(3);
    expect(await readFile(db, "gone", "kept")).toEqual(kept);
  });

  test("goes with its bucket, which can be dropped twice", async () => {
    await writeFile(db, "dropped", "f", randomBytes(10));
    await dropBucket(db, "dropped");
    await dropBucket(db, "dropped");
    expect(await listFiles(db, "dropped")).toEqual([]);
    await expect(readFile(db, "dropped", "f")).rejects.toMatchObject({ code: "not_found" });
  });
});

test("without MongoDB the error says so and is retryable", async () => {
  const away = new MongoClient("mongodb://127.0.0.1:1/", { serverSelectionTimeoutMS: 200 });
  await expect(readFile(away.db("x"), "b", "f")).rejects.toMatchObject({ code: "unavailable", retryable: true });
  await away.close();
});
