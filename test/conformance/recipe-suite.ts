import { PalateError } from "@palate/kit/errors";
import { decodeArtifact, encodeArtifact } from "@palate/kit/models";
import {
  amazonSplit,
  hyperparametersAsText,
  replicaViewOf,
  resolveHyperparameters,
  trainingDataOf,
  type Checkpoint,
  type InteractionRow,
  type Query,
  type RankedItems,
  type Recipe,
  type ReplicaView,
  type ServingModel,
  type TrainingData,
} from "@palate/kit/recipe";
import { describe, expect, it } from "vitest";

/** A recipe to hold against what every recipe must do. */
export interface RecipeUnderTest {
  readonly recipe: Recipe;
  /** Hyperparameters that make training short and repeatable. */
  readonly hyperparameters?: Readonly<Record<string, string>>;
  /** Hyperparameters with which training would outlast any test, where the recipe's time can be set. */
  readonly endless?: Readonly<Record<string, string>>;
  /** Whether it learns from what others did with the same items; false for what is the same for everybody. */
  readonly collaborative: boolean;
}

interface TrainOptions {
  readonly seed?: number;
  readonly hyperparameters?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly onReport?: () => void;
}

/** Trains a recipe and returns every checkpoint it published. */
async function train(recipe: Recipe, data: TrainingData, options: TrainOptions): Promise<Checkpoint[]> {
  const { seed = 1, hyperparameters = {}, signal = new AbortController().signal, onReport } = options;
  const checkpoints: Checkpoint[] = [];
  await recipe.train({
    everything: data,
    fit: amazonSplit(data, seed).fit,
    hyperparameters: resolveHyperparameters(recipe.descriptor.hyperparameters, hyperparameters),
    seed,
    backend: "auto",
    signal,
    report: () => onReport?.(),
    publish: async (checkpoint) => {
      checkpoints.push(checkpoint);
    },
  });
  return checkpoints;
}

/** A walk of a user over items, one a minute. */
function walk(user: string, items: readonly string[], start = 1_700_000_000): InteractionRow[] {
  return items.map((item, step) => ({ user, item, timestamp: start + 60 * step, eventType: "view" }));
}

const SIDE = 20;

/**
 * A checkerboard: users of even number walked over all even items, those of odd number over all odd ones, each in an
 * order of their own and without the item of their own number. Whatever learns from others must recommend just that one.
 */
function checkerboard(): TrainingData {
  const rows = Array.from({ length: SIDE }, (_, user) => {
    // Strides without a common factor with the ten items of a colour, so that each walk meets every one of them once.
    const stride = [1, 3, 7][user % 3]!;
    const items = Array.from({ length: SIDE / 2 - 1 }, (_, step) => `item ${(user + 2 * (step + 1) * stride) % SIDE}`);
    return walk(`user ${user}`, items);
  });
  return trainingDataOf(rows.flat());
}

/** Asks with the marks of excluded items, and checks what holds of any answer. */
function ask(
  model: ServingModel,
  replica: ReplicaView,
  query: Partial<Query>,
  exclude: Iterable<number> = [],
): RankedItems {
  const excluded = new Uint8Array(replica.itemCount);
  for (const item of exclude) excluded[item] = 1;
  const limit = query.limit ?? 10;
  const answer = model.recommend({ user: -1, item: -1, excluded, timestamp: 1_700_100_000, ...query, limit });
  const { items, scores, reasons } = answer;
  expect(items.length).toBeLessThanOrEqual(limit);
  expect(new Set(items).size, "items without repeats").toBe(items.length);
  for (const item of items) {
    expect(item).toBeGreaterThanOrEqual(0);
    expect(item).toBeLessThan(replica.itemCount);
    expect(excluded[item], "excluded items stay out").toBe(0);
  }
  if (scores !== null) {
    expect(scores).toHaveLength(items.length);
    expect([...scores].every(Number.isFinite), "finite scores").toBe(true);
    expect([...scores], "scores never rise").toEqual([...scores].sort((a, b) => b - a));
  }
  if (reasons !== undefined) expect(reasons).toHaveLength(items.length);
  return answer;
}

/** What the shared machinery relies on in every recipe, in one process and without a store. */
export function describeRecipe({ recipe, hyperparameters = {}, endless, collaborative }: RecipeUnderTest): void {
  const { descriptor } = recipe;
  const last = async (data: TrainingData, options: TrainOptions = {}): Promise<Checkpoint> => {
    const checkpoints = await train(recipe, data, { hyperparameters, ...options });
    expect(checkpoints.length, "published checkpoints").toBeGreaterThan(0);
    return checkpoints.at(-1)!;
  };
  const served = async (data: TrainingData): Promise<{ model: ServingModel; replica: ReplicaView }> => {
    const replica = replicaViewOf(data);
    return { model: recipe.load((await last(data)).deployed, replica), replica };
  };
  /** The query of a user as this kind of recipe is asked: with the user, and with the item they saw last. */
  const queryOf = (replica: ReplicaView, user: number): Partial<Query> => ({
    user,
    item: descriptor.requiresItem ? (replica.history(user).items.at(-1) ?? -1) : -1,
  });
  const file = (checkpoint: Checkpoint): Buffer => Buffer.concat(encodeArtifact(checkpoint.deployed, descriptor));
  const idsOf = (replica: ReplicaView, { items }: RankedItems): string[] => Array.from(items, (i) => replica.itemId(i));

  describe(descriptor.name, () => {
    it("describes itself: one name for each hyperparameter, and defaults that are allowed", () => {
      const names = descriptor.hyperparameters.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      const defaults = resolveHyperparameters(descriptor.hyperparameters, {});
      const again = resolveHyperparameters(descriptor.hyperparameters, hyperparametersAsText(defaults));
      expect(again).toEqual(defaults);
      expect(descriptor.description).not.toBe("");
    });

    it("names every wrong hyperparameter at once", () => {
      const wrong = Object.fromEntries(descriptor.hyperparameters.map(({ name }) => [name, "perhaps"]));
      let error: unknown;
      try {
        resolveHyperparameters(descriptor.hyperparameters, { ...wrong, no_such_parameter: "1" });
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(PalateError);
      const named = (error as PalateError).details.violations?.map(({ field }) => field);
      expect(named?.sort()).toEqual([...Object.keys(wrong), "no_such_parameter"].sort());
    });

    it.runIf(collaborative)(
      "recommends the one item that everybody like the user has and the user has not",
      async () => {
        const { model, replica } = await served(checkerboard());
        const first = Array.from({ length: SIDE }, (_, number) => {
          const user = replica.userIndex(`user ${number}`);
          return idsOf(replica, ask(model, replica, queryOf(replica, user), replica.history(user).items))[0];
        });
        expect(first).toEqual(Array.from({ length: SIDE }, (_, number) => `item ${number}`));
      },
    );

    it.runIf(!collaborative)("recommends what most users had, counting each user once", async () => {
      const rows = [...walk("a", ["x", "x", "x", "y"]), ...walk("b", ["z", "y"]), ...walk("c", ["y", "z"])];
      const { model, replica } = await served(trainingDataOf(rows));
      expect(idsOf(replica, ask(model, replica, {}))).toEqual(["y", "z", "x"]);
    });

    it("leaves out what the query excludes, down to nothing", async () => {
      const { model, replica } = await served(checkerboard());
      const everything = Array.from({ length: replica.itemCount }, (_, item) => item);
      for (let user = -1; user < 4; user++) {
        const query = queryOf(replica, user);
        ask(model, replica, query, everything.slice(0, 15));
        expect(ask(model, replica, query, everything).items).toHaveLength(0);
      }
    });

    it("answers for users and items that nobody knows", async () => {
      const { model, replica } = await served(checkerboard());
      expect(ask(model, replica, { user: -1, item: -1 }).items).toHaveLength(10);
    });

    it("asked for more than the catalogue holds, gives each item once at most", async () => {
      const { model, replica } = await served(checkerboard());
      const { items } = ask(model, replica, { ...queryOf(replica, 0), limit: 1000 });
      expect(items.length).toBeGreaterThan(SIDE / 2);
    });

    it("answers the same after being stored and read back", async () => {
      const data = checkerboard();
      const replica = replicaViewOf(data);
      const checkpoint = await last(data);
      const before = recipe.load(checkpoint.deployed, replica);
      const after = recipe.load(decodeArtifact(file(checkpoint), descriptor), replica);
      for (let user = -1; user < SIDE; user++) {
        const query = queryOf(replica, user);
        expect(ask(after, replica, query)).toEqual(ask(before, replica, query));
      }
    });

    it("makes the same model of the same data and seed, byte for byte", async () => {
      const [one, two] = [file(await last(checkerboard())), file(await last(checkerboard()))];
      expect(one.equals(two)).toBe(true);
    });

    it("goes by external ids: a replica in another order, with more in it, changes nothing", async () => {
      const data = checkerboard();
      const { deployed } = await last(data);
      const replica = replicaViewOf(data);
      const ids = [...data.itemIds].reverse();
      const rows = data.userIds.flatMap((user, index) => {
        const { items, timestamps } = replica.history(index);
        return Array.from(items, (item, k) => ({ user, item: data.itemIds[item]!, timestamp: timestamps[k]! }));
      });
      const other = replicaViewOf(trainingDataOf(rows, ["arrived later", ...ids]));
      const models = [recipe.load(deployed, replica), recipe.load(deployed, other)] as const;
      expect(ask(models[1], other, { item: other.itemIndex("arrived later") }).items.length).toBeGreaterThan(0);
      if (!collaborative) return;
      for (let user = 0; user < SIDE; user++) {
        const best = [replica, other].map((view, which) => {
          const answer = ask(models[which]!, view, queryOf(view, user), view.history(user).items);
          return idsOf(view, answer)[0];
        });
        expect(best[1]).toBe(best[0]);
      }
    });

    it("trains on ten users, one of them with a single event", async () => {
      const rows = Array.from({ length: 10 }, (_, user) =>
        walk(`u${user}`, ["a", "b", "c", "d", "e", "f"].slice(0, 1 + (user % 6))),
      ).flat();
      const { model, replica } = await served(trainingDataOf(rows));
      for (let user = -1; user < 10; user++)
        expect(ask(model, replica, queryOf(replica, user)).items.length).toBeGreaterThan(0);
    });

    it("trains when nobody has more than one event, and when there is a single one", async () => {
      const single = Array.from({ length: 6 }, (_, user) => walk(`u${user}`, [`${"abc"[user % 3]}`])).flat();
      for (const rows of [single, walk("only", ["thing"])]) {
        const { model, replica } = await served(trainingDataOf(rows));
        expect(ask(model, replica, { user: -1 }).items.length).toBeGreaterThan(0);
      }
    });

    it("keeps ids of any characters apart", async () => {
      const odd = ["", " ", "a,b", 'say "hi"', "naïve\n", "日本語", "🍷"];
      const rows = Array.from({ length: 12 }, (_, user) =>
        walk(`u${user}`, [...odd.slice(user % odd.length), ...odd.slice(0, user % odd.length)]),
      ).flat();
      const data = trainingDataOf(rows);
      const replica = replicaViewOf(data);
      const model = recipe.load(decodeArtifact(file(await last(data)), descriptor), replica);
      expect(new Set(idsOf(replica, ask(model, replica, { limit: 100 })))).toEqual(new Set(odd));
    });

    it("refuses to train on nothing, and says why", async () => {
      const error = await train(recipe, trainingDataOf([]), { hyperparameters }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(PalateError);
      expect((error as PalateError).code).toBe("failed_precondition");
      expect((error as PalateError).message).toMatch(/interactions/i);
    });

    it("stops when asked to, before it begins and underway", async () => {
      const before = AbortSignal.abort();
      const data = checkerboard();
      await expect(train(recipe, data, { hyperparameters, signal: before })).rejects.toThrow();
      if (endless === undefined) return;
      const underway = new AbortController();
      const options = { hyperparameters: endless, signal: underway.signal, onReport: () => underway.abort() };
      // It may end by throwing or by returning; what counts is that it ends, within this test's time.
      await Promise.allSettled([train(recipe, data, options)]);
      expect(underway.signal.aborted).toBe(true);
    });

    it("refuses an artefact it cannot read", () => {
      const replica = replicaViewOf(checkerboard());
      expect(() => recipe.load({ tensors: new Map(), metadata: {} }, replica)).toThrow(PalateError);
    });
  });
}
