import { setTimeout as sleep } from "node:timers/promises";
import { Decimal128 } from "mongodb";
import type { Collection, Db, Document, MongoClient } from "mongodb";

/** A document of the probe: string ids, as everywhere in Palate. */
interface Doc extends Document {
  _id: string;
}

/** What a check may use; every check has a collection of its own. */
interface CheckContext {
  readonly client: MongoClient;
  readonly db: Db;
  readonly collection: Collection<Doc>;
  /** Opens another client, for checks that cost a server like FerretDB the connection. Closed after the check. */
  readonly otherClient: () => MongoClient;
}

/** One thing a server can do or not. */
interface Check {
  /** The noun for people: "lacks change streams". */
  readonly label: string;
  /** Whether Palate relies on it; a server without it must not be used. */
  readonly required: boolean;
  /** Resolves to false, or rejects, when the server cannot do it. */
  readonly works: (context: CheckContext) => Promise<boolean>;
}

const optional = (label: string, works: Check["works"]): Check => ({ label, required: false, works });
const required = (label: string, works: Check["works"]): Check => ({ label, required: true, works });
const times = (n: number, task: (i: number) => Promise<unknown>) =>
  Promise.allSettled(Array.from({ length: n }, (_, i) => task(i)));
const succeeded = (results: PromiseSettledResult<unknown>[]) =>
  results.filter((r) => r.status === "fulfilled" && r.value).length;
const isDuplicate = (error: unknown) => (error as { code?: unknown }).code === 11000;

/** Every check, by the name of its field in Capabilities. */
export const CHECKS = {
  atomicUpdate: required("atomic updates", async ({ collection: c }) => {
    await c.insertOne({ _id: "a", n: 0 });
    await times(200, () => c.updateOne({ _id: "a" }, { $inc: { n: 1 } }));
    return (await c.findOne({ _id: "a" }))?.n === 200;
  }),
  uniqueInsertLock: required("inserts as locks", async ({ collection: c }) => {
    return succeeded(await times(50, (i) => c.insertOne({ _id: "lock", owner: i }))) === 1;
  }),
  conditionalClaim: required("conditional claims", async ({ collection: c }) => {
    await c.insertOne({ _id: "job", state: "queued" });
    const claim = () => c.findOneAndUpdate({ _id: "job", state: "queued" }, { $set: { state: "running" } });
    return succeeded(await times(50, claim)) === 1;
  }),
  binaryRoundTrip: required("binary values", async ({ collection: c }) => {
    const bytes = Buffer.from(Float32Array.of(1.5, -0.25, 1e-30).buffer);
    await c.insertOne({ _id: "b", bytes });
    const back = (await c.findOne({ _id: "b" }, { promoteBuffers: true }))?.bytes;
    return Buffer.isBuffer(back) && back.equals(bytes);
  }),
  bulkUpdate: required("bulk updates of 50", async ({ collection: c }) => {
    await c.insertMany(Array.from({ length: 50 }, (_, i) => ({ _id: `${i}`, n: 0 })));
    const result = await c.bulkWrite(
      Array.from({ length: 50 }, (_, i) => ({
        updateOne: { filter: { _id: `${i}` }, update: { $set: { n: i + 1 } } },
      })),
    );
    return result.modifiedCount === 50;
  }),
  uniqueIndex: optional("unique indexes", async ({ collection: c }) => {
    await c.createIndex({ key: 1 }, { unique: true });
    await c.insertOne({ _id: "1", key: "x" });
    return c.insertOne({ _id: "2", key: "x" }).then(() => false, isDuplicate);
  }),
  uniqueOnUpdate: optional("duplicate-key errors on update", async ({ collection: c }) => {
    await c.createIndex({ key: 1 }, { unique: true });
    await c.insertMany([
      { _id: "1", key: "x" },
      { _id: "2", key: "y" },
    ]);
    return c.updateOne({ _id: "2" }, { $set: { key: "x" } }).then(() => false, isDuplicate);
  }),
  partialUnique: optional("partial unique indexes", async ({ collection: c }) => {
    await c.createIndex({ key: 1 }, { unique: true, partialFilterExpression: { open: true } });
    await c.insertMany([
      { _id: "1", key: "x", open: false },
      { _id: "2", key: "x", open: false },
    ]);
    return true;
  }),
  ttl: optional("TTL indexes", async ({ collection: c }) => {
    await c.createIndex({ at: 1 }, { expireAfterSeconds: 60 });
    return (await c.indexes()).some((index) => index.expireAfterSeconds === 60);
  }),
  aggregation: optional("aggregation beyond sums", async ({ collection: c }) => {
    await c.insertMany([
      { _id: "1", n: 1 },
      { _id: "2", n: 3 },
    ]);
    const [row] = await c.aggregate([{ $group: { _id: null, mean: { $avg: "$n" } } }]).toArray();
    return row?.mean === 2;
  }),
  lookup: optional("$lookup", async ({ collection: c }) => {
    await c.insertOne({ _id: "1", ref: "1" });
    const stage = { $lookup: { from: c.collectionName, localField: "ref", foreignField: "_id", as: "found" } };
    const [row] = await c.aggregate([stage]).toArray();
    return (row?.found as unknown[] | undefined)?.length === 1;
  }),
  pipelineUpdate: optional("pipeline updates", async ({ collection: c }) => {
    await c.insertOne({ _id: "1", a: 2 });
    await c.updateOne({ _id: "1" }, [{ $set: { b: { $add: ["$a", 1] } } }]);
    return (await c.findOne({ _id: "1" }))?.b === 3;
  }),
  arrayFilters: optional("arrayFilters", async ({ collection: c }) => {
    await c.insertOne({ _id: "1", list: [1, 5] });
    await c.updateOne({ _id: "1" }, { $set: { "list.$[big]": 9 } }, { arrayFilters: [{ big: { $gt: 3 } }] });
    return (await c.findOne({ _id: "1", list: 9 })) !== null;
  }),
  claimProjection: optional("findOneAndUpdate with projection", async ({ collection: c }) => {
    await c.insertOne({ _id: "1", a: 1, b: 2 });
    const found = await c.findOneAndUpdate({ _id: "1" }, { $set: { a: 2 } }, { projection: { b: 1 } });
    return found !== null && !("a" in found);
  }),
  elemMatch: optional("$elemMatch on documents", async ({ collection: c }) => {
    await c.insertOne({ _id: "1", list: [{ k: "x", n: 1 }] });
    return (await c.findOne({ list: { $elemMatch: { k: "x", n: 1 } } })) !== null;
  }),
  clientBulkWrite: optional("client.bulkWrite", async ({ client, collection: c }) => {
    const insert = { namespace: c.namespace, name: "insertOne" as const, document: { _id: "1" } };
    return (await client.bulkWrite<{ [namespace: string]: Doc }>([insert])).insertedCount === 1;
  }),
  nonFiniteNumbers: optional("NaN and infinities", async ({ collection: c, otherClient }) => {
    const apart = otherClient().db(c.dbName).collection<Doc>(c.collectionName);
    await apart.insertOne({ _id: "1", n: NaN, m: Infinity });
    return Number.isNaN((await c.findOne({ _id: "1" }))?.n);
  }),
  nestedArrays: optional("arrays in arrays", async ({ collection: c }) => {
    await c.insertOne({ _id: "1", grid: [[1, 2], [3]] });
    return true;
  }),
  decimal128: optional("Decimal128", async ({ collection: c, otherClient }) => {
    const apart = otherClient().db(c.dbName).collection<Doc>(c.collectionName);
    await apart.insertOne({ _id: "1", price: Decimal128.fromString("1.10") });
    return String((await c.findOne({ _id: "1" }))?.price) === "1.10";
  }),
  changeStreams: optional("change streams", async ({ collection: c }) => {
    const stream = c.watch([], { maxAwaitTimeMS: 100 });
    try {
      const change = stream.next();
      change.catch(() => {}); // closing the stream below ends it
      // The stream begins at the server's time of its opening, which next() does in the background.
      for (let i = 0; i < 10; i++) {
        await c.insertOne({ _id: `${i}` });
        const seen = await Promise.race([change.then(() => true), sleep(100, false)]);
        if (seen) return true;
      }
      return false;
    } finally {
      await stream.close();
    }
  }),
  transactions: optional("transactions", async ({ client, collection: c }) => {
    await c.insertOne({ _id: "before" });
    const session = client.startSession();
    try {
      session.startTransaction();
      await c.insertOne({ _id: "inside" }, { session });
      await session.abortTransaction();
    } finally {
      await session.endSession();
    }
    return (await c.findOne({ _id: "inside" })) === null;
  }),
} satisfies Record<string, Check>;
