import {
  dataWarnings,
  orderList,
  replicaViewOf,
  trainingDataOf,
  type RankingModel,
  type RankingQuery,
  type RankingRecipe,
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

/** What the shared machinery relies on in every recipe that puts lists in order, in one process and without a store. */
export function describeRankingRecipe(underTest: TrainableRecipe<RankingRecipe>): void {
  const { recipe } = underTest;
  const served = async (data: TrainingData): Promise<{ model: RankingModel; replica: ReplicaView }> => {
    const replica = replicaViewOf(data);
    return { model: recipe.load((await lastCheckpoint(underTest, data)).deployed, replica), replica };
  };
  /** Ranks, checks what holds of any answer, and gives the ids in order. */
  const rank = (model: RankingModel, replica: ReplicaView, query: Partial<RankingQuery>): string[] => {
    const items = query.items ?? Int32Array.from({ length: replica.itemCount }, (_, item) => item);
    const { scores } = model.rank({ user: -1, timestamp: 1_700_100_000, ...query, items });
    expect(scores).toHaveLength(items.length);
    expect([...scores].every((score) => Number.isNaN(score) || Number.isFinite(score))).toBe(true);
    const { order, shares } = orderList(scores, 0);
    if (shares.length > 0) expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    expect([...shares], "shares never rise").toEqual([...shares].sort((a, b) => b - a));
    return Array.from(order, (place) => replica.itemId(items[place]!));
  };

  describe(recipe.descriptor.name, () => {
    describeTraining(underTest);

    it("puts what everybody like the user has before what others have", async () => {
      const { model, replica } = await served(checkerboard());
      for (let number = 0; number < SIDE; number++) {
        const items = Int32Array.of(
          replica.itemIndex(`item ${(number + 1) % SIDE}`),
          replica.itemIndex(`item ${number}`),
        );
        expect(rank(model, replica, { user: replica.userIndex(`user ${number}`), items })[0]).toBe(`item ${number}`);
      }
    });

    it("puts popular items first for a user nobody knows, and says so", async () => {
      const rows = [...walk("a", ["x", "y", "z"]), ...walk("b", ["y", "z"]), ...walk("c", ["z", "x", "z"])];
      const { model, replica } = await served(trainingDataOf([...rows, ...walk("d", ["z", "y"])]));
      expect(rank(model, replica, { user: -1 })).toEqual(["z", "y", "x"]);
      expect(model.rank({ user: -1, items: Int32Array.of(0), timestamp: 0 }).reason).toBe("popular");
    });

    it("has no score for what it was not trained on, and scores the rest all the same", async () => {
      const data = checkerboard();
      const { deployed } = await lastCheckpoint(underTest, data);
      const rows = data.userIds.flatMap((user, index) => {
        const { items, timestamps } = replicaViewOf(data).history(index);
        return Array.from(items, (item, k) => ({ user, item: data.itemIds[item]!, timestamp: timestamps[k]! }));
      });
      const replica = replicaViewOf(trainingDataOf(rows, ["arrived later", ...[...data.itemIds].reverse()]));
      const model = recipe.load(deployed, replica);
      for (const user of [-1, replica.userIndex("user 3")]) {
        const order = rank(model, replica, { user });
        expect(order.at(-1)).toBe("arrived later");
      }
    });

    it("scores an item of a list the same whatever else is in it", async () => {
      const { model } = await served(checkerboard());
      const all = model.rank({ user: 0, items: Int32Array.of(0, 1, 2, 3), timestamp: 1_700_100_000 }).scores.slice();
      const two = model.rank({ user: 0, items: Int32Array.of(3, 1), timestamp: 1_700_100_000 }).scores;
      expect(two[0]! - two[1]!).toBeCloseTo(all[3]! - all[1]!, 4);
    });

    it("takes an empty list and one of all items", async () => {
      const { model, replica } = await served(checkerboard());
      expect(rank(model, replica, { user: 0, items: new Int32Array(0) })).toEqual([]);
      expect(new Set(rank(model, replica, { user: 0 })).size).toBe(SIDE);
    });

    it("answers the same after being stored and read back", async () => {
      const data = checkerboard();
      const replica = replicaViewOf(data);
      const checkpoint = await lastCheckpoint(underTest, data);
      const before = recipe.load(checkpoint.deployed, replica);
      const after = recipe.load(decodeArtifact(fileOf(recipe, checkpoint), recipe.descriptor), replica);
      for (let user = -1; user < SIDE; user++)
        expect(rank(after, replica, { user })).toEqual(rank(before, replica, { user }));
    });

    it("says which of the user's items speak for an item", async () => {
      const { model, replica } = await served(checkerboard());
      const items = Int32Array.of(replica.itemIndex("item 4"));
      const query = { user: replica.userIndex("user 4"), item: -1, limit: 1, excluded: new Uint8Array(SIDE) };
      expectSensible(model, replica, { ...query, timestamp: 1_700_100_000 }, items);
      const [causes] = model.explain!({ ...query, timestamp: 1_700_100_000 }, items);
      expect(causes!.some(({ kind }) => kind === "item")).toBe(true);
    });

    it("trains on ten users, one of them with a single event, measures that, and says that it is little", async () => {
      const rows = Array.from({ length: 10 }, (_, user) =>
        walk(`u${user}`, ["a", "b", "c", "d", "e", "f"].slice(0, 1 + (user % 6))),
      ).flat();
      const data = trainingDataOf(rows);
      const { model, replica } = await served(data);
      for (let user = -1; user < 10; user++) expect(rank(model, replica, { user })).toHaveLength(6);
      const { cases, measure } = recipe.evaluation.holdOut(data, { seed: 1 });
      const { metrics } = measure((await lastCheckpoint(underTest, data)).evaluation);
      expect(metrics["normalized_discounted_cumulative_gain_at_10"]).toBeGreaterThanOrEqual(0);
      expect(dataWarnings(data, cases).length).toBeGreaterThan(2);
    });

    it("trains when nobody has more than one event, and when there is a single one", async () => {
      const single = Array.from({ length: 6 }, (_, user) => walk(`u${user}`, [`${"abc"[user % 3]}`])).flat();
      for (const rows of [single, walk("only", ["thing"])]) {
        const { model, replica } = await served(trainingDataOf(rows));
        expect(rank(model, replica, { user: -1 }).length).toBeGreaterThan(0);
      }
    });
  });
}
