import {
  replicaViewOf,
  trainingDataOf,
  type ImpressionEvent,
  type Query,
  type RankedItems,
  type ReplicaView,
} from "@palate/recipe";
import { describe, expect, it } from "vitest";
import { Explorer } from "./explorer.js";
import { ItemAges } from "./item-ages.js";

const DAY = 86_400;
const NOW = 1_700_000_000;
const ITEMS = 200;
/** Items from this one on are new. */
const NEW = 150;

/** Old items that everybody had, new ones that nobody had; users go on a day apart. */
function shop(): ReplicaView {
  const itemIds = Array.from({ length: ITEMS }, (_, item) => `i${item}`);
  const created = itemIds.map((_, item) => NOW - (item < NEW ? 400 : 3) * DAY);
  const rows = Array.from({ length: 60 }, (_, user) =>
    Array.from({ length: 20 }, (__, k) => ({
      user: `u${user}`,
      item: `i${(7 * user + k) % NEW}`,
      timestamp: NOW - (20 - k) * DAY,
    })),
  ).flat();
  return replicaViewOf(
    trainingDataOf([...rows, { user: "u0", item: "i0", timestamp: NOW }], itemIds, { CREATION_TIMESTAMP: created }),
  );
}

/** Falls with the item's number, new items where their number says. */
function falling(): Float32Array {
  return Float32Array.from({ length: ITEMS }, (_, item) => -0.1 * (item < NEW ? item : 2 * (item - NEW)));
}

function ask(explorer: Explorer, replica: ReplicaView, weight: number, query: Partial<Query> = {}): RankedItems {
  const asked = {
    user: 1,
    item: -1,
    limit: 20,
    excluded: new Uint8Array(replica.itemCount),
    timestamp: NOW,
    exploration: { weight, ageCutOffDays: 30 },
    ...query,
  };
  return explorer.explore(asked, { scores: falling(), inverseTemperature: 1, reason: "model" });
}

describe("an answer with exploration", () => {
  const replica = shop();
  const explorer = new Explorer(replica);

  it("is the model's list, to the item, when the weight is 0", () => {
    const { items, reasons, propensities } = ask(explorer, replica, 0);
    const order = Array.from(falling().keys()).sort((a, b) => falling()[b]! - falling()[a]! || a - b);
    expect([...items]).toEqual(order.slice(0, 20));
    expect(reasons).toBeUndefined();
    expect(propensities).toBeUndefined();
  });

  it("shows more different items the higher the weight, and says which it explores", () => {
    const covered = [0, 0.1, 0.3, 0.6].map((weight) => {
      const seen = new Set<number>();
      for (let user = 0; user < 60; user++)
        for (const item of ask(explorer, replica, weight, { user }).items) seen.add(item);
      return seen.size;
    });
    expect(covered).toEqual([...covered].sort((a, b) => a - b));
    expect(covered.at(-1)).toBeGreaterThan(1.5 * covered[0]!);
    const { items, reasons, propensities } = ask(explorer, replica, 0.6, { recommendationId: "r" });
    const explored = Array.from(items).filter((_, rank) => reasons?.[rank] === "exploration");
    expect(explored.length).toBeGreaterThan(0);
    expect(explored.every((item) => item >= NEW)).toBe(true);
    expect([...propensities!].every((one) => one > 0 && one <= 1)).toBe(true);
  });

  it("shows new items alone when the weight is 1", () => {
    expect([...ask(explorer, replica, 1).items].every((item) => item >= NEW)).toBe(true);
  });

  it("explores nothing older than the cut-off, whatever the weight", () => {
    const { items } = ask(explorer, replica, 0.6, { exploration: { weight: 0.6, ageCutOffDays: 1 } });
    expect([...items]).toEqual([...ask(explorer, replica, 0).items]);
  });

  it("stays the same within an hour, page by page, and changes with the hour and the user", () => {
    const long = [...ask(explorer, replica, 0.5, { limit: 40 }).items];
    expect([...ask(explorer, replica, 0.5, { limit: 10, timestamp: NOW + 60 }).items]).toEqual(long.slice(0, 10));
    const hours = new Set(
      Array.from({ length: 10 }, (_, h) => String(ask(explorer, replica, 0.5, { timestamp: NOW + 3600 * h }).items)),
    );
    const users = new Set(Array.from({ length: 10 }, (_, user) => String(ask(explorer, replica, 0.5, { user }).items)));
    expect(hours.size).toBeGreaterThan(5);
    expect(users.size).toBeGreaterThan(5);
  });

  it("says how probable it was that an item would be shown: as often as it is over many hours", () => {
    const said = ask(explorer, replica, 0.5, { recommendationId: "r" });
    const hours = 300;
    const counts = new Map<number, number>();
    for (let h = 1; h <= hours; h++)
      for (const item of ask(explorer, replica, 0.5, { timestamp: NOW + 3600 * h }).items)
        counts.set(item, (counts.get(item) ?? 0) + 1);
    const errors = Array.from(said.items, (item, rank) =>
      Math.abs(said.propensities![rank]! - (counts.get(item) ?? 0) / hours),
    );
    expect(errors.reduce((sum, one) => sum + one, 0) / errors.length).toBeLessThan(0.12);
  });

  it("leaves out what is excluded", () => {
    const excluded = new Uint8Array(ITEMS).fill(1, NEW);
    expect([...ask(explorer, replica, 1, { excluded }).items].every((item) => item < NEW)).toBe(true);
  });
});

describe("what became of exploration", () => {
  it("makes an item rarer that is shown again and again and never chosen, and one that is chosen not", () => {
    const [ignored, chosen] = [NEW + 6, NEW + 7];
    let [views, choices] = [0, 0];
    const replica: ReplicaView = {
      ...shop(),
      impressions: {
        shown: (item) => (item === ignored || item === chosen ? views : 0),
        chosen: (item) => (item === chosen ? choices : 0),
        get allShown() {
          return 2 * views;
        },
        get allChosen() {
          return choices;
        },
      },
    };
    const explorer = new Explorer(replica);
    const timesShown = (item: number): number => {
      let shown = 0;
      for (let h = 0; h < 200; h++)
        if (ask(explorer, replica, 0.5, { timestamp: NOW + 3600 * h }).items.includes(item)) shown++;
      return shown;
    };
    const before = [timesShown(ignored), timesShown(chosen)] as const;
    // Both on view as often; one of them is chosen each fifth time, which is more than is usual.
    [views, choices] = [300, 60];
    expect(timesShown(ignored)).toBeLessThan(before[0] / 3);
    expect(timesShown(chosen)).toBeGreaterThan(timesShown(ignored));
  });

  it("counts what an answer showed when an event quotes its id, once", () => {
    let tell: (event: ImpressionEvent) => void = () => {};
    const replica: ReplicaView = {
      ...shop(),
      onImpression: (listener) => {
        tell = listener;
        return () => {};
      },
    };
    const explorer = new Explorer(replica);
    const baseline = ask(explorer, replica, 0.5, { timestamp: NOW + 3600 }).items;
    for (let k = 0; k < 200; k++) {
      ask(explorer, replica, 0.5, { recommendationId: `r${k}` });
      tell({ chosen: 0, items: new Int32Array(0), recommendationId: `r${k}` });
    }
    const shown = ask(explorer, replica, 0.5).items;
    const after = ask(explorer, replica, 0.5, { timestamp: NOW + 3600 }).items;
    const both = baseline.filter((item) => item >= NEW && shown.includes(item));
    expect(both.length).toBeGreaterThan(0);
    expect(both.filter((item) => after.includes(item)).length).toBeLessThan(both.length);
  });
});

describe("item ages", () => {
  const data = trainingDataOf(
    [
      { user: "a", item: "stated", timestamp: NOW - 5 * DAY },
      { user: "a", item: "silent", timestamp: NOW - 9 * DAY },
      { user: "b", item: "silent", timestamp: NOW - 2 * DAY },
      { user: "b", item: "newest", timestamp: NOW },
    ],
    ["stated", "silent", "newest", "nobody's"],
    { CREATION_TIMESTAMP: [NOW - 100 * DAY, null, null, null] },
  );

  it("are those of Amazon Personalize: stated, else since the oldest interaction, else new", () => {
    const ages = new ItemAges(replicaViewOf(data));
    const daysOf = (id: string): number => ages.daysOf(data.itemIds.indexOf(id));
    expect(["stated", "silent", "newest", "nobody's"].map(daysOf)).toEqual([100, 9, 0, 0]);
  });
});
