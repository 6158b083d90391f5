import { Random, selectTop } from "@palate/numeric";
import {
  itemRecipe,
  trainingDataOf,
  type Hyperparameter,
  type ItemRecipe,
  type TrainingData,
  type TrainingInput,
} from "@palate/recipe";
import { describe, expect, it } from "vitest";
import { parseOptions } from "./options.js";
import type { Outcome } from "./protocol.js";
import { protocolNamed } from "./protocols/index.js";

const USERS = 120;
const ITEMS = 60;
const NDCG = "normalized_discounted_cumulative_gain_at_10";
/** What tells the walker its step where it takes part: see {@link walker}. */
const STEP_COLUMN = "STEP";

const common = { description: "", tunable: true } as const;
const step: Hyperparameter = { ...common, name: "step", type: "integer", default: 1, minimum: 1, maximum: 20 };
const seconds: Hyperparameter = {
  ...common,
  name: "training_seconds",
  type: "integer",
  default: 900,
  minimum: 0,
  maximum: 1000,
  tunable: false,
};

/**
 * A recipe whose best hyperparameter is known: from the item that the user had last it expects them to go on by `step`,
 * or by what the items' metadata say, and recommends what is near that.
 */
function walker(trained: TrainingInput[] = []): ItemRecipe {
  return itemRecipe({
    descriptor: {
      name: "walker",
      type: "USER_PERSONALIZATION",
      description: "",
      hyperparameters: [step, seconds],
      requiresUser: true,
      requiresItem: false,
      excludesSeenByDefault: true,
      formatVersion: 1,
    },
    async train(input) {
      trained.push(input);
      const told = input.fit.itemAttributes[STEP_COLUMN]?.[0];
      const metadata = { step: String(told ?? input.hyperparameters["step"]) };
      const model = { tensors: new Map(), metadata };
      await input.publish({ deployed: model, evaluation: model });
      return { backend: "none" };
    },
    load: ({ metadata }, replica) => ({
      recommend({ user, excluded, limit }) {
        const last = replica.history(user).items.at(-1)!;
        const expected = (last + Number(metadata["step"])) % replica.itemCount;
        const scores = Float32Array.from({ length: replica.itemCount }, (_, item) => -Math.abs(item - expected));
        const { indices, scores: best } = selectTop(scores, limit, excluded);
        return { items: indices, scores: best };
      },
    }),
  });
}

/** Users who go through the items, mostly by this step. */
function walks(by: number, columns: TrainingData["itemAttributes"] = {}): TrainingData {
  const random = new Random(5);
  const rows = Array.from({ length: USERS }, (_, user) => {
    let at = random.integer(ITEMS);
    return Array.from({ length: 6 }, (__, k) => {
      at = (at + by + (random.uniform() < 0.2 ? random.integer(3) : 0)) % ITEMS;
      return { user: `u${user}`, item: `i${at}`, timestamp: 1000 * k + user };
    });
  }).flat();
  const ids = Array.from({ length: ITEMS }, (_, item) => `i${item}`);
  return trainingDataOf(rows, ids, columns);
}

function measure(recipe: ItemRecipe, line: string, data: TrainingData): Promise<Outcome> {
  const options = parseOptions(["--data", "d", "--recipe", "walker", ...line.split(" ")]);
  const dataset = async () => ({ name: "walks", data });
  return protocolNamed(options.protocol).run(recipe, {
    options,
    dataset,
    recipe: async () => recipe,
    say: () => undefined,
  });
}

describe("the protocol hpo", () => {
  const line = "--protocol hpo --minutes 1.5 --trials 12 --min-item-interactions 0";

  it("finds a better configuration by trials that have not seen the answers, and sets it against the default", async () => {
    const trained: TrainingInput[] = [];
    const data = walks(7);
    const outcome = await measure(walker(trained), line, data);
    expect(outcome.metrics[NDCG]).toBeGreaterThan(1.03 * outcome.references["default"]![NDCG]!);
    expect(outcome.differences!["default"]![NDCG]![0]).toBeGreaterThan(0);
    expect(outcome.references).toHaveProperty("popularity");
    expect(Math.abs(Number(outcome.hyperparameters["step"]) - 7)).toBeLessThan(6);

    // A full training takes 90 seconds; the tuned and the default configuration are trained with what is not asked for.
    const budgets = trained.map(({ hyperparameters }) => hyperparameters["training_seconds"]);
    expect(budgets.slice(0, 12)).toEqual(new Array(12).fill(10));
    expect(new Set(budgets.slice(12, -2))).toEqual(new Set([30, 90]));
    const known = data.items.length - data.userIds.length;
    expect(trained.slice(-2).map(({ everything }) => everything.items.length)).toEqual([known, known]);
    for (const trial of trained.slice(0, -2)) expect(trial.everything.items.length).toBeLessThan(known);
    expect(outcome.remarks!.filter((remark) => remark.startsWith("trial "))).toHaveLength(trained.length - 2);
  });

  it("says so when the default is best, and trains it once", async () => {
    const trained: TrainingInput[] = [];
    const outcome = await measure(walker(trained), line, walks(1));
    expect(outcome.remarks![0]).toContain("the default configuration was taken");
    expect(outcome.references["default"]).toEqual(outcome.metrics);
    expect(trained.filter(({ everything }) => everything.items.length === 5 * USERS)).toHaveLength(1);
  });
});

describe("--without-metadata", () => {
  it("sets a recipe against itself on the same cases without any columns", async () => {
    const data = walks(7, { [STEP_COLUMN]: new Array<number>(ITEMS).fill(7) });
    const outcome = await measure(walker(), "--without-metadata --min-item-interactions 0", data);
    const bare = await measure(walker(), "--columns none --min-item-interactions 0", {
      ...data,
      itemAttributes: {},
    });
    expect(outcome.references["without metadata"]).toEqual(bare.metrics);
    expect(outcome.differences!["without metadata"]![NDCG]![0]).toBeGreaterThan(0);
  });
});
