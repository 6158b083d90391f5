import { Random } from "@palate/numeric";
import { replicaViewOf, type Artifact, type Query, type TrainingData } from "@palate/recipe";
import { loadTensorBackend } from "@palate/tensorflow";
import { describe, expect, it } from "vitest";
import { toSequenceArtifact } from "../model/sequence-artifact.js";
import { SequenceModel } from "../model/sequence-model.js";
import { sequencesOf } from "../model/train-sequence-recipe.js";
import { initialParameters, logPopularity, type MixerShape } from "../network/mixer-parameters.js";
import { MixerScorer } from "../network/mixer-scorer.js";
import { fitRidge, RIDGE_SPARSE } from "../ridge/fit-ridge.js";
import { SequenceServing, type SequenceServingOptions } from "./sequence-serving.js";

const ITEMS = 4_000;
const USERS = 60;
const PER_USER = 30;
const START = 1_600_000_000;
const random = new Random(11);

const data: TrainingData = {
  userIds: Array.from({ length: USERS }, (_, user) => `u${user}`),
  itemIds: Array.from({ length: ITEMS }, (_, item) => `i${item}`),
  offsets: Int32Array.from({ length: USERS + 1 }, (_, user) => user * PER_USER),
  items: Int32Array.from({ length: USERS * PER_USER }, () => Math.floor(ITEMS * random.uniform() ** 2)),
  timestamps: Float64Array.from({ length: USERS * PER_USER }, (_, at) => START + 60 * (at % PER_USER)),
  eventTypes: new Uint16Array(USERS * PER_USER),
  eventTypeNames: [""],
  eventValues: new Float32Array(USERS * PER_USER).fill(Number.NaN),
  itemAttributes: { PRICE: Array.from({ length: ITEMS }, () => random.integer(500)) },
  userAttributes: {},
};
// The newest items are unknown to the model; a few of the model's are no longer in the catalogue.
const replica = replicaViewOf({ ...data, itemIds: [...data.itemIds.slice(3), "new", "newer"] });

const shape: MixerShape = {
  itemCount: ITEMS,
  width: 16,
  layers: 2,
  kernels: 4,
  length: 20,
  context: { longestGap: 20 },
};

/** A network whose vectors are in clusters, so that many logits differ little, and a ridge fitted to the data. */
async function artifactOf(objective: boolean): Promise<Artifact> {
  const sequences = sequencesOf(data);
  const parameters = initialParameters(shape, sequences, new Random(2));
  for (let item = 0; item < ITEMS; item++) {
    for (let c = 0; c < shape.width; c++) {
      const centre = (item % 200) * shape.width + c;
      parameters[item * shape.width + c] = (item < 200 ? 10 : 1 + 1e-4 * random.normal()) * parameters[centre]!;
    }
  }
  const backend = await loadTensorBackend({ prefer: "wasm" });
  const model = new SequenceModel({
    ridge: await fitRidge(sequences, { kind: "sparse", options: RIDGE_SPARSE }, backend),
    popularity: logPopularity(sequences.items, ITEMS),
    mixer: new MixerScorer(shape, parameters),
    blend: { network: 1, ridge: 0.4 },
    inverseTemperature: 0.5,
  });
  return toSequenceArtifact({
    itemIds: data.itemIds,
    model,
    ...(objective && { objective: { column: "PRICE", sensitivity: "MEDIUM" } }),
  });
}

const queryOf = (user: number, limit: number, excludedShare = 0): Query => ({
  ...{ user, item: -1, limit, timestamp: START + 10_000 },
  excluded: new Uint8Array(replica.itemCount).map(() => (random.uniform() < excludedShare ? 1 : 0)),
});

describe.each([false, true])("lists of a sequence model by a coarse scan, objective: %s", async (objective) => {
  const artifact = await artifactOf(objective);
  const serve = (options: SequenceServingOptions) => new SequenceServing(artifact, replica, options);
  const [coarse, exact] = [serve({ coarseFrom: 1 }), serve({ coarseFrom: Infinity })];

  it.each([
    [1, 0],
    [26, 0],
    [26, 0.5],
    [26, 0.99],
    [26, 1],
    [60, 0.2],
    [500, 0],
    [ITEMS, 0.3],
  ])("are those by looking at all items: the best %i, a share of %d held back", (limit, share) => {
    for (let user = 0; user < 6; user++) {
      const query = queryOf(user, limit, share);
      const [a, b] = [coarse.recommend(query), exact.recommend(query)];
      expect([...a.items]).toEqual([...b.items]);
      expect(a.reasons).toEqual(b.reasons);
      const apart = a.scores!.map((score, rank) => Math.abs(score - b.scores![rank]!) / (b.scores![rank]! || 1));
      expect(Math.max(0, ...apart)).toBeLessThan(1e-3);
    }
  });

  it("are the same when several are prepared at once", () => {
    const queries = Array.from({ length: 9 }, (_, user) => queryOf(user % 8, 26, 0.1));
    const singly = queries.map((query) => coarse.recommend(query));
    const fresh = serve({ coarseFrom: 1 });
    for (let from = 0; from < queries.length;) {
      const taken = fresh.prepare(queries.slice(from));
      expect(taken).toBeGreaterThan(0);
      for (const query of queries.slice(from, from + taken)) expect(fresh.recommend(query)).toEqual(singly[from++]);
    }
  });

  it("have shares that add up to one over everything that may be recommended", () => {
    const { scores } = coarse.recommend(queryOf(3, ITEMS, 0.5));
    expect(scores!.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 5);
  });

  it("have the same reasons", () => {
    const { items } = exact.recommend(queryOf(5, 10));
    const [a, b] = [coarse, exact].map((serving) => serving.explain({ user: 5, timestamp: START + 10_000 }, items));
    const weights = (all: typeof a) => all!.map((causes) => causes.map(({ weight }) => weight));
    expect(b!.some((causes) => causes.length > 1)).toBe(true);
    expect(a!.map((causes) => causes.length)).toEqual(b!.map((causes) => causes.length));
    weights(a).forEach((causes, place) =>
      causes.forEach((weight, k) => expect(weight).toBeCloseTo(weights(b)[place]![k]!, 2)),
    );
  });

  it("go with scores of some items, which are those of all", () => {
    const items = Int32Array.of(5, 0, replica.itemCount - 1, 700, 5);
    const scores = exact.scores(queryOf(4, 1))!;
    const own = Array.from(items, (item) => scores[exact.binding.modelIndex(item)] ?? Number.NaN);
    expect([...coarse.scoresOf(queryOf(4, 1), items)!]).toEqual(own);
    expect(coarse.scoresOf({ user: -1, timestamp: START }, items)).toBeUndefined();
  });
});
