import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import path from "node:path";
import {
  DuckDb,
  MemoryFiles,
  MemoryGroupStore,
  MongoGroupStore,
  openStore,
  ParquetRows,
  ParquetStore,
  readRecentIds,
  StreamedParquet,
  type LogDocument,
} from "@palate/datasets/simulation";
import { ChangeBatch, DatasetType, Interaction, type Column } from "@palate/proto/dataset";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestMongo, temporaryFolder, type TestMongo } from "../support/mongo.js";

/** The stores that the datasets service runs on, and those in memory that its simulation runs on. */
let mongo: TestMongo;
let store: ReturnType<typeof openStore>;
let duckdb: DuckDb;
let folder: string;
beforeAll(async () => {
  mongo = await startTestMongo();
  store = openStore(mongo.uri, mongo.databaseName("stores"));
  folder = await temporaryFolder();
  duckdb = await DuckDb.open({ memoryMb: 256, threads: 1, folder });
});
afterAll(async () => {
  await store?.db.dropDatabase();
  await store?.close();
  await mongo?.stop();
  duckdb?.close();
  await rm(folder, { recursive: true, force: true });
});

const newId = (): string => randomUUID().replaceAll("-", "");
const idOf = (sequence: number): string => String(sequence).padStart(15, "0");
const documentOf = (sequence: number, nonce: string): LogDocument => ({
  ...{ id: idOf(sequence), format: 1, nonce, at: 1_700_000_000_000 },
  records: Uint8Array.of(sequence, 0, 255),
});

describe.each([
  ["MongoDB", () => new MongoGroupStore(store, 1_000)],
  ["memory", () => new MemoryGroupStore()],
] as const)("dataset groups in %s", (_name, open) => {
  it("let one of many inserts of a number win, and give back what the winner wrote", async () => {
    const log = open().log(newId());
    const nonces = Array.from({ length: 20 }, (_, writer) => `writer ${writer}`);
    const inserted = await Promise.all(nonces.map((nonce) => log.insert(documentOf(1, nonce))));
    const winners = nonces.filter((_, writer) => inserted[writer]!.outcome === "written");
    expect(winners).toHaveLength(1);
    expect(new Set(inserted.map(({ outcome }) => outcome))).toEqual(new Set(["written", "taken"]));
    const found = await log.find(idOf(1));
    expect(found).toEqual({ ...documentOf(1, winners[0]!), records: expect.anything() as unknown });
    expect([...found!.records!]).toEqual([1, 0, 255]);
    expect(await log.find(idOf(2))).toBeNull();
  });

  it("keep manifests as text, and logs apart", async () => {
    const [groups, one, other] = [open(), newId(), newId()];
    const manifest = JSON.stringify({ text: 'ü\u0000"😀' });
    const document: LogDocument = { id: idOf(7), format: 1, nonce: "n", at: 5, manifest };
    expect(await groups.log(one).insert(document)).toEqual({ outcome: "written" });
    expect(await groups.log(one).find(idOf(7))).toEqual(document);
    expect(await groups.log(other).find(idOf(7))).toBeNull();
  });

  it("replace the records of a document that is there, and nothing else", async () => {
    const log = open().log(newId());
    await log.insert(documentOf(1, "n"));
    await log.replaceRecords(idOf(1), Uint8Array.of(9));
    await log.replaceRecords(idOf(2), Uint8Array.of(9));
    const found = await log.find(idOf(1));
    expect([...found!.records!]).toEqual([9]);
    expect(found).toMatchObject({ nonce: "n", at: 1_700_000_000_000, format: 1 });
    expect(await log.find(idOf(2))).toBeNull();
  });

  it("give a number free when its document is deleted, once or again", async () => {
    const log = open().log(newId());
    await log.insert(documentOf(1, "first"));
    await log.remove(idOf(1));
    await log.remove(idOf(1));
    expect(await log.find(idOf(1))).toBeNull();
    expect(await log.insert(documentOf(1, "second"))).toEqual({ outcome: "written" });
    await log.drop();
    expect(await log.find(idOf(1))).toBeNull();
  });

  it("move hints forward only, each part by itself", async () => {
    const [{ hints }, logId] = [open(), newId()];
    expect(await hints.read(logId)).toMatchObject({ manifestSequence: 0, deletedThrough: 0 });
    await hints.advance(logId, { manifestSequence: 5 });
    await hints.advance(logId, { manifestSequence: 3, deletedThrough: 2 });
    expect(await hints.read(logId)).toMatchObject({ manifestSequence: 5, deletedThrough: 2 });
    await hints.remove(logId);
    expect(await hints.read(logId)).toMatchObject({ manifestSequence: 0, deletedThrough: 0 });
  });

  it("have one group of a name, until it is removed", async () => {
    const [groups, name] = [open(), newId()];
    const document = { _id: name, logId: newId(), createdAtMs: 3 };
    expect(await groups.find(name)).toBeNull();
    expect(await groups.add(document)).toBe(true);
    expect(await groups.add({ ...document, logId: newId() })).toBe(false);
    expect(await groups.find(name)).toEqual(document);
    expect(await groups.list()).toContainEqual(document);
    await groups.remove(name);
    await groups.remove(name);
    expect(await groups.find(name)).toBeNull();
    expect(await groups.tracker(document.logId)).toBeNull();
  });

  it("remember when a group was deleted", async () => {
    const [groups, logId] = [open(), newId()];
    expect(await groups.buriedAt(logId)).toBe(0);
    await groups.bury(logId, 5);
    await groups.bury(logId, 7);
    expect(await groups.buriedAt(logId)).toBe(7);
  });
});

const column = (name: string, type: string): Column => ({
  ...{ name, type, nullable: true, categorical: false, textual: false },
});
const COLUMNS = [
  column("USER_ID", "string"),
  column("ITEM_ID", "string"),
  column("TIMESTAMP", "long"),
  column("EVENT_TYPE", "string"),
  column("EVENT_VALUE", "float"),
  column("RECOMMENDATION_ID", "string"),
  column("IMPRESSION", "string"),
];
const DATASET = {
  ...{ type: DatasetType.DATASET_TYPE_INTERACTIONS, name: "d", schemaName: "s", columns: COLUMNS, files: [] },
  ...{ createdSequence: 1, createdAtMs: 0, updatedAtMs: 0 },
};

/** A commit with one event for each of [user, session, item, event id]. */
const commitOf = (sequence: number, events: readonly (readonly [string, string, string, string])[]) => ({
  ...{ sequence, atMs: 0, bytes: 1 },
  records: ChangeBatch.fromPartial({
    interactions: events.map(([userId, sessionId, itemId, eventId]) =>
      Interaction.fromPartial({ userId, sessionId, itemId, eventId, timestamp: sequence }),
    ),
  }),
});

describe.each(["Parquet", "memory"] as const)("files of streamed events in %s", (kind) => {
  function open() {
    const memory = new MemoryFiles();
    if (kind === "memory") return { files: memory, rows: memory, remembered: memory.remembered.bind(memory) };
    const parquet = new ParquetStore(store.db, path.join(folder, "files"));
    return {
      files: new StreamedParquet(parquet, duckdb, folder),
      rows: new ParquetRows(parquet, duckdb),
      remembered: (manifest: Parameters<typeof readRecentIds>[3], most: number) =>
        readRecentIds(parquet, duckdb, logId, manifest, most),
    };
  }
  const logId = newId();
  const first = commitOf(2, [
    ["ann", "", "a", "e1"],
    ["", "visit", "b", "e2"],
  ]);
  const second = commitOf(3, [
    ["bob", "visit", "c", "e3"],
    ["", "other", "d", ""],
  ]);
  const manifestOf = (...files: Awaited<ReturnType<StreamedParquet["write"]>>[]) => ({
    ...{ format: 1 as const, replacedAt: 1, compactedThrough: 3, obsoleteThrough: 0, deleted: false },
    datasets: [{ ...DATASET, files }],
  });

  it("hold the records of commits in order, behind those of an earlier file", async () => {
    const { files, rows } = open();
    const base = await files.write(logId, DATASET, { commits: [first], base: undefined });
    const file = await files.write(logId, DATASET, { commits: [second], base });
    expect(base).toMatchObject({ kind: "streamed", arrived: 2, rows: 2, anonymous: 1 });
    expect(file).toMatchObject({ kind: "streamed", arrived: 3, rows: 4, anonymous: 2 });
    const opened = await rows.open(logId, manifestOf(file), []);
    const found: unknown[][] = [];
    for await (const vectors of opened.read(file, DATASET, COLUMNS.slice(0, 3))) {
      for (let row = 0; row < vectors.rowCount; row++) {
        found.push([0, 1, 2].map((index) => String(vectors.getColumnVector(index).getItem(row))));
      }
    }
    await opened.close();
    // The visit turned out to be Bob's; who the other visitor was nobody knows.
    expect(found).toEqual([
      ["ann", "a", "2"],
      ["bob", "b", "2"],
      ["bob", "c", "3"],
      ["other", "d", "3"],
    ]);
    expect([opened.userOf("visit"), opened.userOf("other"), opened.userOf(undefined)]).toEqual([
      "bob",
      undefined,
      undefined,
    ]);
  });

  it("know who visitors are from commits that are not in files, too", async () => {
    const { files, rows } = open();
    const file = await files.write(logId, DATASET, { commits: [first], base: undefined });
    const opened = await rows.open(logId, manifestOf(file), [second]);
    expect(opened.userOf("visit")).toBe("bob");
    await opened.close();
  });

  it("say which event ids and sign-ins they hold, the newest as many as wanted", async () => {
    const { files, remembered } = open();
    const one = await files.write(logId, DATASET, { commits: [first], base: undefined });
    const two = await files.write(logId, DATASET, { commits: [second], base: undefined });
    expect(await remembered(manifestOf(one, two), 100)).toEqual({
      eventIds: ["e1", "e2", "e3"],
      sessions: [["visit", "bob"]],
    });
    expect((await remembered(manifestOf(one, two), 2)).eventIds).toEqual(["e2", "e3"]);
  });

  it("are not found any more once they are removed", async () => {
    const { files, rows } = open();
    const file = await files.write(logId, DATASET, { commits: [first], base: undefined });
    await files.remove(logId, file.id);
    await files.remove(logId, file.id);
    const read = async (): Promise<void> => {
      const opened = await rows.open(logId, manifestOf(file), []);
      for await (const _ of opened.read(file, DATASET, COLUMNS)) break;
    };
    await expect(read()).rejects.toMatchObject({ code: "not_found" });
  });
});
