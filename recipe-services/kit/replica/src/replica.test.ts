import { DatasetType, type SnapshotChunk } from "@palate/proto/dataset";
import { describe, expect, test } from "vitest";
import { batchOf, chunkOf, eventOf, interactionsOf, startOf } from "../testing/fake-datasets.js";
import { Replica } from "./replica.js";
import { SnapshotBuffer } from "./rows/snapshot-buffer.js";

const { DATASET_TYPE_INTERACTIONS, DATASET_TYPE_ITEMS, DATASET_TYPE_USERS } = DatasetType;

function replicaOf(...chunks: SnapshotChunk[]): Replica {
  const buffer = new SnapshotBuffer(startOf(), false);
  for (const chunk of chunks) buffer.add(chunk);
  return new Replica(buffer, Date.now());
}

/** A user's history as "item@time", oldest first. */
function historyOf(replica: Replica, userId: string): string[] {
  const { items, timestamps } = replica.history(replica.userIndex(userId));
  expect(items.length).toBe(timestamps.length);
  return [...items].map((item, k) => `${replica.itemId(item)}@${timestamps[k]}`);
}

/** How many users each item has, by id. */
function audience(replica: Replica): Record<string, number> {
  expect(replica.usersPerItem.length).toBeGreaterThanOrEqual(replica.itemCount);
  return Object.fromEntries(
    Array.from({ length: replica.itemCount }, (_, item) => [replica.itemId(item), replica.usersPerItem[item]!]),
  );
}

const base = interactionsOf([
  ["ann", "milk", 10],
  ["bob", "milk", 30],
  ["ann", "bread", 20],
  ["bob", "eggs", 10],
  ["ann", "milk", 20],
]);

describe("a replica of a snapshot", () => {
  test("has each user's interactions by time, equal times in order of arrival", () => {
    const more = interactionsOf([
      ["ann", "eggs", 20],
      ["ann", "jam", 5],
    ]);
    const replica = replicaOf(base, more);
    expect(historyOf(replica, "ann")).toEqual(["jam@5", "milk@10", "bread@20", "milk@20", "eggs@20"]);
    expect(historyOf(replica, "bob")).toEqual(["eggs@10", "milk@30"]);
    expect(replica.userCount).toBe(2);
    expect(replica.itemCount).toBe(4);
  });

  test("knows nothing of users and items that are not there", () => {
    const replica = replicaOf(base);
    expect(replica.userIndex("nobody")).toBe(-1);
    expect(replica.itemIndex("nothing")).toBe(-1);
    expect(replica.history(-1).items.length).toBe(0);
    expect(replica.historyVersion(-1)).toBe(0);
    expect(replica.itemAttribute(-1, "NAME")).toBe("");
  });

  test("counts a user once for each item", () => {
    expect(audience(replicaOf(base))).toEqual({ milk: 2, bread: 1, eggs: 1 });
  });

  test("takes an anonymous session for a user, and leaves out what is nobody's", () => {
    const replica = replicaOf(
      chunkOf(DATASET_TYPE_INTERACTIONS, {
        USER_ID: ["string", ["ann", "s2", "", null]],
        _SESSION_ID: ["string", [null, "s2", "s2", null]],
        ITEM_ID: ["string", ["milk", "eggs", "milk", "jam"]],
        TIMESTAMP: ["long", [1, 2, 3, 4]],
      }),
    );
    expect(historyOf(replica, "s2")).toEqual(["eggs@2", "milk@3"]);
    expect(historyOf(replica, "ann")).toEqual(["milk@1"]);
    expect(audience(replica)).toEqual({ milk: 2, eggs: 1 });
  });

  test("has the items and users of their datasets, the newest row of each, and no value where there is none", () => {
    const replica = replicaOf(
      base,
      chunkOf(DATASET_TYPE_ITEMS, {
        ITEM_ID: ["string", ["milk", "tea", "milk"]],
        NAME: ["string", ["Milk", "Tea", "Whole milk"]],
        PRICE: ["double", [1.5, null, 2.25]],
        NEW: ["boolean", [true, false, null]],
      }),
      chunkOf(DATASET_TYPE_USERS, { USER_ID: ["string", ["cid"]], AGE: ["int", [44]] }),
    );
    const values = (id: string) =>
      replica.itemColumns.map((name) => replica.itemAttribute(replica.itemIndex(id), name));
    expect(replica.itemColumns).toEqual(["NAME", "PRICE", "NEW"]);
    expect(values("milk")).toEqual(["Whole milk", "2.25", ""]);
    expect(values("tea")).toEqual(["Tea", "", "false"]);
    expect(values("bread")).toEqual(["", "", ""]);
    expect(replica.userAttribute(replica.userIndex("cid"), "AGE")).toBe("44");
    expect(replica.history(replica.userIndex("cid")).items.length).toBe(0);
    expect(audience(replica)).toMatchObject({ tea: 0 });
  });
});

describe("a change", () => {
  test("goes to its place in time, behind what happened at the same moment", () => {
    const replica = replicaOf(base);
    const interactions = [eventOf("ann", "jam", 40), eventOf("ann", "eggs", 20), eventOf("ann", "tea", 1)];
    replica.apply(batchOf("1", { interactions }));
    const expected = ["tea@1", "milk@10", "bread@20", "milk@20", "eggs@20", "jam@40"];
    expect(historyOf(replica, "ann")).toEqual(expected);
    expect(historyOf(replica, "bob")).toEqual(["eggs@10", "milk@30"]);
  });

  test("moves the user's history version and no other's", () => {
    const replica = replicaOf(base);
    const [ann, bob] = [replica.userIndex("ann"), replica.userIndex("bob")];
    const before = [replica.historyVersion(ann), replica.historyVersion(bob)];
    replica.apply(batchOf("1", { interactions: [eventOf("ann", "jam", 40), eventOf("ann", "jam", 41)] }));
    expect([replica.historyVersion(ann), replica.historyVersion(bob)]).toEqual([before[0]! + 2, before[1]]);
  });

  test("counts a user once for each item, and says when counts have changed", () => {
    const replica = replicaOf(base);
    const before = replica.interactionVersion;
    replica.apply(batchOf("1", { interactions: [eventOf("ann", "milk", 50)] }));
    expect(replica.interactionVersion).toBe(before);
    replica.apply(batchOf("2", { interactions: [eventOf("ann", "eggs", 51), eventOf("cid", "milk", 52)] }));
    expect(replica.interactionVersion).toBeGreaterThan(before);
    expect(audience(replica)).toEqual({ milk: 3, bread: 1, eggs: 2 });
  });

  test("is told to listeners, interaction by interaction, until they have enough", () => {
    const replica = replicaOf(base);
    const heard: string[] = [];
    const end = replica.onInteraction((user, item, timestamp) => {
      expect(replica.history(user).items).toContain(item);
      heard.push(`${replica.userId(user)} ${replica.itemId(item)} ${timestamp}`);
    });
    const interactions = [eventOf("cat", "tea", 50), eventOf("ann", "milk", 0), eventOf("bob", "tea", 1000)];
    replica.apply(batchOf("1", { committedAtMs: 99_500, interactions }));
    expect(heard, "the time of recording for no time, and for a time after it").toEqual([
      "cat tea 50",
      "ann milk 99",
      "bob tea 99",
    ]);
    end();
    replica.apply(batchOf("2", { interactions: [eventOf("cat", "tea", 51)] }));
    expect(heard).toHaveLength(3);
  });

  test("of metadata is told to listeners once it can be read, until they have enough", () => {
    const replica = replicaOf(base);
    const heard: string[] = [];
    const end = replica.onItemChange((item) =>
      heard.push(`${replica.itemId(item)} ${replica.itemAttribute(item, "NAME")}`),
    );
    const named = (itemId: string, NAME: string) => ({ itemId, properties: JSON.stringify({ NAME }) });
    replica.apply(batchOf("1", { items: [named("fig", "Fig"), named("milk", "Milk")] }));
    replica.apply(batchOf("2", { interactions: [eventOf("ann", "kiwi", 50)] }));
    end();
    replica.apply(batchOf("3", { items: [named("fig", "Dried fig")] }));
    expect(heard).toEqual(["fig Fig", "milk Milk"]);
  });

  test("brings new users, sessions and items, and leaves every index as it was", () => {
    const replica = replicaOf(base);
    const milk = replica.itemIndex("milk");
    const bob = replica.userIndex("bob");
    const anonymous = eventOf("", "kiwi", 7, { sessionId: "s9" });
    replica.apply(batchOf("1", { interactions: [eventOf("new", "fig", 60), anonymous] }));
    expect(replica.itemIndex("milk")).toBe(milk);
    expect(replica.userIndex("bob")).toBe(bob);
    expect(historyOf(replica, "new")).toEqual(["fig@60"]);
    expect(historyOf(replica, "s9")).toEqual(["kiwi@7"]);
    expect(audience(replica)).toMatchObject({ fig: 1, kiwi: 1 });
  });

  test("makes what a session did the user's when they sign in, each event once and at its time", () => {
    const replica = replicaOf(
      chunkOf(DATASET_TYPE_INTERACTIONS, {
        USER_ID: ["string", ["ann", "s1", "s1", "bob"]],
        _SESSION_ID: ["string", [null, "s1", "s1", null]],
        ITEM_ID: ["string", ["milk", "milk", "eggs", "jam"]],
        TIMESTAMP: ["long", [5, 4, 9, 1]],
      }),
    );
    const anonymous = eventOf("", "figs", 3, { sessionId: "s1" });
    replica.apply(batchOf("1", { interactions: [anonymous] }));
    expect(audience(replica)).toEqual({ milk: 2, eggs: 1, jam: 1, figs: 1 });
    const [version, seen] = [replica.historyVersion(replica.userIndex("ann")), replica.interactionVersion];
    const signIn = eventOf("ann", "tea", 6, { sessionId: "s1" });
    replica.apply(batchOf("2", { interactions: [signIn] }));
    expect(historyOf(replica, "ann")).toEqual(["figs@3", "milk@4", "milk@5", "tea@6", "eggs@9"]);
    expect(historyOf(replica, "s1")).toEqual([]);
    expect(audience(replica)).toEqual({ milk: 1, eggs: 1, jam: 1, figs: 1, tea: 1 });
    expect(replica.historyVersion(replica.userIndex("ann"))).toBeGreaterThan(version);
    expect(replica.interactionVersion).toBeGreaterThan(seen);
    // Signing in a second time brings nothing again.
    replica.apply(batchOf("3", { interactions: [eventOf("bob", "tea", 7, { sessionId: "s1" })] }));
    expect(historyOf(replica, "bob")).toEqual(["jam@1", "tea@7"]);
    expect(historyOf(replica, "ann")).toHaveLength(5);
  });

  test("knows what a user hid and did not take back, and counts nobody who turned an item down", () => {
    const typed = (rows: [string, string, number, string][]) => ({
      USER_ID: ["string", rows.map(([user]) => user)] as ["string", string[]],
      ITEM_ID: ["string", rows.map(([, item]) => item)] as ["string", string[]],
      TIMESTAMP: ["long", rows.map(([, , time]) => time)] as ["long", number[]],
      EVENT_TYPE: ["string", rows.map(([, , , type]) => type)] as ["string", string[]],
    });
    const replica = replicaOf(
      chunkOf(
        DATASET_TYPE_INTERACTIONS,
        typed([
          ["ann", "milk", 10, "click"],
          ["ann", "milk", 20, "Hide"],
          ["ann", "jam", 30, "unhide"],
          ["ann", "jam", 20, "hide"],
          ["bob", "jam", 10, "dislike"],
        ]),
      ),
    );
    const hidden = (user: string, types = ["hide"]) =>
      [...replica.hiddenItems(replica.userIndex(user), types)].map((item) => replica.itemId(item));
    expect(hidden("ann")).toEqual(["milk"]);
    expect(hidden("bob")).toEqual([]);
    expect(hidden("bob", ["DISLIKE", "hide"])).toEqual(["jam"]);
    expect(hidden("ann", [])).toEqual([]);
    expect(hidden("nobody")).toEqual([]);
    expect(audience(replica)).toEqual({ milk: 1, jam: 0 });
    const heard: string[] = [];
    replica.onInteraction((user, item) => heard.push(`${replica.userId(user)} ${replica.itemId(item)}`));
    const events = [
      eventOf("cid", "eggs", 40, { eventType: "hide" }),
      eventOf("cid", "milk", 41, { eventType: "click" }),
      eventOf("bob", "jam", 42, { eventType: "click" }),
      eventOf("ann", "milk", 43, { eventType: "unhide" }),
    ];
    replica.apply(batchOf("1", { interactions: events }));
    expect(hidden("cid")).toEqual(["eggs"]);
    expect(hidden("ann")).toEqual([]);
    expect(audience(replica)).toEqual({ milk: 2, jam: 1, eggs: 0 });
    expect(heard).toEqual(["cid milk", "bob jam"]);
  });

  test("counts what was on view, in a snapshot and live", () => {
    const replica = replicaOf(
      base,
      chunkOf(DATASET_TYPE_INTERACTIONS, {
        USER_ID: ["string", ["ann", "bob"]],
        ITEM_ID: ["string", ["milk", "eggs"]],
        TIMESTAMP: ["long", [50, 60]],
        IMPRESSION: ["string", ["milk|eggs", "milk|jam"]],
      }),
    );
    replica.apply(
      batchOf("1", { interactions: [eventOf("cid", "eggs", 70, { impression: ["eggs", "milk", "eggs"] })] }),
    );
    const counts = (id: string) => {
      const item = replica.itemIndex(id);
      return [replica.impressions.shown(item), replica.impressions.chosen(item)];
    };
    expect([counts("milk"), counts("eggs"), counts("bread")]).toEqual([
      [3, 1],
      [2, 1],
      [0, 0],
    ]);
    expect([replica.impressions.allShown, replica.impressions.allChosen]).toEqual([5, 2]);
  });

  test("never makes a user part of another, though a session has the user's id", () => {
    const replica = replicaOf(base);
    const events = [eventOf("", "figs", 40, { sessionId: "bob" }), eventOf("ann", "tea", 50, { sessionId: "bob" })];
    replica.apply(batchOf("1", { interactions: events }));
    expect(historyOf(replica, "bob")).toEqual(["eggs@10", "milk@30", "figs@40"]);
    expect(historyOf(replica, "ann")).toEqual(["milk@10", "bread@20", "milk@20", "tea@50"]);
  });

  test("forgets deleted users with their sessions; one of the same id that comes later is new", () => {
    const replica = replicaOf(
      base,
      chunkOf(DATASET_TYPE_INTERACTIONS, {
        USER_ID: ["string", ["s1", "s2"]],
        _SESSION_ID: ["string", ["s1", "s2"]],
        ITEM_ID: ["string", ["milk", "milk"]],
        TIMESTAMP: ["long", [1, 1]],
      }),
    );
    const before = replica.interactionVersion;
    expect(audience(replica)).toEqual({ milk: 4, bread: 1, eggs: 1 });
    const ann = replica.userIndex("ann");
    replica.apply(batchOf("1", { deletions: { userIds: ["ann", "nobody"], sessionIds: ["s1", "bob"], itemIds: [] } }));
    expect([replica.userIndex("ann"), replica.userIndex("s1")]).toEqual([-1, -1]);
    expect(replica.userId(ann)).toBe("");
    expect(audience(replica)).toEqual({ milk: 2, bread: 0, eggs: 1 });
    expect(historyOf(replica, "bob")).toEqual(["eggs@10", "milk@30"]);
    expect(historyOf(replica, "s2")).toEqual(["milk@1"]);
    expect(replica.interactionVersion).toBeGreaterThan(before);
    expect(replica.forgottenUsers).toContain(ann);
    replica.apply(batchOf("2", { interactions: [eventOf("ann", "tea", 50)] }));
    expect(historyOf(replica, "ann")).toEqual(["tea@50"]);
    expect(replica.userIndex("ann")).not.toBe(ann);
  });

  test("forgets deleted items in every history", () => {
    const replica = replicaOf(base);
    const milk = replica.itemIndex("milk");
    const version = replica.historyVersion(replica.userIndex("ann"));
    replica.apply(batchOf("1", { deletions: { userIds: [], sessionIds: [], itemIds: ["milk", "nothing"] } }));
    expect(replica.itemIndex("milk")).toBe(-1);
    expect(historyOf(replica, "ann")).toEqual(["bread@20"]);
    expect(historyOf(replica, "bob")).toEqual(["eggs@10"]);
    expect(replica.usersPerItem[milk]).toBe(0);
    expect(replica.forgottenItems).toEqual([milk]);
    expect(replica.historyVersion(replica.userIndex("ann"))).toBeGreaterThan(version);
    replica.apply(batchOf("2", { interactions: [eventOf("ann", "milk", 60)] }));
    expect(historyOf(replica, "ann")).toEqual(["bread@20", "milk@60"]);
    expect(replica.usersPerItem[replica.itemIndex("milk")]).toBe(1);
  });

  test("replaces all attributes of an item, and adds items that nobody has touched", () => {
    const replica = replicaOf(
      base,
      chunkOf(DATASET_TYPE_ITEMS, {
        ITEM_ID: ["string", ["milk"]],
        NAME: ["string", ["Milk"]],
        PRICE: ["double", [1.5]],
        NEW: ["boolean", [true]],
      }),
    );
    const before = replica.interactionVersion;
    replica.apply(
      batchOf("1", {
        items: [
          { itemId: "milk", properties: '{"PRICE": 3, "NEW": false}' },
          { itemId: "plum", properties: '{"NAME": "Plum", "ORIGIN": "Spain"}' },
        ],
        users: [{ userId: "ann", properties: '{"AGE": 30}' }],
      }),
    );
    const milk = replica.itemIndex("milk");
    const plum = replica.itemIndex("plum");
    expect(replica.itemColumns.map((name) => replica.itemAttribute(milk, name))).toEqual(["", "3", "false", ""]);
    expect(replica.itemAttribute(plum, "NAME")).toBe("Plum");
    expect(replica.itemAttribute(plum, "ORIGIN")).toBe("Spain");
    expect(replica.usersPerItem[plum]).toBe(0);
    expect(replica.interactionVersion).toBeGreaterThan(before);
    expect(replica.userAttribute(replica.userIndex("ann"), "AGE")).toBe("30");
  });

  test("of any number leaves the same replica as a snapshot of everything", () => {
    // A fixed pseudo-random sequence, so that rows move, grow in place and are packed anew in every combination.
    let state = 12345;
    const draw = (below: number) => ((state = Math.imul(state, 1103515245) + 12345) >>> 8) % below;
    const rows = Array.from({ length: 6000 }, (): [string, string, number] => [
      `u${draw(40)}`,
      `i${draw(90)}`,
      1 + draw(500),
    ]);
    const whole = replicaOf(interactionsOf(rows));
    const live = replicaOf(interactionsOf(rows.slice(0, 1500)));
    for (let at = 1500; at < rows.length; at += 7) {
      const interactions = rows.slice(at, at + 7).map((row) => eventOf(...row));
      live.apply(batchOf(String(at), { interactions }));
    }
    for (let user = 0; user < 40; user++) expect(historyOf(live, `u${user}`)).toEqual(historyOf(whole, `u${user}`));
    expect(audience(live)).toEqual(audience(whole));
  });
});
