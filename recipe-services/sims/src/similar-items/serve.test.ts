import {
  replicaViewOf,
  resolveHyperparameters,
  trainingDataOf,
  type Artifact,
  type InteractionRow,
  type ReplicaView,
  type ItemModel,
  type TrainingData,
} from "@palate/recipe";
import { describe, expect, test } from "vitest";
import { descriptor } from "./recipe.js";
import { load } from "./serve.js";
import { train } from "./train.js";

const KINDS = ["red", "green", "blue"];

/**
 * Items of three kinds, ten each; users walk through items of one kind only. The last item of each kind has metadata, but
 * nobody has met it.
 */
function shop(): TrainingData {
  const items = KINDS.flatMap((kind) => Array.from({ length: 10 }, (_, k) => `${kind}${k}`));
  const rows: InteractionRow[] = [];
  for (let user = 0; user < 60; user++) {
    const kind = KINDS[user % 3]!;
    for (let step = 0; step < 6; step++)
      rows.push({ user: `u${user}`, item: `${kind}${(user * 5 + step) % 9}`, timestamp: 1_600_000_000 + 60 * step });
  }
  const KIND = items.map((item) => item.slice(0, -1));
  const NOISE = items.map((_, item) => (item * 7) % 10);
  return trainingDataOf(rows, items, { KIND, NOISE });
}

async function artifactOf(data: TrainingData): Promise<Artifact> {
  let artifact: Artifact | undefined;
  await train({
    everything: data,
    fit: data,
    hyperparameters: resolveHyperparameters(descriptor.hyperparameters, {}),
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

function similar(model: ItemModel, replica: ReplicaView, itemId: string, limit: number, exclude: string[] = []) {
  const excluded = new Uint8Array(replica.itemCount);
  for (const id of exclude) excluded[replica.itemIndex(id)] = 1;
  const query = { user: -1, item: replica.itemIndex(itemId), limit, excluded, timestamp: 1_600_001_000 };
  const answer = model.recommend(query);
  return { ...answer, query, ids: Array.from(answer.items, (item) => replica.itemId(item)) };
}

describe("similar items", () => {
  test("begin with what follows", async () => {
    const data = shop();
    const replica = replicaViewOf(data);
    const model = load(await artifactOf(data), replica);
    expect(similar(model, replica, "red3", 1).ids).toEqual(["red4"]);
    expect(similar(model, replica, "red8", 1).ids).toEqual(["red0"]);
  });

  test("take in items that nobody has met, and are found for them, by metadata", async () => {
    const data = shop();
    const replica = replicaViewOf(data);
    const model = load(await artifactOf(data), replica);
    const cold = similar(model, replica, "green9", 9);
    expect(cold.ids.every((id) => id.startsWith("green"))).toBe(true);
    expect(cold.reasons ?? []).not.toContain("popular");
    const met = data.itemIds.filter((id) => !id.endsWith("9"));
    expect(similar(model, replica, "blue2", 1, met).ids).toEqual(["blue9"]);
  });

  test("take in items that came after training", async () => {
    const data = shop();
    const artifact = await artifactOf(data);
    const { KIND, NOISE } = data.itemAttributes;
    const columns = { KIND: [...KIND!, "red"], NOISE: [...NOISE!, 3] };
    const replica = replicaViewOf(trainingDataOf([], [...data.itemIds, "later"], columns));
    const model = load(artifact, replica);
    expect(similar(model, replica, "later", 5).ids.every((id) => id.startsWith("red"))).toBe(true);
    expect(similar(model, replica, "red9", 12).ids).toContain("later");
  });

  test("have explanations: the query item, or metadata", async () => {
    const data = shop();
    const replica = replicaViewOf(data);
    const model = load(await artifactOf(data), replica);
    const { query, items } = similar(model, replica, "red3", 20);
    const explanations = model.explain!(query, items);
    expect(explanations[0]).toEqual([{ kind: "item", item: query.item, weight: 1 }]);
    const cold = explanations[Array.from(items).indexOf(replica.itemIndex("red9"))]!;
    expect(cold[0]).toMatchObject({ kind: "attribute", column: "KIND", value: "red" });
  });

  test("need no metadata at all", async () => {
    const data = { ...shop(), itemAttributes: {} };
    const replica = replicaViewOf(data);
    const model = load(await artifactOf(data), replica);
    expect(similar(model, replica, "red3", 1).ids).toEqual(["red4"]);
    expect(similar(model, replica, "red9", 3).reasons).toEqual(["popular", "popular", "popular"]);
  });
});
