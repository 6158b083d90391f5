import type { EventTable, RowTable } from "@palate/filter";
import { Random } from "@palate/numeric";
import { DatasetType, Item, SnapshotStart, type Column } from "@palate/proto/dataset";
import { describe, expect, it } from "vitest";
import { batchOf, chunkOf, eventOf } from "../../testing/fake-datasets.js";
import { Replica } from "../replica.js";
import { SnapshotBuffer } from "../rows/snapshot-buffer.js";

const { DATASET_TYPE_INTERACTIONS, DATASET_TYPE_ITEMS } = DatasetType;
const column = (name: string, type: string, more: Partial<Column> = {}): Column => ({
  ...{ name, type, nullable: true, categorical: false, textual: false },
  ...more,
});

const START = SnapshotStart.create({
  datasets: [
    {
      datasetType: DATASET_TYPE_ITEMS,
      columns: [
        column("ITEM_ID", "string"),
        column("GENRE", "string"),
        column("STORY", "string", { textual: true }),
        column("PRICE", "double"),
        column("ADULT", "boolean"),
      ],
    },
    {
      datasetType: DATASET_TYPE_INTERACTIONS,
      columns: [
        ...[column("USER_ID", "string"), column("ITEM_ID", "string"), column("TIMESTAMP", "long")],
        ...[column("EVENT_TYPE", "string"), column("DEVICE", "string"), column("GIFT", "boolean")],
        column("IMPRESSION", "string"),
      ],
    },
  ],
  filters: [{ name: "cheap", expression: "INCLUDE ItemID WHERE Items.PRICE < 5", version: 1 }],
});

/** What an interaction is, as a test writes it down. */
interface Written {
  readonly user: string;
  readonly item: string;
  readonly time: number;
  readonly EVENT_TYPE: string | null;
  readonly EVENT_VALUE: number | null;
  readonly DEVICE: string | null;
  readonly GIFT: boolean | null;
}

/** A user's interactions as filters see them, in words. */
function seen(replica: Replica, user: string): unknown[] {
  const table = replica.filters.columns.Interactions as EventTable;
  const rows = table.rows(replica.userIndex(user));
  const text = (name: string, i: number) => {
    const known = table.column(name) as { dictionary: readonly string[] };
    return known.dictionary[rows.values(name)[i]!] ?? null;
  };
  const number = (name: string, i: number) => (Number.isNaN(rows.values(name)[i]!) ? null : rows.values(name)[i]!);
  return Array.from(rows.targets, (_, i) => ({
    ...{ user, item: text("ITEM_ID", i), time: number("TIMESTAMP", i) },
    ...{ EVENT_TYPE: text("EVENT_TYPE", i), EVENT_VALUE: number("EVENT_VALUE", i), DEVICE: text("DEVICE", i) },
    GIFT: number("GIFT", i) === null ? null : number("GIFT", i) === 1,
  }));
}

function random(random: Random, types: number): Written {
  const maybe = <T>(value: T): T | null => (random.integer(3) === 0 ? null : value);
  return {
    user: `u${random.integer(12)}`,
    item: `i${random.integer(20)}`,
    time: 1 + random.integer(1_000),
    EVENT_TYPE: maybe(`t${random.integer(types)}`),
    // Halves fit into 32 bits, tenths do not.
    EVENT_VALUE: maybe(random.integer(50) / (types > 50 ? 10 : 2)),
    DEVICE: maybe(`d${random.integer(3)}`),
    GIFT: maybe(random.integer(2) === 0),
  };
}

function replicaOf(rows: readonly Written[]): Replica {
  const buffer = new SnapshotBuffer(START, false);
  const half = rows.length >> 1;
  for (const part of [rows.slice(0, half), rows.slice(half)]) {
    buffer.add(
      chunkOf(DATASET_TYPE_INTERACTIONS, {
        USER_ID: ["string", part.map(({ user }) => user)],
        ITEM_ID: ["string", part.map(({ item }) => item)],
        TIMESTAMP: ["long", part.map(({ time }) => time)],
        EVENT_TYPE: ["string", part.map(({ EVENT_TYPE }) => EVENT_TYPE)],
        EVENT_VALUE: ["double", part.map(({ EVENT_VALUE }) => EVENT_VALUE)],
        DEVICE: ["string", part.map(({ DEVICE }) => DEVICE)],
        GIFT: ["boolean", part.map(({ GIFT }) => GIFT)],
      }),
    );
  }
  return new Replica(buffer, Date.now());
}

const streamed = ({ user, item, time, EVENT_TYPE, EVENT_VALUE, DEVICE, GIFT }: Written) =>
  eventOf(user, item, time, {
    eventType: EVENT_TYPE ?? "",
    ...(EVENT_VALUE !== null && { eventValue: EVENT_VALUE }),
    properties: JSON.stringify({ ...(DEVICE !== null && { DEVICE }), ...(GIFT !== null && { GIFT }) }),
  });

describe("what filters read of interactions", () => {
  it.each([
    ["few event types and coarse values", 3, 200],
    ["more event types than a byte holds, and fine values", 400, 1_500],
    ["an empty snapshot", 3, 0],
  ])("is what was imported and streamed, in order of time: %s", (_, types, imported) => {
    const source = new Random(imported);
    const written = Array.from({ length: imported }, () => random(source, types));
    const replica = replicaOf(written);
    for (let commit = 0; commit < 40; commit++) {
      const more = Array.from({ length: 1 + source.integer(20) }, () => random(source, types));
      replica.apply(batchOf(String(commit), { interactions: more.map(streamed) }));
      written.push(...more);
    }
    for (const user of new Set(written.map((one) => one.user))) {
      const own = written.filter((one) => one.user === user).toSorted((a, b) => a.time - b.time);
      expect(seen(replica, user)).toEqual(own);
    }
  });

  it("has no columns that mean nothing to a filter", () => {
    const { columns } = replicaOf([]).filters.columns.Interactions as EventTable;
    const names = columns.map(({ name }) => name);
    expect(names).toEqual(["ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE", "DEVICE", "GIFT"]);
  });

  it("is empty for a user that is not known", () => {
    const rows = (replicaOf([]).filters.columns.Interactions as EventTable).rows(-1);
    expect(rows.targets).toHaveLength(0);
    expect(rows.values("EVENT_TYPE")).toHaveLength(0);
  });
});

describe("what filters read of items", () => {
  it("changes with the data, its version too", () => {
    const replica = replicaOf([]);
    const table = replica.filters.columns.Items as RowTable;
    expect(table.columns).toEqual([
      { name: "ITEM_ID", type: "text" },
      { name: "GENRE", type: "text" },
      { name: "STORY", type: "text" },
      { name: "PRICE", type: "number" },
      { name: "ADULT", type: "boolean" },
    ]);
    const genre = table.column("GENRE")!;
    const before = table.version;
    const properties = JSON.stringify({ GENRE: "noir|drama", STORY: "a|b", PRICE: 4.5, ADULT: true });
    replica.apply(batchOf("1", { items: [Item.create({ itemId: "a", properties })] }));
    expect(table.version).not.toBe(before);
    expect(table.column("GENRE")).toBe(genre);
    expect(genre).toMatchObject({ dictionary: ["noir|drama"], multiValued: true });
    expect(table.column("STORY")).toMatchObject({ dictionary: ["a|b"], multiValued: false });
    expect(table.column("PRICE")!.values[0]).toBe(4.5);
    expect(table.column("ADULT")!.values[0]).toBe(1);
    expect(table.column("ITEM_ID")!.values[0]).toBe(0);
    replica.apply(batchOf("2", { items: [Item.create({ itemId: "b" }), Item.create({ itemId: "a" })] }));
    expect(table.count).toBe(2);
    expect([...genre.values.subarray(0, 2)]).toEqual([-1, -1]);
    expect(table.column("PRICE")!.values[0]).toBeNaN();
  });
});

describe("the filters of a dataset group", () => {
  const marks = (replica: Replica, name: string): string => {
    const excluded = new Uint8Array(replica.itemCount);
    replica.filters.named(name).bind().mark({ now: 0 }, excluded);
    return excluded.join("");
  };
  const priced = (prices: Record<string, number>) =>
    Object.entries(prices).map(([itemId, PRICE]) => Item.create({ itemId, properties: JSON.stringify({ PRICE }) }));

  it("come with the snapshot, and change with commits", () => {
    const replica = replicaOf([]);
    replica.apply(batchOf("1", { items: priced({ a: 1, b: 9 }) }));
    expect(marks(replica, "cheap")).toBe("01");
    const dear = { name: "cheap", expression: "INCLUDE ItemID WHERE Items.PRICE >= 5", version: 2 };
    replica.apply(batchOf("2", { filters: { set: [dear], removed: [] } }));
    expect(marks(replica, "cheap")).toBe("10");
    replica.apply(batchOf("3", { filters: { set: [], removed: ["cheap"] } }));
    expect(replica.filters.has("cheap")).toBe(false);
    expect(() => replica.filters.named("cheap")).toThrow("The dataset group has none");
  });

  it("are compiled once", () => {
    const replica = replicaOf([]);
    const expression = "INCLUDE ItemID WHERE Items.PRICE < $P";
    expect(replica.filters.compiled(expression)).toBe(replica.filters.compiled(expression));
  });

  it("are compiled anew when a column comes that could be meant", () => {
    const replica = replicaOf([]);
    const expression = "INCLUDE ItemID WHERE Items.COLOUR = 'red'";
    expect(() => replica.filters.compiled(expression)).toThrow("no column COLOUR");
    replica.apply(batchOf("1", { items: [Item.create({ itemId: "a", properties: '{"COLOUR": "red"}' })] }));
    const excluded = new Uint8Array(1);
    replica.filters.compiled(expression).bind().mark({ now: 0 }, excluded);
    expect(excluded[0]).toBe(0);
  });

  it("say by name when they do not fit the data any more", () => {
    const replica = replicaOf([]);
    const broken = { name: "old", expression: "INCLUDE ItemID WHERE Items.GONE = 1", version: 1 };
    replica.apply(batchOf("1", { filters: { set: [broken], removed: [] } }));
    expect(() => replica.filters.named("old")).toThrow('Filter "old" does not fit the data any more');
  });
});
