import { unavailable } from "@palate/host";
import { DatasetType } from "@palate/proto/dataset";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  batchOf,
  chunkOf,
  eventOf,
  FakeDatasets,
  interactionsOf,
  silent,
  snapshotOf,
  startOf,
} from "../testing/fake-datasets.js";
import { readSnapshot } from "./read-snapshot.js";
import { ReplicaFeed } from "./replica-feed.js";
import type { Replica } from "./replica.js";

const base = interactionsOf([
  ["ann", "milk", 10],
  ["bob", "eggs", 10],
]);

let datasets: FakeDatasets;
const feeds: ReplicaFeed[] = [];

beforeEach(async () => {
  datasets = await new FakeDatasets().start();
});

afterEach(async () => {
  for (const feed of feeds.splice(0)) await feed.close();
  await datasets.close();
});

function feedOf(silenceMs?: number): ReplicaFeed {
  const options = silenceMs === undefined ? {} : { silenceMs };
  const feed = new ReplicaFeed({ client: datasets.client, datasetGroup: "shop", logger: silent, ...options });
  feeds.push(feed);
  return feed;
}

/** Resolves once the replica has applied a commit of that cursor. */
function applied(feed: ReplicaFeed, cursor: string): Promise<void> {
  return new Promise((resolve) => {
    const end = feed.onChange((batch) => {
      if (batch.cursor !== cursor) return;
      end();
      resolve();
    });
  });
}

/** Resolves with the next replica that takes the place of another. */
function replaced(feed: ReplicaFeed): Promise<Replica> {
  return new Promise((resolve) => {
    const end = feed.onReplace((replica) => {
      end();
      resolve(replica);
    });
  });
}

const seenBy = (replica: Replica, user: string) =>
  [...replica.history(replica.userIndex(user)).items].map((item) => replica.itemId(item));

describe("a replica feed", () => {
  test("brings a snapshot, then changes in order", async () => {
    const feed = feedOf();
    expect(feed.replica).toBeUndefined();
    expect(feed.dataAgeMs()).toBe(Infinity);
    const read = await datasets.nextRead();
    expect(read.request).toEqual({ datasetGroup: "shop", fromCursor: "", follow: true });
    read.send(...snapshotOf("5", base));
    const replica = await feed.ready;
    expect(feed.replica).toBe(replica);
    expect(seenBy(replica, "ann")).toEqual(["milk"]);

    const changes = applied(feed, "7");
    read.send(
      { changeBatch: batchOf("6", { interactions: [eventOf("ann", "tea", 20)] }) },
      { changeBatch: batchOf("7", { interactions: [eventOf("ann", "jam", 20), eventOf("cid", "milk", 21)] }) },
    );
    await changes;
    expect(feed.replica).toBe(replica);
    expect(seenBy(replica, "ann")).toEqual(["milk", "tea", "jam"]);
    expect(replica.usersPerItem[replica.itemIndex("milk")]).toBe(2);
  });

  test("goes on from its last cursor after the connection is lost, on the same replica", async () => {
    const feed = feedOf();
    const first = await datasets.nextRead();
    first.send(...snapshotOf("5", base));
    const replica = await feed.ready;
    const sixth = applied(feed, "6");
    first.send({ changeBatch: batchOf("6", { interactions: [eventOf("ann", "tea", 20)] }) });
    await sixth;
    await datasets.stop();
    expect(seenBy(feed.replica!, "ann")).toEqual(["milk", "tea"]);

    await datasets.start();
    const second = await datasets.nextRead();
    expect(second.request.fromCursor).toBe("6");
    const seventh = applied(feed, "7");
    second.send({ changeBatch: batchOf("7", { interactions: [eventOf("ann", "jam", 30)] }) });
    await seventh;
    expect(feed.replica).toBe(replica);
    expect(seenBy(replica, "ann")).toEqual(["milk", "tea", "jam"]);
  });

  test("goes on from a heartbeat's cursor, and comes back when the service ends or fails the call", async () => {
    const feed = feedOf();
    const first = await datasets.nextRead();
    first.send(...snapshotOf("5", base), { heartbeat: { cursor: "9", asOfMs: Date.now() } });
    first.end();
    const second = await datasets.nextRead();
    expect(second.request.fromCursor).toBe("9");
    second.fail(unavailable("The datasets service is stopping."));
    expect((await datasets.nextRead()).request.fromCursor).toBe("9");
    expect(feed.replica).toBeDefined();
  });

  test("puts a new replica in the place of the old one when the bulk data is replaced, and only when it is whole", async () => {
    const feed = feedOf();
    const read = await datasets.nextRead();
    read.send(...snapshotOf("5", base));
    const old = await feed.ready;

    read.send({ snapshotStart: startOf() }, { snapshotChunk: interactionsOf([["dan", "plum", 1]]) });
    read.end();
    const again = await datasets.nextRead();
    expect(again.request.fromCursor).toBe("5");
    const meanwhile = applied(feed, "6");
    again.send({ changeBatch: batchOf("6", { interactions: [eventOf("ann", "tea", 20)] }) });
    await meanwhile;
    expect(feed.replica).toBe(old);
    expect(seenBy(old, "ann")).toEqual(["milk", "tea"]);

    const swap = replaced(feed);
    again.send(...snapshotOf("8", interactionsOf([["eve", "fig", 1]])));
    const replica = await swap;
    expect(feed.replica).toBe(replica);
    expect(replica).not.toBe(old);
    expect(replica.userIndex("ann")).toBe(-1);
    expect(replica.userIndex("dan")).toBe(-1);
    expect(seenBy(replica, "eve")).toEqual(["fig"]);
    expect(seenBy(old, "ann")).toEqual(["milk", "tea"]);

    const change = applied(feed, "9");
    again.send({ changeBatch: batchOf("9", { interactions: [eventOf("ann", "fig", 2)] }) });
    await change;
    expect(seenBy(replica, "ann")).toEqual(["fig"]);
    expect(seenBy(old, "ann")).toEqual(["milk", "tea"]);
  });

  test("gives up a connection that says nothing, and none that does", async () => {
    const feed = feedOf(1000);
    const first = await datasets.nextRead();
    first.send(...snapshotOf("5", base));
    await feed.ready;
    for (let beat = 0; beat < 15; beat++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      first.send({ heartbeat: { cursor: "5", asOfMs: Date.now() } });
    }
    expect(first.signal.aborted).toBe(false);
    const second = await datasets.nextRead();
    expect(second.request.fromCursor).toBe("5");
    expect(first.signal.aborted).toBe(true);
  });

  test("says how old its data is: only a heartbeat of the present makes it current", async () => {
    const feed = feedOf();
    const read = await datasets.nextRead();
    read.send(...snapshotOf("5", base));
    const replica = await feed.ready;
    replica.markCurrent(Date.now() - 3_600_000); // Known to have been current since: nothing changes.
    expect(replica.dataAgeMs()).toBeLessThan(60_000);

    await new Promise((resolve) => setTimeout(resolve, 300));
    const past = applied(feed, "6");
    const longAgo = Date.now() - 3_600_000;
    read.send(
      { heartbeat: { cursor: "5", asOfMs: longAgo } },
      { changeBatch: batchOf("6", { committedAtMs: longAgo }) },
    );
    await past;
    const aged = feed.dataAgeMs();
    expect(aged).toBeGreaterThanOrEqual(250);

    const beat = applied(feed, "7");
    read.send({ heartbeat: { cursor: "6", asOfMs: Date.now() } }, { changeBatch: batchOf("7", { committedAtMs: 0 }) });
    await beat;
    expect(feed.dataAgeMs()).toBeLessThan(aged);
    expect(replica.dataAgeMs()).toBeLessThan(aged);
  });

  test("survives a listener that fails", async () => {
    const feed = feedOf();
    feed.onReplace(() => {
      throw new Error("listener");
    });
    const heard = replaced(feed);
    (await datasets.nextRead()).send(...snapshotOf("5", base));
    expect(await heard).toBe(feed.replica);
  });

  test("waits for a service that is not there yet, and stops when it is closed", async () => {
    await datasets.stop();
    const feed = feedOf();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await datasets.start();
    const read = await datasets.nextRead();
    await feed.close();
    await expect(feed.ready).rejects.toMatchObject({ code: "cancelled" });
    await new Promise<void>((resolve) => {
      if (read.signal.aborted) resolve();
      else read.signal.addEventListener("abort", () => resolve());
    });
  });
});

describe("reading a snapshot", () => {
  test("gives everything that recipes train on, and the cursor", async () => {
    const interactions = chunkOf(DatasetType.DATASET_TYPE_INTERACTIONS, {
      USER_ID: ["string", ["ann", "bob", "ann", "ann"]],
      ITEM_ID: ["string", ["milk", "eggs", "eggs", "milk"]],
      TIMESTAMP: ["long", [30, 10, 20, 30]],
      EVENT_TYPE: ["string", ["buy", "view", null, "buy"]],
      EVENT_VALUE: ["double", [2.5, null, 1, null]],
    });
    const more = chunkOf(DatasetType.DATASET_TYPE_INTERACTIONS, {
      TIMESTAMP: ["long", [5_000_000_000, 1]],
      ITEM_ID: ["string", ["tea", "tea"]],
      USER_ID: ["string", [null, "bob"]],
      _SESSION_ID: ["string", ["s1", null]],
    });
    const items = chunkOf(DatasetType.DATASET_TYPE_ITEMS, {
      ITEM_ID: ["string", ["plum", "milk"]],
      NAME: ["string", ["Plum", null]],
      PRICE: ["double", [0, 1.25]],
      NEW: ["boolean", [true, false]],
    });
    const users = chunkOf(DatasetType.DATASET_TYPE_USERS, { USER_ID: ["string", ["cid"]], AGE: ["int", [44]] });
    const shares: number[] = [];
    const reading = readSnapshot(datasets.client, "shop", { onProgress: (share) => shares.push(share) });
    const read = await datasets.nextRead();
    expect(read.request).toEqual({ datasetGroup: "shop", fromCursor: "", follow: false });
    read.send(...snapshotOf("77", interactions, more, items, users));
    const { data, cursor } = await reading;
    expect(cursor).toBe("77");
    expect(shares).toEqual([4 / 9, 6 / 9, 8 / 9, 1]);
    expect(data).toEqual({
      userIds: ["ann", "bob", "s1", "cid"],
      itemIds: ["milk", "eggs", "tea", "plum"],
      offsets: Int32Array.of(0, 3, 5, 6, 6),
      items: Int32Array.of(1, 0, 0, 2, 1, 2),
      timestamps: Float64Array.of(20, 30, 30, 1, 10, 5_000_000_000),
      eventTypes: Uint16Array.of(0, 1, 1, 0, 2, 0),
      eventTypeNames: ["", "buy", "view"],
      eventValues: Float32Array.of(1, 2.5, NaN, NaN, NaN, NaN),
      itemAttributes: {
        NAME: [null, null, null, "Plum"],
        PRICE: [1.25, null, null, 0],
        NEW: [false, null, null, true],
      },
      userAttributes: { AGE: [null, null, null, 44] },
      itemColumnKinds: {},
    });
  });

  test("names no empty event type when every interaction has one", async () => {
    const reading = readSnapshot(datasets.client, "shop");
    const chunk = chunkOf(DatasetType.DATASET_TYPE_INTERACTIONS, {
      USER_ID: ["string", ["ann", "ann"]],
      ITEM_ID: ["string", ["milk", "eggs"]],
      TIMESTAMP: ["long", [1, 2]],
      EVENT_TYPE: ["string", ["view", "buy"]],
    });
    (await datasets.nextRead()).send(...snapshotOf("1", chunk));
    const { data } = await reading;
    expect(data.eventTypeNames).toEqual(["view", "buy"]);
    expect(data.eventTypes).toEqual(Uint16Array.of(0, 1));
  });

  test("of an empty group gives nothing", async () => {
    const reading = readSnapshot(datasets.client, "shop");
    (await datasets.nextRead()).send(...snapshotOf("0"));
    const { data } = await reading;
    expect(data.offsets).toEqual(Int32Array.of(0));
    expect([data.userIds, data.itemIds, data.eventTypeNames]).toEqual([[], [], []]);
  });

  test("fails when the service ends it half-way, and stops when it is told to", async () => {
    const broken = readSnapshot(datasets.client, "shop");
    const read = await datasets.nextRead();
    read.send({ snapshotStart: startOf() }, { snapshotChunk: base });
    read.end();
    await expect(broken).rejects.toMatchObject({ code: "unavailable", retryable: true });

    const controller = new AbortController();
    const stopped = readSnapshot(datasets.client, "shop", { signal: controller.signal });
    (await datasets.nextRead()).send({ snapshotStart: startOf() });
    controller.abort();
    await expect(stopped).rejects.toMatchObject({ code: "cancelled" });
    const never = readSnapshot(datasets.client, "shop", { signal: controller.signal });
    await expect(never).rejects.toMatchObject({ code: "cancelled" });
  });
});
