import { Random } from "@palate/numeric";
import { Action, ActionInteraction, ChangeBatch, SnapshotStart } from "@palate/proto/dataset";
import {
  actionDataOf,
  replicaViewOf,
  trainingDataOf,
  type ActionModel,
  type ActionQuery,
  type ActionRecipe,
  type ActionRow,
  type RankedActions,
  type ReplicaView,
  type TrainingData,
} from "@palate/recipe";
import { Replica, SnapshotBuffer } from "@palate/replica";
import { decodeArtifact } from "@palate/store";
import { describe, expect, it } from "vitest";
import { describeTraining, fileOf, lastCheckpoint, walk, type TrainableRecipe } from "./training-suite.js";

/** Users of each taste. */
const HALF = 30;
const START = 1_700_000_000;
const DAY = 86_400;
/** The moment at which everything has happened. */
const NOW = START + 60 * DAY;

/**
 * Two tastes: users of even number take "club" four times of five (by chance) and "trial" once of five, those of odd number the
 * other way round; every fifth day each is shown one of the two. "closed" ended long ago, "weekly" is not to be repeated within a
 * week; of these, and of "new", nothing is known.
 */
function offers(): TrainingData {
  const random = new Random(1);
  const users = Array.from({ length: 2 * HALF }, (_, user) => user);
  const data = trainingDataOf(users.flatMap((user) => walk(`u${user}`, ["x", "z"], START)));
  const rows: ActionRow[] = users.flatMap((user) =>
    Array.from({ length: 12 }, (_, k): ActionRow[] => {
      const action = k % 2 === 0 ? "club" : "trial";
      const likes = (user % 2 === 0) === (action === "club");
      const contrary = random.uniform() < 0.2;
      const timestamp = START + k * 5 * DAY + user;
      const shown: ActionRow = { user: `u${user}`, action, outcome: "VIEWED", timestamp };
      const outcome = contrary === likes ? "NOT_TAKEN" : "TAKEN";
      return [shown, { ...shown, outcome, timestamp: timestamp + 600 }];
    }).flat(),
  );
  const actions = actionDataOf(data, rows, ["club", "trial", "closed", "weekly", "new"], {
    VALUE: [1, 2, 10, 3, 9],
    ACTION_EXPIRATION_TIMESTAMP: [null, null, START + DAY, null, null],
    REPEAT_FREQUENCY: [null, null, null, 7, null],
    KIND: ["discount", "subscription", "survey", "survey", "survey"],
  });
  return { ...data, actions };
}

/** The same data in a replica that goes on living. */
function living(data: TrainingData): Replica {
  const replica = new Replica(new SnapshotBuffer(SnapshotStart.create(), false), 0);
  const { actionIds, attributes } = data.actions!;
  const actions = actionIds.map((actionId, index) => {
    const values = Object.entries(attributes).map(([name, column]) => [name, column[index]]);
    return Action.fromPartial({ actionId, properties: JSON.stringify(Object.fromEntries(values)) });
  });
  replica.apply({ ...ChangeBatch.create(), cursor: "1", committedAtMs: NOW * 1000, actions });
  return replica;
}

function ask(
  model: ActionModel,
  replica: ReplicaView,
  query: Partial<ActionQuery>,
  exclude: readonly string[] = [],
): { ids: string[]; answer: RankedActions } {
  const view = replica.actions;
  const excluded = new Uint8Array(view.count);
  for (const id of exclude) excluded[view.indexOf(id)] = 1;
  const answer = model.recommendActions({ user: -1, limit: 10, exploration: 0, timestamp: NOW, ...query, excluded });
  const ids = Array.from(answer.actions, (action) => view.idOf(action));
  expect(new Set(ids).size, "actions without repeats").toBe(ids.length);
  expect(answer.scores).toHaveLength(ids.length);
  for (const score of answer.scores) expect(score >= 0 && score <= 1, "scores are probabilities").toBe(true);
  for (const id of exclude) expect(ids).not.toContain(id);
  return { ids, answer };
}

/** What the shared machinery relies on in every recipe that recommends actions, in one process and without a store. */
export function describeActionRecipe(underTest: TrainableRecipe<ActionRecipe>): void {
  const { recipe } = underTest;
  const { descriptor } = recipe;
  const served = async (data: TrainingData, replica: ReplicaView = replicaViewOf(data)) => {
    const { deployed } = await lastCheckpoint(underTest, data);
    return { model: recipe.load(deployed, replica), replica };
  };

  describe(`recipe ${descriptor.name}`, () => {
    describeTraining({ ...underTest, data: offers });

    it("tells who takes what, as a probability", async () => {
      const { model, replica } = await served(offers());
      const scores = { liked: 0, other: 0 };
      for (let user = 0; user < 2 * HALF; user++) {
        const { ids, answer } = ask(model, replica, { user });
        const [liked, other] = user % 2 === 0 ? ["club", "trial"] : ["trial", "club"];
        scores.liked += answer.scores[ids.indexOf(liked!)]! / (2 * HALF);
        scores.other += answer.scores[ids.indexOf(other!)]! / (2 * HALF);
      }
      // The truth is 0.8 and 0.2; a few choices of each user can tell only so much of it.
      expect(scores.liked).toBeGreaterThan(0.62);
      expect(scores.liked).toBeLessThan(0.9);
      expect(scores.other).toBeLessThan(0.38);
      expect(scores.other).toBeGreaterThan(0.1);
    });

    it("has an answer for unknown users: what an average user takes", async () => {
      const { model, replica } = await served(offers());
      const { ids, answer } = ask(model, replica, { user: -1 });
      expect(ids.slice(0, 2).sort()).toEqual(["club", "trial"]);
      for (const score of answer.scores.subarray(0, 2)) expect(Math.abs(score - 0.5)).toBeLessThan(0.25);
    });

    it("gives actions that nothing is known of no probability, and says so; VALUE orders them", async () => {
      const { model, replica } = await served(offers());
      const { ids, answer } = ask(model, replica, { user: 0 });
      expect(ids.slice(2)).toEqual(["new", "weekly"]);
      expect([...answer.scores.subarray(2)]).toEqual([0, 0]);
      expect(answer.reasons).toEqual(["model", "model", "popular", "popular"]);
    });

    it("explores them as far as asked, the same for everyone who asks twice", async () => {
      const { model, replica } = await served(offers());
      const firsts = (exploration: number): string[] =>
        Array.from({ length: 2 * HALF }, (_, user) => ask(model, replica, { user, exploration }).ids[0]!);
      const explored = (exploration: number): number =>
        firsts(exploration).filter((id) => id === "new" || id === "weekly").length;
      expect(explored(0)).toBe(0);
      expect(explored(1)).toBeGreaterThan(explored(0.3));
      expect(firsts(1)).toEqual(firsts(1));
      const { answer } = ask(model, replica, { user: 0, exploration: 1 });
      expect(answer.reasons).toContain("exploration");
    });

    it("makes do without anything that users did: all is explored, by VALUE where that is not wanted", async () => {
      const data = offers();
      const { actionIds, attributes } = data.actions!;
      const nothing = { ...data, actions: actionDataOf(data, [], actionIds, attributes) };
      const { model, replica } = await served(nothing);
      expect(ask(model, replica, { user: 0 }).ids).toEqual(["new", "weekly", "trial", "club"]);
      const { answer } = ask(model, replica, { user: 0, exploration: 1 });
      expect([new Set(answer.scores), new Set(answer.reasons)]).toEqual([new Set([0]), new Set(["exploration"])]);
    });

    it("leaves out what has expired, what must wait, and what the query excludes", async () => {
      const data = offers();
      const { model, replica } = await served(data);
      expect(ask(model, replica, { timestamp: START + DAY - 1 }).ids).toContain("closed");
      expect(ask(model, replica, { timestamp: START + DAY }).ids).not.toContain("closed");
      expect(ask(model, replica, {}, ["club"]).ids).not.toContain("club");
    });

    it("keeps the same order however long the list", async () => {
      const { model, replica } = await served(offers());
      const whole = ask(model, replica, { user: 5, exploration: 1 }).ids;
      for (let limit = 1; limit < whole.length; limit++)
        expect(ask(model, replica, { user: 5, exploration: 1, limit }).ids).toEqual(whole.slice(0, limit));
    });

    it("follows the live data: events, new actions and changed rules", async () => {
      const data = offers();
      const replica = living(data);
      const { model } = await served(data, replica);
      const tell = (cursor: string, change: Partial<ChangeBatch>) =>
        replica.apply({ ...ChangeBatch.create(), cursor, committedAtMs: NOW * 1000, ...change });
      const event = (actionId: string, eventType: string, timestamp: number) =>
        ActionInteraction.fromPartial({ userId: "live", actionId, eventType, timestamp });
      const idsAt = (timestamp: number) => ask(model, replica, { user: replica.userIndex("live"), timestamp }).ids;

      expect(idsAt(NOW)).toContain("weekly");
      tell("2", { actionInteractions: [event("weekly", "VIEWED", NOW)] });
      expect(idsAt(NOW), "seeing it is no reason to hide it").toContain("weekly");
      tell("3", { actionInteractions: [event("weekly", "NOT_TAKEN", NOW)] });
      expect(idsAt(NOW)).not.toContain("weekly");
      expect(idsAt(NOW + 7 * DAY - 1)).not.toContain("weekly");
      expect(idsAt(NOW + 7 * DAY)).toContain("weekly");

      tell("4", { actions: [Action.fromPartial({ actionId: "brand-new", properties: '{"VALUE": 8}' })] });
      expect(idsAt(NOW)).toContain("brand-new");
      const ended = JSON.stringify({ ACTION_EXPIRATION_TIMESTAMP: NOW - 1 });
      tell("5", { actions: [Action.fromPartial({ actionId: "brand-new", properties: ended })] });
      expect(idsAt(NOW)).not.toContain("brand-new");

      const user = () => replica.userIndex("live");
      const scoreOf = (id: string) => {
        const { ids, answer } = ask(model, replica, { user: user(), timestamp: NOW + DAY });
        return answer.scores[ids.indexOf(id)]!;
      };
      const before = scoreOf("club");
      const taken = Array.from({ length: 6 }, (_, k) => event("club", "TAKEN", NOW - (10 - k) * DAY));
      tell("6", { actionInteractions: taken });
      expect(scoreOf("club"), "who took it again and again takes it again").toBeGreaterThan(before);
    });

    it("looks at nothing that happens after the moment asked for", async () => {
      const data = offers();
      const { model, replica } = await served(data);
      const replayed = replicaViewOf({
        ...data,
        actions: actionDataOf(data, [], data.actions!.actionIds, data.actions!.attributes),
      });
      const early = { user: 4, timestamp: START - 1 };
      const empty = ask(recipe.load((await lastCheckpoint(underTest, data)).deployed, replayed), replayed, early, [
        "closed",
      ]);
      const full = ask(model, replica, early, ["closed"]);
      const scores = ({ ids, answer }: typeof full) =>
        Object.fromEntries(ids.map((id, place) => [id, answer.scores[place]]));
      expect(scores(full)["club"]).toBeCloseTo(scores(empty)["club"]!, 2);
    });

    it("answers the same after being stored and read back", async () => {
      const data = offers();
      const replica = replicaViewOf(data);
      const checkpoint = await lastCheckpoint(underTest, data);
      const again = decodeArtifact(fileOf(recipe, checkpoint), descriptor);
      const [one, other] = [recipe.load(checkpoint.deployed, replica), recipe.load(again, replica)];
      for (let user = 0; user < 6; user++)
        expect(ask(other, replica, { user }).answer).toEqual(ask(one, replica, { user }).answer);
    });

    it("is measured on the newest occasions, above every action's average", async () => {
      const data = offers();
      const held = recipe.evaluation.holdOut(data, { seed: 1 });
      expect(held.cases).toBeGreaterThan(0);
      expect(Math.max(...held.fit.actions!.timestamps)).toBeLessThan(Math.max(...data.actions!.timestamps));
      const { evaluation } = await lastCheckpoint(underTest, data);
      const { metrics, baseline } = held.measure(evaluation);
      const key = recipe.evaluation.primaryMetric;
      expect(metrics[key]).toBeGreaterThan(baseline[key]! + 0.1);
      for (const name of ["coverage", "normalized_discounted_cumulative_gain_at_5", "precision", "recall", "log_loss"])
        expect(metrics[name], name).toBeGreaterThanOrEqual(0);
    });
  });
}
