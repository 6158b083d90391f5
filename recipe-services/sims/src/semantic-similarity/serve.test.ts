import {
  replicaViewOf,
  resolveHyperparameters,
  trainingDataOf,
  type Artifact,
  type ReplicaView,
  type ItemModel,
  type TrainingData,
} from "@palate/recipe";
import { describe, expect, test } from "vitest";
import { descriptor } from "./recipe.js";
import { load } from "./serve.js";
import { train } from "./train.js";

const DAY = 86_400;
const NOW = 1_700_000_000;
const ITEMS = ["lamp", "light", "mug", "cup", "hose", "bare"];
const NAMES = ["Red desk lamp", "Green desk lamp", "Coffee mug", "Coffee mug with handle", "Garden hose", null];
const TEXTS = [
  "<p>A lamp for the desk, made of steel.</p>",
  "Desk light of steel &amp; glass.",
  "A mug for coffee, ceramic.",
  "Ceramic coffee cup.",
  "Twenty metres of hose for the garden.",
  null,
];
const CREATED = [NOW - 90 * DAY, NOW - 90 * DAY, NOW - 90 * DAY, NOW, NOW - 30 * DAY, NOW];

function catalogue(rows: Parameters<typeof trainingDataOf>[0] = []): TrainingData {
  const columns = { NAME: NAMES, DESCRIPTION: TEXTS, CREATION_TIMESTAMP: CREATED };
  return { ...trainingDataOf(rows, ITEMS, columns), itemColumnKinds: { NAME: "text", DESCRIPTION: "text" } };
}

async function artifactOf(data: TrainingData, given: Record<string, string> = {}): Promise<Artifact> {
  let artifact: Artifact | undefined;
  await train({
    everything: data,
    fit: data,
    hyperparameters: resolveHyperparameters(descriptor.hyperparameters, given),
    seed: 1,
    backend: "auto",
    signal: new AbortController().signal,
    report: () => {},
    publish: async ({ deployed }) => {
      artifact = deployed;
    },
  });
  return artifact!;
}

function similar(model: ItemModel, replica: ReplicaView, itemId: string, limit = 10) {
  const excluded = new Uint8Array(replica.itemCount);
  const query = { user: -1, item: replica.itemIndex(itemId), limit, excluded, timestamp: NOW };
  const { items, scores, reasons } = model.recommend(query);
  return { ids: Array.from(items, (item) => replica.itemId(item)), scores: scores!, reasons, query, items };
}

/** A replica whose metadata tests change. */
function changing(data: TrainingData) {
  const listeners = new Set<(item: number) => void>();
  const added: Record<string, string>[] = [];
  const fixed = replicaViewOf(data);
  const replica: ReplicaView = {
    ...fixed,
    get itemCount() {
      return fixed.itemCount + added.length;
    },
    usersPerItem: new Int32Array(100),
    itemIndex: (id) => {
      const later = added.findIndex((one) => one["ITEM_ID"] === id);
      return later < 0 ? fixed.itemIndex(id) : fixed.itemCount + later;
    },
    itemId: (item) => added[item - fixed.itemCount]?.["ITEM_ID"] ?? fixed.itemId(item),
    itemAttribute: (item, column) =>
      item < fixed.itemCount ? fixed.itemAttribute(item, column) : (added[item - fixed.itemCount]?.[column] ?? ""),
    onItemChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const put = (item: Record<string, string>): void => {
    const known = added.findIndex((one) => one["ITEM_ID"] === item["ITEM_ID"]);
    if (known >= 0) added[known] = item;
    else added.push(item);
    const index = fixed.itemCount + (known >= 0 ? known : added.length - 1);
    for (const listener of listeners) listener(index);
  };
  return { replica, put, listeners };
}

describe("items of similar meaning", () => {
  test("come by their texts, without a single interaction", async () => {
    const data = catalogue();
    const replica = replicaViewOf(data);
    const model = load(await artifactOf(data), replica);
    expect(similar(model, replica, "lamp", 1).ids).toEqual(["light"]);
    expect(similar(model, replica, "mug", 1).ids).toEqual(["cup"]);
  });

  test("are found among items that arrive or change while it serves, in the very next answer", async () => {
    const data = catalogue();
    const artifact = await artifactOf(data);
    const { replica, put, listeners } = changing(data);
    const model = load(artifact, replica);
    put({ ITEM_ID: "new", NAME: "Blue garden hose", DESCRIPTION: "Ten metres of hose for the garden." });
    expect(similar(model, replica, "hose", 1).ids).toEqual(["new"]);
    expect(similar(model, replica, "new", 1).ids).toEqual(["hose"]);
    put({ ITEM_ID: "new", NAME: "Blue desk lamp", DESCRIPTION: "A lamp for the desk, made of steel." });
    expect(similar(model, replica, "new", 1).ids).toEqual(["lamp"]);
    expect(similar(model, replica, "hose", 1).scores[0] ?? 0).toBeLessThan(0.5);
    model.close!();
    expect(listeners.size).toBe(0);
  });

  test("are those of now, where texts changed between training and loading", async () => {
    const artifact = await artifactOf(catalogue());
    const data = catalogue();
    const NAME = ["Garden hose, red", ...NAMES.slice(1)];
    const DESCRIPTION = ["Hose for the garden.", ...TEXTS.slice(1)];
    const replica = replicaViewOf({ ...data, itemAttributes: { ...data.itemAttributes, NAME, DESCRIPTION } });
    const model = load(artifact, replica);
    expect(similar(model, replica, "hose", 1).ids).toEqual(["lamp"]);
  });

  test("are popular ones, and marked so, for an item without text and for one that nobody knows", async () => {
    const rows = ["a", "b"].map((user) => ({ user, item: "hose", timestamp: NOW }));
    const data = catalogue(rows);
    const replica = replicaViewOf(data);
    const model = load(await artifactOf(data), replica);
    for (const item of ["bare", "never seen"]) {
      const { ids, reasons } = similar(model, replica, item);
      expect(ids).toEqual(["hose"]);
      expect(reasons).toEqual(["popular"]);
    }
  });

  test("let popularity and freshness count as far as asked", async () => {
    const rows = ["a", "b", "c"].map((user) => ({ user, item: "hose", timestamp: NOW }));
    const data = catalogue(rows);
    const replica = replicaViewOf(data);
    const best = async (given: Record<string, string>, item: string) =>
      similar(load(await artifactOf(data, given), replica), replica, item, 1).ids[0];
    expect(await best({}, "lamp")).toBe("light");
    expect(await best({ popularity_influence: "1" }, "lamp")).toBe("hose");
    expect(await best({ freshness_influence: "1", freshness_half_life_days: "1" }, "lamp")).toBe("cup");
  });

  test("say which words they share", async () => {
    const data = catalogue();
    const replica = replicaViewOf(data);
    const model = load(await artifactOf(data), replica);
    const { query, items } = similar(model, replica, "mug", 1);
    const [causes] = model.explain!(query, items);
    expect(causes!.map((cause) => (cause.kind === "attribute" ? cause.value : cause.kind))).toContain("mug");
    expect(causes!.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(1 + 1e-6);
  });

  test("have keyphrases", async () => {
    const data = catalogue();
    const replica = replicaViewOf(data);
    const model = load(await artifactOf(data), replica);
    expect(model.keyphrases!(replica.itemIndex("lamp"), 2).map(({ phrase }) => phrase)).toContain("red desk lamp");
    expect(model.keyphrases!(-1, 2)).toEqual([]);
    expect(model.keyphrases!(replica.itemIndex("bare"), 2)).toEqual([]);
  });
});
