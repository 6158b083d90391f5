import { PalateError } from "@palate/host";
import { ChangeBatch, Interaction, Item, SnapshotStart } from "@palate/proto/dataset";
import {
  finished,
  replicaViewOf,
  trainingDataOf,
  type RankedUsers,
  type ReplicaView,
  type SegmentQuery,
  type SegmentModel,
  type SegmentRecipe,
  type TrainingData,
} from "@palate/recipe";
import { Replica, SnapshotBuffer } from "@palate/replica";
import { decodeArtifact } from "@palate/store";
import { describe, expect, it } from "vitest";
import {
  checkerboard,
  describeTraining,
  fileOf,
  lastCheckpoint,
  SIDE,
  walk,
  type TrainableRecipe,
} from "./training-suite.js";

const NOW = 1_700_100_000;

/** The checkerboard with the colour of each item. */
function coloured(): TrainingData {
  const data = checkerboard();
  return { ...data, itemAttributes: { COLOUR: data.itemIds.map(colourOf) } };
}

/** "even" or "odd", by the number at the end of an id. */
function colourOf(id: string): string {
  return Number(id.split(" ").at(-1)) % 2 === 0 ? "even" : "odd";
}

/** Asks, and checks what holds of any answer. */
function ask(model: SegmentModel, replica: ReplicaView, query: Partial<SegmentQuery>): RankedUsers {
  const limit = query.limit ?? 10;
  const nothing = { item: -1, attributes: "", segment: "", excludeOwners: false, timestamp: NOW };
  const answer = finished(model.segment({ ...nothing, ...query, limit }));
  const { users, scores } = answer;
  expect(users.length).toBeLessThanOrEqual(limit);
  expect(new Set(users).size, "users without repeats").toBe(users.length);
  for (const user of users) expect(replica.userId(user), "known users").not.toBe("");
  expect(scores).toHaveLength(users.length);
  expect([...scores].every(Number.isFinite), "finite scores").toBe(true);
  expect([...scores], "scores never rise").toEqual([...scores].sort((a, b) => b - a));
  const { reason, explain } = answer;
  for (const user of users) {
    const causes = explain?.(user) ?? [];
    const had = new Set(replica.history(user).items);
    expect(causes.every((cause) => cause.kind === "item" && had.has(cause.item) && cause.weight > 0)).toBe(true);
    // Who has more affinity than everybody has something that speaks for it.
    if (explain && reason === "model" && scores[users.indexOf(user)]! > 0) expect(causes).not.toEqual([]);
  }
  return { users, scores, reason };
}

function idsOf(replica: ReplicaView, { users }: RankedUsers): string[] {
  return Array.from(users, (user) => replica.userId(user));
}

/** The same interactions in a replica that changes can be applied to. */
function liveReplica(data: TrainingData): Replica {
  const replica = new Replica(new SnapshotBuffer(SnapshotStart.create(), false), NOW * 1000);
  const items = data.itemIds.map((itemId, item) =>
    Item.fromPartial({ itemId, properties: JSON.stringify({ COLOUR: data.itemAttributes["COLOUR"]?.[item] ?? "" }) }),
  );
  const interactions = data.userIds.flatMap((userId, user) =>
    Array.from({ length: data.offsets[user + 1]! - data.offsets[user]! }, (_, k) => {
      const at = data.offsets[user]! + k;
      return Interaction.fromPartial({
        userId,
        itemId: data.itemIds[data.items[at]!]!,
        timestamp: data.timestamps[at]!,
      });
    }),
  );
  replica.apply({ ...ChangeBatch.create(), cursor: "1", committedAtMs: NOW * 1000, interactions, items });
  return replica;
}

/** What the shared machinery relies on in every recipe that finds users, in one process and without a store. */
export function describeSegmentRecipe(underTest: TrainableRecipe<SegmentRecipe>): void {
  const { recipe } = underTest;
  const { descriptor } = recipe;
  const by = descriptor.segmentsBy;
  const loaded = async (data: TrainingData, replica: ReplicaView): Promise<SegmentModel> =>
    recipe.load((await lastCheckpoint(underTest, data)).deployed, replica);

  /** A query for users like the one of this number, as this kind of recipe is asked. */
  function queryOf(model: SegmentModel, replica: ReplicaView, number: number): Partial<SegmentQuery> {
    switch (by) {
      case "item":
        return { item: replica.itemIndex(`item ${number}`), excludeOwners: true };
      case "attributes":
        return { attributes: `ITEMS.COLOUR = "${number % 2 === 0 ? "even" : "odd"}"` };
      case "segment": {
        const user = replica.userIndex(`user ${number}`);
        const members = (segment: string) => ask(model, replica, { segment, limit: 1000 }).users;
        return { segment: finished(model.segments!()).find(({ id }) => members(id).includes(user))!.id };
      }
    }
  }

  describe(descriptor.name, () => {
    describeTraining(underTest);

    it("finds users of the right kind, and first of all the one that lacks the item", async () => {
      const data = coloured();
      const replica = replicaViewOf(data);
      const model = await loaded(data, replica);
      for (let number = 0; number < SIDE; number++) {
        const answer = ask(model, replica, queryOf(model, replica, number));
        const found = idsOf(replica, answer);
        expect(answer.reason).toBe("model");
        if (by === "item") expect(found[0]).toBe(`user ${number}`);
        else
          expect(new Set(found)).toEqual(new Set(data.userIds.filter((id) => colourOf(id) === colourOf(`${number}`))));
      }
    });

    it("answers shorter, in the same order, when asked for fewer", async () => {
      const data = coloured();
      const replica = replicaViewOf(data);
      const model = await loaded(data, replica);
      const query = queryOf(model, replica, 0);
      const all = ask(model, replica, { ...query, excludeOwners: false, limit: 5_000 }).users;
      expect(all.length).toBeGreaterThan(3);
      expect(ask(model, replica, { ...query, excludeOwners: false, limit: 3 }).users).toEqual(all.slice(0, 3));
    });

    it.runIf(by === "item")("leaves out owners of the item when asked to, and only then", async () => {
      const replica = replicaViewOf(checkerboard());
      const model = await loaded(checkerboard(), replica);
      const item = replica.itemIndex("item 0");
      const owners = (excludeOwners: boolean) =>
        [...ask(model, replica, { item, excludeOwners, limit: 1000 }).users].filter((user) =>
          replica.history(user).items.includes(item),
        ).length;
      expect([owners(true), owners(false)]).toEqual([0, SIDE / 2 - 1]);
    });

    it.runIf(by !== "segment")("finds the most active users, and says so, where nothing is known", async () => {
      const data = trainingDataOf(
        [...walk("a", ["x"]), ...walk("b", ["x", "y", "z"]), ...walk("c", ["y", "z"])],
        ["new"],
        {
          COLOUR: ["green"],
        },
      );
      const replica = replicaViewOf(data);
      const model = await loaded(data, replica);
      const unknown =
        by === "item" ? [{ item: -1 }, { item: replica.itemIndex("new") }] : [{ attributes: 'ITEMS.COLOUR = "green"' }];
      for (const query of unknown) {
        const answer = ask(model, replica, query);
        expect(answer.reason).toBe("popular");
        expect(idsOf(replica, answer)).toEqual(["b", "c", "a"]);
      }
    });

    it.runIf(by === "attributes")(
      "takes ranges, OR, IN and NOT, and says what is wrong with an expression",
      async () => {
        const data = {
          ...coloured(),
          itemAttributes: {
            COLOUR: checkerboard().itemIds.map(colourOf),
            YEAR: checkerboard().itemIds.map((_, k) => 1990 + k),
          },
        };
        const replica = replicaViewOf(data);
        const model = await loaded(data, replica);
        const even = idsOf(replica, ask(model, replica, { attributes: 'ITEMS.COLOUR = "even"' }));
        for (const attributes of [
          'Items.COLOUR IN ("even", "blue")',
          'ITEMS.colour = "even" OR ITEMS.COLOUR = "blue"',
          'NOT ITEMS.COLOUR = "odd" AND ITEMS.YEAR >= 1990',
        ])
          expect(idsOf(replica, ask(model, replica, { attributes }))).toEqual(even);
        for (const attributes of ["ITEMS.COLOUR =", 'ITEMS.SIZE = "L"', "COLOUR", 'ITEMS.YEAR > "soon"'])
          expect(() => ask(model, replica, { attributes }), attributes).toThrow(
            expect.objectContaining({ code: "invalid_argument" }) as Error,
          );
      },
    );

    it.runIf(by === "segment")("lists its segments with labels, largest first, and knows no others", async () => {
      const data = coloured();
      const replica = replicaViewOf(data);
      const model = await loaded(data, replica);
      const segments = finished(model.segments!());
      expect(segments.map(({ label }) => label).sort()).toEqual(["even", "odd"]);
      expect(segments.map(({ users }) => users)).toEqual([SIDE / 2, SIDE / 2]);
      for (const { id, users, traits } of segments) {
        expect(ask(model, replica, { segment: id, limit: 1000 }).users).toHaveLength(users);
        expect(traits[0]).toMatchObject({ dataset: "ITEMS", column: "COLOUR", share: 1, lift: 2 });
      }
      expect(() => ask(model, replica, { segment: "none" })).toThrow(PalateError);
    });

    it("counts a new user's events at once", async () => {
      const data = coloured();
      const replica = liveReplica(data);
      const model = await loaded(data, replica);
      const query = { ...queryOf(model, replica, 0), limit: 1000 };
      expect(idsOf(replica, ask(model, replica, query))).not.toContain("newcomer");
      const interactions = ["item 2", "item 4", "item 6"].map((itemId, k) =>
        Interaction.fromPartial({ userId: "newcomer", itemId, timestamp: NOW + k }),
      );
      replica.apply({ ...ChangeBatch.create(), cursor: "2", committedAtMs: (NOW + 9) * 1000, interactions });
      expect(idsOf(replica, ask(model, replica, query))).toContain("newcomer");
    });

    it("answers the same after being stored and read back", async () => {
      const data = coloured();
      const replica = replicaViewOf(data);
      const checkpoint = await lastCheckpoint(underTest, data);
      const before = recipe.load(checkpoint.deployed, replica);
      const after = recipe.load(decodeArtifact(fileOf(recipe, checkpoint), descriptor), replica);
      for (let number = 0; number < SIDE; number++) {
        const query = queryOf(before, replica, number);
        expect(ask(after, replica, query)).toEqual(ask(before, replica, query));
      }
    });

    it("goes by external ids: a replica in another order, with more in it, changes nothing", async () => {
      const data = coloured();
      const { deployed } = await lastCheckpoint(underTest, data);
      const replica = replicaViewOf(data);
      const rows = data.userIds.flatMap((user, index) => {
        const { items, timestamps } = replica.history(index);
        return Array.from(items, (item, k) => ({ user, item: data.itemIds[item]!, timestamp: timestamps[k]! }));
      });
      const ids = ["arrived later", ...[...data.itemIds].reverse()];
      const colours = { COLOUR: ids.map((id, k) => (k === 0 ? null : colourOf(id))) };
      const other = replicaViewOf(trainingDataOf(rows, ids, colours));
      const models = [recipe.load(deployed, replica), recipe.load(deployed, other)] as const;
      for (let number = 0; number < SIDE; number++) {
        const [here, there] = [replica, other].map((view, which) =>
          idsOf(view, ask(models[which]!, view, queryOf(models[which]!, view, number))).sort(),
        );
        expect(there).toEqual(here);
      }
    });

    it("trains on ten users, one of them with a single event, on single events, and on one alone", async () => {
      const items = ["a", "b", "c", "d", "e", "f"];
      const ten = Array.from({ length: 10 }, (_, user) => walk(`u${user}`, items.slice(0, 1 + (user % 6)))).flat();
      const single = Array.from({ length: 6 }, (_, user) => walk(`u${user}`, [items[user % 3]!])).flat();
      for (const rows of [ten, single, walk("only", ["a"])]) {
        const data = trainingDataOf(rows, items, { COLOUR: items.map((_, item) => (item % 2 === 0 ? "even" : "odd")) });
        const replica = replicaViewOf(data);
        const model = await loaded(data, replica);
        const query = {
          item: { item: replica.itemIndex("a") },
          attributes: { attributes: 'ITEMS.COLOUR = "even"' },
          segment: { segment: "1" },
        }[by];
        expect(ask(model, replica, query).users.length).toBeGreaterThan(0);
      }
    });

    it("measures its models on what users did next", async () => {
      const data = coloured();
      const heldOut = recipe.evaluation.holdOut(data, { seed: 1 });
      expect(heldOut.fit.items.length).toBeLessThan(data.items.length);
      const { metrics, baseline } = heldOut.measure((await lastCheckpoint(underTest, heldOut.fit)).deployed);
      const { primaryMetric } = recipe.evaluation;
      expect(metrics[primaryMetric]).toBeGreaterThan(baseline[primaryMetric]!);
      expect(metrics["coverage"]).toBeGreaterThan(0);
      if (by !== "segment") expect(metrics["hits_at_1_percent"]).toBeGreaterThan(0);
    });
  });
}
