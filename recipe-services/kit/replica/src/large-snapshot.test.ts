import { DatasetType, type SnapshotChunk } from "@palate/proto/dataset";
import { Dictionary, Int32, Int64, makeData, makeVector, Table, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import { expect, test } from "vitest";
import { FakeDatasets, batchOf, eventOf, silent, snapshotOf } from "../testing/fake-datasets.js";
import { readSnapshot } from "./read-snapshot.js";
import { ReplicaFeed } from "./replica-feed.js";

/** PALATE_FIGURES=1 makes it a million rows and prints what they cost; time and memory are never asserted. */
const figures = process.env["PALATE_FIGURES"] === "1";
const ROWS = figures ? 1_000_000 : 100_000;
const USERS = 6_040;
const ITEMS = 3_706;
const CHUNK = 50_000;

const say = (text: string) => figures && process.stderr.write(`${text}\n`);
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
const userOf = (row: number) => (row * 7919) % USERS;
const itemOf = (row: number) => (row * 104_729 + (row >> 3)) % ITEMS;

/** Rows whose users are interleaved and whose times go down: the order that costs most to put right. */
function chunksOf(rows: number): SnapshotChunk[] {
  const dictionary = (prefix: string, size: number) =>
    vectorFromArray(
      Array.from({ length: size }, (_, i) => `${prefix}${i}`),
      new Utf8(),
    );
  const [users, items] = [dictionary("user-", USERS), dictionary("item-", ITEMS)];
  const chunks: SnapshotChunk[] = [];
  for (let from = 0; from < rows; from += CHUNK) {
    const length = Math.min(CHUNK, rows - from);
    // A type for each column, since the type carries the dictionary's identity.
    const [userType, itemType] = [new Dictionary(new Utf8(), new Int32()), new Dictionary(new Utf8(), new Int32())];
    const userCodes = Int32Array.from({ length }, (_, i) => userOf(from + i));
    const itemCodes = Int32Array.from({ length }, (_, i) => itemOf(from + i));
    const times = BigInt64Array.from({ length }, (_, i) => BigInt(2_000_000_000 - from - i));
    const table = new Table({
      USER_ID: makeVector(makeData({ type: userType, length, data: userCodes, dictionary: users })),
      ITEM_ID: makeVector(makeData({ type: itemType, length, data: itemCodes, dictionary: items })),
      TIMESTAMP: makeVector(makeData({ type: new Int64(), length, data: times })),
    });
    const arrowIpc = Buffer.from(tableToIPC(table, "stream"));
    chunks.push({ datasetType: DatasetType.DATASET_TYPE_INTERACTIONS, arrowIpc, rows: length });
  }
  return chunks;
}

test("a large snapshot arrives whole and in order, for training and for serving", async () => {
  const datasets = await new FakeDatasets().start();
  try {
    const messages = snapshotOf("1", ...chunksOf(ROWS));

    let started = performance.now();
    const reading = readSnapshot(datasets.client, "shop");
    (await datasets.nextRead()).send(...messages);
    const { data } = await reading;
    say(`snapshot of ${ROWS} rows to train on: ${Math.round(performance.now() - started)} ms`);
    expect(data.items.length).toBe(ROWS);
    expect(data.userIds.length).toBe(USERS);
    for (let user = 0; user < USERS; user++) {
      for (let k = data.offsets[user]! + 1; k < data.offsets[user + 1]!; k++) {
        if (data.timestamps[k - 1]! > data.timestamps[k]!) throw new Error(`user ${user} is out of order at ${k}`);
      }
    }
    const first = data.offsets[data.userIds.indexOf(`user-${userOf(ROWS - 1)}`)]!;
    expect(data.itemIds[data.items[first]!]).toBe(`item-${itemOf(ROWS - 1)}`);

    started = performance.now();
    const feed = new ReplicaFeed({ client: datasets.client, datasetGroup: "shop", logger: silent });
    const read = await datasets.nextRead();
    read.send(...messages);
    const replica = await feed.ready;
    say(`the same as a replica: ${Math.round(performance.now() - started)} ms`);
    expect(replica.userCount).toBe(USERS);
    const user = replica.userIndex("user-42");
    const before = replica.history(user).items.length;
    expect(before).toBe(
      data.offsets[data.userIds.indexOf("user-42") + 1]! - data.offsets[data.userIds.indexOf("user-42")]!,
    );

    started = performance.now();
    const EVENTS = 10_000;
    for (let i = 0; i < EVENTS; i++) {
      const interactions = [eventOf(`user-${i % USERS}`, `item-${i % ITEMS}`, 2_000_000_001)];
      replica.apply(batchOf(String(i), { interactions }));
    }
    say(`an event applied: ${(((performance.now() - started) / EVENTS) * 1000).toFixed(2)} µs on average`);
    expect(replica.history(user).items.length).toBe(before + 2);
    started = performance.now();
    let total = 0;
    for (let i = 0; i < 100_000; i++) total += replica.history(i % USERS).items.length;
    say(`a history read: ${(((performance.now() - started) / 100_000) * 1000).toFixed(2)} µs on average (${total})`);
    say(
      `memory: ${megabytes(process.memoryUsage().rss)} in all, ${megabytes(process.memoryUsage().arrayBuffers)} arrays`,
    );
    await feed.close();
  } finally {
    await datasets.close();
  }
});
