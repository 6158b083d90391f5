import {
  dataWarnings,
  replicaViewOf,
  trainingDataOf,
  type ItemModel,
  type ItemRecipe,
  type Query,
  type RankedItems,
  type ReplicaView,
  type TrainingData,
} from "@palate/recipe";
import { decodeArtifact } from "@palate/store";
import { describe, expect, it } from "vitest";
import { expectSensible } from "./explanations.js";
import {
  checkerboard,
  describeTraining,
  fileOf,
  lastCheckpoint,
  SIDE,
  walk,
  type TrainableRecipe,
} from "./training-suite.js";

/** A recipe to hold against what every recipe that recommends items must do. */
export interface RecipeUnderTest extends TrainableRecipe<ItemRecipe> {
  /** Whether it learns from what others did with the same items; false for what is the same for everybody. */
  readonly collaborative: boolean;
}

/** Asks with the marks of excluded items, and checks what holds of any answer. */
function ask(
  model: ItemModel,
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

/** What the shared machinery relies on in every recipe that recommends items, in one process and without a store. */
export function describeRecipe(underTest: RecipeUnderTest): void {
  const { recipe, collaborative } = underTest;
  const { descriptor } = recipe;
  const served = async (data: TrainingData): Promise<{ model: ItemModel; replica: ReplicaView }> => {
    const replica = replicaViewOf(data);
    return { model: recipe.load((await lastCheckpoint(underTest, data)).deployed, replica), replica };
  };
  /** The query of a user as this kind of recipe is asked: with the user, and with the item they saw last. */
  const queryOf = (replica: ReplicaView, user: number): Partial<Query> => ({
    user,
    item: descriptor.requiresItem ? (replica.history(user).items.at(-1) ?? -1) : -1,
  });
  const idsOf = (replica: ReplicaView, { items }: RankedItems): string[] => Array.from(items, (i) => replica.itemId(i));

  describe(descriptor.name, () => {
    describeTraining(underTest);

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
      const checkpoint = await lastCheckpoint(underTest, data);
      const before = recipe.load(checkpoint.deployed, replica);
      const after = recipe.load(decodeArtifact(fileOf(recipe, checkpoint), descriptor), replica);
      for (let user = -1; user < SIDE; user++) {
        const query = queryOf(replica, user);
        expect(ask(after, replica, query)).toEqual(ask(before, replica, query));
      }
    });

    it("goes by external ids: a replica in another order, with more in it, changes nothing", async () => {
      const data = checkerboard();
      const { deployed } = await lastCheckpoint(underTest, data);
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

    it("says why each item is there", async () => {
      const { model, replica } = await served(checkerboard());
      expect(model.explain, "every recipe explains").toBeDefined();
      for (let user = -1; user < 4; user++) {
        const query = { item: -1, excluded: new Uint8Array(SIDE), limit: 5, timestamp: 1_700_100_000 };
        const whole = { ...query, user, ...queryOf(replica, user) };
        const { items } = ask(model, replica, whole);
        expectSensible(model, replica, whole, items);
        const kinds = model.explain!(whole, items).map((causes) => causes[0]?.kind);
        if (collaborative && user >= 0) expect(kinds[0]).toBe("item");
      }
    });

    it("trains on ten users, one of them with a single event, measures that, and says that it is little", async () => {
      const rows = Array.from({ length: 10 }, (_, user) =>
        walk(`u${user}`, ["a", "b", "c", "d", "e", "f"].slice(0, 1 + (user % 6))),
      ).flat();
      const data = trainingDataOf(rows);
      const { model, replica } = await served(data);
      for (let user = -1; user < 10; user++)
        expect(ask(model, replica, queryOf(replica, user)).items.length).toBeGreaterThan(0);
      const { cases, measure } = recipe.evaluation.holdOut(data, { seed: 1 });
      const { metrics } = measure((await lastCheckpoint(underTest, data)).evaluation);
      expect(metrics["normalized_discounted_cumulative_gain_at_10"]).toBeGreaterThanOrEqual(0);
      expect(dataWarnings(data, cases).length).toBeGreaterThan(2);
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
      const model = recipe.load(
        decodeArtifact(fileOf(recipe, await lastCheckpoint(underTest, data)), descriptor),
        replica,
      );
      expect(new Set(idsOf(replica, ask(model, replica, { limit: 100 })))).toEqual(new Set(odd));
    });
  });
}
