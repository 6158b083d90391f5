import { createClient, unaryCall, streamCall } from "@palate/host";
import { AuditPhase, AuditServiceClient, type AuditEntry, type AuditFilter } from "@palate/proto/dataset";
import { MongoClient, type Collection } from "mongodb";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { Harness } from "./datasets-harness.js";

/** A document of the log as it is stored. */
interface Stored {
  readonly _id: string;
  readonly entries: string[];
  readonly hash: string;
}

const anybody = { kind: "apiKey", id: "key-1", name: "shop", sourceAddress: "127.0.0.1" };

function entry(operation: string, other: Partial<AuditEntry> = {}) {
  return {
    ...{ sequence: 0, previousHash: "", hash: "", atMs: 0, phase: AuditPhase.AUDIT_PHASE_DONE, requestId: "r" },
    ...{ caller: anybody, operation, datasetGroup: "shop", resources: ["name=nightly"], outcome: "OK" },
    ...{ durationMs: 3, calls: 0, records: 0, startedSequence: 0, ...other },
  };
}

const everything: AuditFilter = { fromMs: 0, toMs: 0, callerId: "", datasetGroup: "", operation: "", outcome: "" };

describe("the audit log", () => {
  let mongo: TestMongo;
  let database: MongoClient;
  let harnesses: Harness[] = [];
  let client: AuditServiceClient;
  let other: AuditServiceClient;
  let stored: Collection<Stored>;
  let round = 0;

  beforeAll(async () => {
    mongo = await startTestMongo();
    database = await new MongoClient(mongo.uri).connect();
  });
  afterAll(async () => {
    await Promise.all(harnesses.map((harness) => harness.stop()));
    await database?.close();
    await mongo?.stop();
  });

  /** Each test has a database of its own, written by two processes. */
  beforeEach(async () => {
    client?.close();
    other?.close();
    await Promise.all(harnesses.map((harness) => harness.stop()));
    const prefix = mongo.databaseName(`audit${round++}`);
    harnesses = [await Harness.start(mongo.uri, prefix), await Harness.start(mongo.uri, prefix)];
    client = createClient(AuditServiceClient, harnesses[0]!.address);
    other = createClient(AuditServiceClient, harnesses[1]!.address);
    stored = database.db(`${prefix}_datasets`).collection<Stored>("audit");
  });

  const append = (entries: ReturnType<typeof entry>[], by = client) =>
    unaryCall(by, by.appendAuditEntries, { entries });
  const list = (filter: Partial<AuditFilter> = {}, pageSize = 0, pageToken = "") =>
    unaryCall(client, client.listAuditEntries, { filter: { ...everything, ...filter }, pageSize, pageToken });
  const verify = (expectedCheckpoint = "", by = client) =>
    unaryCall(by, by.verifyAuditLog, { pageToken: "", expectedCheckpoint });
  const documents = async () => (await stored.find().toArray()).sort((a, b) => (a._id < b._id ? -1 : 1));

  /** Six entries in three documents: 1, 2 to 4, 5 and 6. */
  async function sixEntries(): Promise<string> {
    await append([entry("a")]);
    await append([entry("b"), entry("c"), entry("d")]);
    await append([entry("e"), entry("f")]);
    const { checkpoint, problems } = await verify();
    expect(problems).toEqual([]);
    return checkpoint;
  }

  /** Stores a document otherwise than it was written. */
  const tamper = (id: number, change: (document: Stored) => Partial<Stored>) =>
    documents().then(async (all) => {
      const document = all[id - 1]!;
      await stored.updateOne({ _id: document._id }, { $set: change(document) });
    });

  it("keeps entries in one order without gaps, whichever process writes them", async () => {
    const calls = Array.from({ length: 60 }, (_, i) =>
      append([entry(`op${i}`), entry(`op${i}b`)], i % 2 ? other : client),
    );
    const firsts = (await Promise.all(calls)).map(({ firstSequence }) => firstSequence);
    expect([...firsts].sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => 2 * i + 1));
    const { entries } = await list({}, 1000);
    expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 120 }, (_, i) => 120 - i));
    expect(await verify()).toMatchObject({ problems: [], checked: 120, firstSequence: 1, nextPageToken: "" });
  });

  it("says who did what, when, from where, and what came of it", async () => {
    const before = Date.now();
    await append([entry("createImportJob", { outcome: "NOT_FOUND" })]);
    const { entries } = await list();
    expect(entries).toMatchObject([
      {
        ...{ sequence: 1, previousHash: "0".repeat(64), operation: "createImportJob", outcome: "NOT_FOUND" },
        ...{ caller: anybody, datasetGroup: "shop", resources: ["name=nightly"], durationMs: 3 },
      },
    ]);
    expect(entries[0]!.atMs).toBeGreaterThanOrEqual(before);
    expect(entries[0]!.atMs).toBeLessThanOrEqual(Date.now());
  });

  it("is found by time, caller, group, operation and outcome, page by page", async () => {
    const them = { ...anybody, id: "key-2" };
    await append([entry("a"), entry("b", { caller: them }), entry("a", { datasetGroup: "other" })]);
    await append([entry("a", { outcome: "NOT_FOUND" }), entry("c")]);
    const found = async (filter: Partial<AuditFilter>) => (await list(filter)).entries.map(({ sequence }) => sequence);
    expect(await found({ operation: "a" })).toEqual([4, 3, 1]);
    expect(await found({ callerId: "key-2" })).toEqual([2]);
    expect(await found({ datasetGroup: "other" })).toEqual([3]);
    expect(await found({ outcome: "NOT_FOUND", operation: "a" })).toEqual([4]);
    const all = (await list()).entries;
    const at = all.find(({ sequence }) => sequence === 4)!.atMs;
    expect(await found({ fromMs: at })).toContain(4);
    expect(await found({ toMs: at })).not.toContain(4);
    expect(await found({ fromMs: Date.now() + 1000 })).toEqual([]);
    const pages: number[][] = [];
    for (let token = ""; ;) {
      const { entries, nextPageToken } = await list({}, 2, token);
      pages.push(entries.map(({ sequence }) => sequence));
      if ((token = nextPageToken) === "") break;
    }
    expect(pages.flat()).toEqual([5, 4, 3, 2, 1]);
  });

  it("takes neither entries without an operation nor long ones", async () => {
    await expect(append([entry("")])).rejects.toMatchObject({ code: "invalid_argument" });
    await expect(append([entry("a".repeat(301))])).rejects.toMatchObject({ code: "invalid_argument" });
    await expect(append([])).rejects.toMatchObject({ code: "invalid_argument" });
    expect((await list()).entries).toEqual([]);
  });

  it.each([
    ["in a document's middle", 2, 1, 3],
    ["at a document's end", 1, 0, 1],
    ["that is the newest", 3, 1, 6],
  ])("names an entry %s that was changed", async (_, document, place, sequence) => {
    await sixEntries();
    await tamper(document, ({ entries }) => ({
      entries: entries.map((text, i) => (i === place ? text.replace("key-1", "key-9") : text)),
    }));
    const { problems } = await verify();
    expect(problems.map((problem) => problem.sequence)).toEqual([sequence]);
    expect(problems[0]!.message).toContain("was changed");
  });

  it("names an entry that was changed together with its document's hash", async () => {
    await sixEntries();
    await tamper(1, ({ entries }) => {
      const text = entries[0]!.replace("key-1", "key-9");
      return { entries: [text], hash: createHash("sha256").update(text).digest("hex") };
    });
    expect((await verify()).problems).toEqual([
      { sequence: 1, message: "Entry 1 is not the one that entry 2 was written after: it was changed." },
    ]);
  });

  it("names entries that were removed", async () => {
    await sixEntries();
    await tamper(2, ({ entries }) => ({ entries: entries.filter((_text, i) => i !== 1) }));
    expect((await verify()).problems[0]).toMatchObject({
      sequence: 3,
      message: expect.stringContaining("is missing") as string,
    });
    await stored.deleteOne({ _id: (await documents())[1]!._id });
    expect((await verify()).problems[0]).toMatchObject({
      sequence: 2,
      message: expect.stringContaining("were removed") as string,
    });
  });

  it("names entries that were put in or moved", async () => {
    await sixEntries();
    await tamper(2, ({ entries }) => ({ entries: [entries[0]!, entries[0]!, ...entries.slice(1)] }));
    expect((await verify()).problems[0]).toMatchObject({
      sequence: 3,
      message: expect.stringContaining("put in") as string,
    });
    await tamper(2, ({ entries }) => ({ entries: [entries[0]!, entries[3]!, entries[2]!] }));
    expect((await verify()).problems.map(({ message }) => message)).toContain(
      "Entry 3 stands in the place of entry 5: it was put in, or moved.",
    );
  });

  it("shows a cut-off end, and a chain written anew, to who has noted a checkpoint", async () => {
    const noted = await sixEntries();
    await append([entry("later")]);
    expect((await verify(noted)).problems).toEqual([]);
    const [, , third, fourth] = await documents();
    await stored.deleteOne({ _id: fourth!._id });
    expect((await verify()).problems).toMatchObject([{ sequence: 7 }]);
    await stored.deleteOne({ _id: third!._id });
    // Another process has not seen what was there, and so cannot miss it by itself.
    expect((await verify("", other)).problems).toEqual([]);
    expect((await verify(noted, other)).problems).toEqual([
      { sequence: 6, message: "The log ends with entry 4, but entry 6 was noted: the end was cut off." },
    ]);
    await append([entry("e"), entry("forged")], other);
    expect((await verify("", other)).problems).toEqual([]);
    expect((await verify(noted, other)).problems).toMatchObject([{ sequence: 6 }]);
    await expect(verify("6:abc")).rejects.toMatchObject({ code: "invalid_argument" });
  });

  it("goes as JSON Lines, whose hashes anybody can compute", async () => {
    await sixEntries();
    let text = "";
    for await (const { data } of streamCall(client, client.exportAuditLog, {})) text += data.toString();
    const lines = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ operation }) => operation)).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(lines[1]).toMatchObject({ previousHash: lines[0]!["hash"], phase: "DONE", kind: "apiKey", id: "key-1" });
    const line = lines[3]!;
    const values = [
      ...["sequence", "previousHash", "atMs"],
      ...["phase", "requestId", "kind", "id", "name", "sourceAddress", "operation", "datasetGroup", "resources"],
      ...["outcome", "durationMs", "calls", "records", "startedSequence"],
    ].map((key) => (key === "phase" ? 3 : line[key]));
    expect(
      createHash("sha256")
        .update(JSON.stringify([1, ...values]))
        .digest("hex"),
    ).toBe(line["hash"]);
  });

  it("is shortened from the front only, by who knows what goes, and stays whole", async () => {
    const noted = await sixEntries();
    const trim = (throughCheckpoint: string) => unaryCall(client, client.trimAuditLog, { throughCheckpoint });
    await expect(trim(`4:${"0".repeat(64)}`)).rejects.toMatchObject({ code: "failed_precondition" });
    await expect(trim("4")).rejects.toMatchObject({ code: "invalid_argument" });
    const fourth = (await list()).entries.find(({ sequence }) => sequence === 4)!;
    expect(await trim(`4:${fourth.hash}`)).toEqual({ removed: 4, firstSequence: 5 });
    expect((await documents()).length).toBe(1);
    await append([entry("g")], other);
    expect((await list()).entries.map(({ sequence }) => sequence)).toEqual([7, 6, 5]);
    expect(await verify(noted)).toMatchObject({ problems: [], checked: 3, firstSequence: 5 });
  });
});
