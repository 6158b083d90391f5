import { Random } from "@palate/numeric";
import {
  amazonSplit,
  replicaViewOf,
  resolveHyperparameters,
  trainingDataOf,
  type Artifact,
  type InteractionRow,
  type Query,
  type ItemRecipe,
  type ReplicaView,
  type TrainingData,
} from "@palate/recipe";
import { beforeAll, describe, expect, it } from "vitest";
import { initialGruParameters } from "../gru/gru-parameters.js";
import { GruScorer } from "../gru/gru-scorer.js";
import { hrnn, hrnnColdstart, hrnnMetadata, userPersonalization } from "../index.js";
import { fromHrnnArtifact, toHrnnArtifact } from "./hrnn-artifact.js";
import { HrnnModel } from "./hrnn-model.js";
import { HrnnServing } from "./hrnn-serving.js";
import { FACTOR_DIMENSIONS } from "./content-tower.js";

const DAY = 86_400;
const NOW = 1_700_000_000;
const OLD = 40;
/** What items are of: two kinds, which two kinds of users keep to. */
const kindOf = (item: number): string => (item % 2 === 0 ? "tea" : "coffee");

function rows(): InteractionRow[] {
  const today = { user: "u0", item: "i0", timestamp: NOW };
  const before = Array.from({ length: 40 }, (_, user) =>
    Array.from({ length: 12 }, (__, k) => ({
      user: `u${user}`,
      item: `i${(user % 2) + 2 * ((user + k) % (OLD / 2))}`,
      timestamp: NOW - (100 - k) * DAY,
    })),
  ).flat();
  return [...before, today];
}

/** The shop with so many items, of which the first forty are old. */
function shop(items: number, more: readonly InteractionRow[] = []): TrainingData {
  const ids = Array.from({ length: items }, (_, item) => `i${item}`);
  return trainingDataOf([...rows(), ...more], ids, { KIND: ids.map((_, item) => kindOf(item)) });
}

async function trained(recipe: ItemRecipe): Promise<Artifact> {
  const data = shop(OLD);
  let last: Artifact | undefined;
  await recipe.train({
    everything: data,
    fit: amazonSplit(data, 1).fit,
    hyperparameters: resolveHyperparameters(recipe.descriptor.hyperparameters, { training_seconds: "0" }),
    seed: 1,
    backend: "auto",
    signal: new AbortController().signal,
    report: () => {},
    publish: async ({ deployed }) => {
      last = deployed;
    },
  });
  return last!;
}

function ask(recipe: ItemRecipe, artifact: Artifact, replica: ReplicaView, query: Partial<Query> = {}): string[] {
  const user = query.user ?? 0;
  const excluded = new Uint8Array(replica.itemCount);
  for (const item of replica.history(user).items) excluded[item] = 1;
  const whole = { user, item: -1, limit: 10, excluded, timestamp: NOW, ...query };
  return Array.from(recipe.load(artifact, replica).recommend(whole).items, (item) => replica.itemId(item));
}

describe("items that arrive after training", () => {
  const artifacts = new Map<ItemRecipe, Artifact>();
  beforeAll(async () => {
    for (const recipe of [hrnn, hrnnMetadata, hrnnColdstart, userPersonalization])
      artifacts.set(recipe, await trained(recipe));
  });
  // Two more than were trained, one of each kind.
  const replica = replicaViewOf(shop(OLD + 2));
  const isNew = (id: string): boolean => Number(id.slice(1)) >= OLD;

  it("are recommended by their metadata to those who like their kind, before any training", () => {
    const artifact = artifacts.get(hrnnColdstart)!;
    for (let user = 0; user < 6; user++) {
      const first = ask(hrnnColdstart, artifact, replica, { user })[0]!;
      expect(isNew(first)).toBe(true);
      expect(kindOf(Number(first.slice(1)))).toBe(kindOf(user));
    }
  });

  it("come first in a cold start, all of them, and then what else there is", () => {
    const listed = ask(hrnnColdstart, artifacts.get(hrnnColdstart)!, replica);
    expect(listed.slice(0, 2).every(isNew)).toBe(true);
    expect(listed).toHaveLength(10);
    expect(new Set(listed).size).toBe(10);
  });

  it("stop being cold when enough users had them", () => {
    const had = Array.from({ length: 16 }, (_, k) => ({ user: `v${k}`, item: `i${OLD}`, timestamp: NOW }));
    const some = replicaViewOf(shop(OLD + 2, had.slice(0, 15)));
    const many = replicaViewOf(shop(OLD + 2, had));
    const artifact = artifacts.get(hrnnColdstart)!;
    expect(ask(hrnnColdstart, artifact, some).slice(0, 2)).toContain(`i${OLD}`);
    expect(ask(hrnnColdstart, artifact, many)[0]).toBe(`i${OLD + 1}`);
  });

  it("are ordered by the content tower alone in a cold start, whatever the network says of them", async () => {
    const { model, ...rest } = fromHrnnArtifact(artifacts.get(hrnnColdstart)!);
    const shape = { itemCount: OLD, width: 16, hidden: 16, itemFeatures: FACTOR_DIMENSIONS, userFeatures: 0 };
    const orders = [1, 2, 3, 4, 5].map((seed) => {
      const gru = new GruScorer(shape, initialGruParameters(shape, shop(OLD).items, new Random(seed)));
      const blend = { network: 1, ridge: 0, taste: 0 } as const;
      const artifact = toHrnnArtifact({ ...rest, model: new HrnnModel({ ...model.parts, gru, blend }) });
      return ask(hrnnColdstart, artifact, replicaViewOf(shop(OLD + 6)), { user: 1, limit: 6 });
    });
    expect(orders[0]!.slice(0, 3).map((id) => kindOf(Number(id.slice(1))))).toEqual(["coffee", "coffee", "coffee"]);
    expect(orders[0]!.every(isNew)).toBe(true);
    for (const order of orders) expect(order).toEqual(orders[0]);
  });

  it("are among the answers of recipes with metadata, and not of the one without", () => {
    const all = { limit: OLD + 2, excluded: new Uint8Array(OLD + 2) };
    expect(ask(hrnnMetadata, artifacts.get(hrnnMetadata)!, replica, all).filter(isNew)).toHaveLength(2);
    expect(ask(hrnn, artifacts.get(hrnn)!, replica, all).filter(isNew)).toHaveLength(0);
  });

  it("are explored as much as the query says, and with weight 0 the list is that without exploration", () => {
    const artifact = artifacts.get(userPersonalization)!;
    const plain = ask(userPersonalization, artifact, replica);
    const exploration = (weight: number) => ({ exploration: { weight, ageCutOffDays: 30 } });
    expect(ask(userPersonalization, artifact, replica, exploration(0))).toEqual(plain);
    expect(ask(userPersonalization, artifact, replica, exploration(1)).slice(0, 2).every(isNew)).toBe(true);
  });

  it("change with their metadata", () => {
    let tell: (item: number) => void = () => {};
    let kind = "tea";
    const live: ReplicaView = {
      ...replica,
      itemAttribute: (item, column) => (item === OLD ? kind : replica.itemAttribute(item, column)),
      onItemChange: (listener) => {
        tell = listener;
        return () => {};
      },
    };
    const model = hrnnMetadata.load(artifacts.get(hrnnMetadata)!, live);
    const scoreOf = (): number => {
      const excluded = new Uint8Array(OLD + 2);
      const { items, scores } = model.recommend({ user: 0, item: -1, limit: OLD + 2, excluded, timestamp: NOW });
      return scores![items.indexOf(OLD)]!;
    };
    const asTea = scoreOf();
    kind = "coffee";
    tell(OLD);
    expect(scoreOf()).toBeLessThan(asTea);
  });
});

describe("a user who goes on", () => {
  it("has the state that reading the whole history gives, however it was come by", async () => {
    const { model, ...rest } = fromHrnnArtifact(await trained(hrnnMetadata));
    const shape = { itemCount: OLD, width: 16, hidden: 16, itemFeatures: FACTOR_DIMENSIONS, userFeatures: 0 };
    const gru = new GruScorer(shape, initialGruParameters(shape, shop(OLD).items, new Random(1)));
    const parts = { ...model.parts, gru, blend: { network: 1, ridge: 0.3, taste: 0.1 } as const };
    const artifact = toHrnnArtifact({ ...rest, model: new HrnnModel(parts) });
    const whole = shop(OLD);
    let length = 3;
    const still = replicaViewOf(whole);
    const growing: ReplicaView = {
      ...still,
      history: (user) => {
        const { items, timestamps } = still.history(user);
        return { items: items.subarray(0, length), timestamps: timestamps.subarray(0, length) };
      },
      historyVersion: () => length,
    };
    const grown = new HrnnServing(artifact, growing);
    for (; length < 12; length += 2) grown.scores(1);
    length = 12;
    const [atOnce, stepByStep] = [new HrnnServing(artifact, still).scores(1)!, grown.scores(1)!];
    expect(Math.max(...atOnce.map((score, item) => Math.abs(score - stepByStep[item]!)))).toBeLessThan(1e-4);
  });
});

it("keeps the names that models stored by earlier versions have", async () => {
  const { tensors, metadata } = await trained(hrnnMetadata);
  expect(Object.keys(metadata["hrnn"] as object).sort()).toEqual(
    ["blend", "itemCount", "ridge", "sharpness", "taste", "users"].sort(),
  );
  expect(Object.keys((metadata["hrnn"] as { blend: object }).blend).sort()).toEqual(["network", "ridge", "taste"]);
  const names = [...tensors.keys()];
  expect(names).toEqual(expect.arrayContaining(["counts", "content", "taste.factors", "taste.moments"]));
  expect(names.filter((name) => /^taste\.(encoder|map)\./u.test(name)).length).toBeGreaterThan(1);
});
