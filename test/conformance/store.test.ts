import { createHash, randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { Binary, MongoClient } from "mongodb";
import type { Collection, Db, Document } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort, startMongo } from "@palate/mongo";
import type { MongoOptions, RunningMongo } from "@palate/mongo";
import { startTestMongo, temporaryFolder } from "../support/mongo.js";
import type { TestMongo } from "../support/mongo.js";

/** Every document of Palate has a string id made of readable parts. */
interface Doc extends Document {
  _id: string;
}

/** Exactly the operations Palate relies on; whatever engine is to store its data must pass. */
describe("store conformance", () => {
  let mongo: TestMongo;
  let client: MongoClient;
  let db: Db;
  let collections = 0;
  const fresh = (): Collection<Doc> => db.collection<Doc>(`c${collections++}`);

  beforeAll(async () => {
    mongo = await startTestMongo();
    console.log(`store conformance on ${mongo.name}`);
    client = new MongoClient(mongo.uri, { maxPoolSize: 30 });
    db = client.db(mongo.databaseName("store"));
  });

  afterAll(async () => {
    await db?.dropDatabase();
    await client?.close();
    await mongo?.stop();
  });

  it("finds one document by its exact string id, whatever characters the id has", async () => {
    const c = fresh();
    const ids = ["shop|42", "a b", "Müller/✓", "quote\"'`", "back\\slash", "100%_$x", "<&>", "x".repeat(900)];
    for (const [n, _id] of ids.entries()) await c.insertOne({ _id, n });
    const found = await Promise.all(ids.map((_id) => c.findOne({ _id })));
    expect(found.map((d) => d?.n)).toEqual(ids.map((_, n) => n));
    expect(await c.findOne({ _id: "shop|4" })).toBeNull();
    expect(await c.findOne({ _id: "SHOP|42" })).toBeNull();
  });

  it("lets one of 50 parallel inserts of an id win and tells the others 11000", async () => {
    const c = fresh();
    for (let round = 0; round < 5; round++) {
      const _id = `lock|${round}`;
      const results = await Promise.allSettled(
        Array.from({ length: 50 }, (_, owner) => c.insertOne({ _id, owner }).then(() => owner)),
      );
      const winners = results.flatMap((r) => (r.status === "fulfilled" ? [r.value] : []));
      const codes = results.flatMap((r) => (r.status === "rejected" ? [(r.reason as { code: unknown }).code] : []));
      expect(winners).toHaveLength(1);
      expect(new Set(codes)).toEqual(new Set([11000]));
      expect((await c.findOne({ _id }))?.owner).toBe(winners[0]);
    }
  });

  it("flips a pointer document so that a reader sees the old value or the new one, and nothing else", async () => {
    const c = fresh();
    await c.insertOne({ _id: "campaign", active: "v0", previous: "none" });
    let reading = true;
    const seen: Doc[] = [];
    const reader = (async () => {
      while (reading) seen.push((await c.findOne({ _id: "campaign" })) as Doc);
    })();
    for (let v = 1; v <= 40; v++) {
      const flip = await c.updateOne({ _id: "campaign" }, { $set: { active: `v${v}`, previous: `v${v - 1}` } });
      expect(flip.matchedCount).toBe(1);
    }
    reading = false;
    await reader;
    const version = (d: Doc) => Number(String(d.active).slice(1));
    expect(seen.length).toBeGreaterThan(0);
    for (const d of seen) expect(d.previous).toBe(version(d) === 0 ? "none" : `v${version(d) - 1}`);
    expect(seen.map(version)).toEqual(seen.map(version).toSorted((a, b) => a - b));
    expect(await c.findOne({ _id: "campaign" })).toEqual({ _id: "campaign", active: "v40", previous: "v39" });
  });

  it("keeps every one of 200 parallel $set of different fields and $inc of the same one", async () => {
    const c = fresh();
    await c.insertOne({ _id: "doc", n: 0 });
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => c.updateOne({ _id: "doc" }, { $set: { [`f${i}`]: i }, $inc: { n: 1 } })),
    );
    const doc = (await c.findOne({ _id: "doc" })) as Doc;
    expect(doc.n).toBe(200);
    for (let i = 0; i < 200; i++) expect(doc[`f${i}`]).toBe(i);
  });

  it("replaces with upsert: creates once, then changes, under parallel callers", async () => {
    const c = fresh();
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, i) => c.updateOne({ _id: "seen" }, { $set: { by: i } }, { upsert: true })),
    );
    expect(results.filter((r) => r.upsertedCount === 1)).toHaveLength(1);
    expect(await c.countDocuments({})).toBe(1);
  });

  it("does 50 updates in one bulk, and larger bulks split by the driver", async () => {
    const c = fresh();
    await c.insertMany(Array.from({ length: 120 }, (_, i) => ({ _id: `u${i}`, n: 0 })));
    const updates = (count: number, n: number) =>
      Array.from({ length: count }, (_, i) => ({ updateOne: { filter: { _id: `u${i}` }, update: { $set: { n } } } }));
    expect((await c.bulkWrite(updates(50, 1), { ordered: false })).modifiedCount).toBe(50);
    expect((await c.bulkWrite(updates(120, 2), { ordered: false })).modifiedCount).toBe(120);
    expect((await c.findOne({ _id: "u119" }))?.n).toBe(2);
  });

  it("inserts the rest of an unordered batch when some ids exist", async () => {
    const c = fresh();
    await c.insertMany([{ _id: "e1" }, { _id: "e3" }]);
    const batch = ["e1", "e2", "e3", "e4"].map((_id) => ({ _id }));
    await expect(c.insertMany(batch, { ordered: false })).rejects.toMatchObject({ code: 11000 });
    expect((await c.find({}).toArray()).map((d) => d._id).toSorted()).toEqual(["e1", "e2", "e3", "e4"]);
  });

  it("stores 8 MB of binary data in one document and returns every byte", async () => {
    const c = fresh();
    const bytes = randomBytes(8 << 20);
    await c.insertOne({ _id: "big", bytes });
    const back = (await c.findOne({ _id: "big" }))?.bytes as Binary;
    expect(createHash("sha256").update(back.buffer).digest("hex")).toBe(
      createHash("sha256").update(bytes).digest("hex"),
    );
  });

  it("returns binary values bit for bit: empty, all byte values, and floats that are no numbers", async () => {
    const c = fresh();
    const floats = Buffer.from(Float32Array.of(NaN, Infinity, -0, 1e-45, 3.5).buffer);
    const values = { empty: Buffer.alloc(0), all: Buffer.from(Array.from({ length: 256 }, (_, i) => i)), floats };
    await c.insertOne({ _id: "b", ...values });
    const back = (await c.findOne({ _id: "b" })) as unknown as Record<string, Binary>;
    for (const [name, value] of Object.entries(values)) {
      expect(back[name]).toBeInstanceOf(Binary);
      expect(Buffer.from(back[name]!.value()).equals(value), name).toBe(true);
    }
  });

  it("keeps the types of numbers, strings, dates, nulls, arrays and nested documents", async () => {
    const c = fresh();
    const doc = {
      _id: "types",
      int: 7,
      large: 1_763_798_400_000,
      half: 0.5,
      text: "ü ✓ \u0000 end",
      date: new Date(1_763_798_400_123),
      none: null,
      list: ["a", 1, null],
      nested: { deep: { er: [{ k: "v" }] } },
    };
    await c.insertOne(doc);
    expect(await c.findOne({ _id: "types" })).toEqual(doc);
  });

  it("reads a file back chunk by chunk by exact ids, beside other files, and deletes chunks by id", async () => {
    const files = db.collection<Doc>("models.files");
    const chunks = db.collection<Doc>("models.chunks");
    const size = 256 << 10;
    const contents = new Map(["a", "b", "c"].map((name) => [name, randomBytes(3 * size + 1000)]));
    for (const [name, bytes] of contents) {
      for (let n = 0; n * size < bytes.length; n++) {
        const data = new Binary(bytes.subarray(n * size, (n + 1) * size));
        await chunks.insertOne({ _id: `${name}|${n}`, files_id: name, n, data });
      }
      await files.insertOne({ _id: name, length: bytes.length, chunkSize: size });
    }
    for (const [name, bytes] of contents) {
      const { length } = (await files.findOne({ _id: name })) as unknown as { length: number };
      const count = Math.ceil(length / size);
      const read = await Promise.all(Array.from({ length: count }, (_, n) => chunks.findOne({ _id: `${name}|${n}` })));
      const whole = Buffer.concat(read.map((chunk) => (chunk?.data as Binary).value()));
      expect(whole.equals(bytes), name).toBe(true);
    }
    expect((await chunks.deleteOne({ _id: "b|0" })).deletedCount).toBe(1);
    expect(await chunks.findOne({ _id: "b|0" })).toBeNull();
    expect(await chunks.findOne({ _id: "a|0" })).not.toBeNull();
  });

  it("streams a whole collection through a cursor, each document once", async () => {
    const c = fresh();
    const ids = Array.from({ length: 2500 }, (_, i) => `log|${String(i).padStart(6, "0")}`);
    await c.insertMany(ids.map((_id) => ({ _id, records: ["a", "b"] })));
    const seen: string[] = [];
    for await (const d of c.find({}, { batchSize: 300 })) seen.push(d._id);
    expect(seen.toSorted()).toEqual(ids);
  });

  it("drops a collection, which is then gone from the list, and takes new data under the old name", async () => {
    const c = fresh();
    await c.insertMany([{ _id: "1" }, { _id: "2" }]);
    const names = async () => (await db.listCollections({}, { nameOnly: true }).toArray()).map((x) => x.name);
    expect(await names()).toContain(c.collectionName);
    await c.drop();
    expect(await names()).not.toContain(c.collectionName);
    expect(await c.findOne({ _id: "1" })).toBeNull();
    await c.insertOne({ _id: "1", again: true });
    expect(await c.find({}).toArray()).toEqual([{ _id: "1", again: true }]);
  });

  it("drops a database and takes new data under the old name", async () => {
    const other = client.db(mongo.databaseName("dropped"));
    for (let round = 0; round < 5; round++) {
      await other.collection<Doc>("c").insertOne({ _id: "1", round });
      expect(await other.collection<Doc>("c").find({}).toArray()).toEqual([{ _id: "1", round }]);
      await other.dropDatabase();
      expect(await other.collection<Doc>("c").findOne({ _id: "1" })).toBeNull();
    }
  });
});

/** Durability can only be shown on a server that the test may kill. */
describe.skipIf(process.env.PALATE_TEST_MONGODB_URI)("store durability", () => {
  const folders: string[] = [];
  const newFolder = async () => {
    const folder = await temporaryFolder();
    folders.push(folder);
    return folder;
  };
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

  const start = async (dataDir: string, extra: MongoOptions = {}): Promise<RunningMongo> =>
    startMongo({ dataDir, engines: ["embedded"], probe: false, ...extra });

  async function withClient<T>({ uri }: RunningMongo, work: (c: Collection<Doc>) => Promise<T>): Promise<T> {
    const client = new MongoClient(uri, { retryWrites: false });
    try {
      return await work(client.db("durable").collection<Doc>("events"));
    } finally {
      await client.close();
    }
  }

  it("has the same data after a clean stop and a restart", async () => {
    const folder = await newFolder();
    const first = await start(folder);
    await withClient(first, (c) => c.insertMany([{ _id: "1", bytes: new Binary(Buffer.from([1, 2])) }, { _id: "2" }]));
    await first.stop();
    const second = await start(folder);
    try {
      expect(second.kind).toBe(first.kind);
      const found = await withClient(second, (c) => c.find({}).toArray());
      expect(found).toEqual([{ _id: "1", bytes: new Binary(Buffer.from([1, 2])) }, { _id: "2" }]);
    } finally {
      await second.stop();
    }
  });

  it("has every acknowledged insert after kill -9 under load, round after round, on the same port", async () => {
    const folder = await newFolder();
    const acknowledged: string[] = [];
    const port = await freePort("127.0.0.1");
    for (let round = 0; round < 3; round++) {
      const mongo = await start(folder, { port });
      expect(mongo.port).toBe(port);
      const exit = new Promise((resolve) => mongo.onExit(resolve));
      await withClient(mongo, async (c) => {
        let alive = true;
        const writers = Array.from({ length: 8 }, async (_, w) => {
          for (let i = 0; alive; i++) {
            const _id = `${round}|${w}|${i}`;
            await c.insertOne({ _id }).then(
              () => acknowledged.push(_id),
              () => (alive = false),
            );
            if (acknowledged.length >= (round + 1) * 200 && alive) {
              alive = false;
              process.kill(mongo.pid!, "SIGKILL");
            }
          }
        });
        await Promise.all(writers);
      });
      expect(await exit).toEqual({ code: null, signal: "SIGKILL" });
    }
    const mongo = await start(folder, { port });
    try {
      const kept = new Set((await withClient(mongo, (c) => c.find({}).toArray())).map((d) => d._id));
      expect(acknowledged.length).toBeGreaterThanOrEqual(600);
      expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    } finally {
      await mongo.stop();
    }
  });
});
