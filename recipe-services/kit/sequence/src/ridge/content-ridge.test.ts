import { metadataTerms, type MetadataTerms } from "@palate/features";
import { Random, runCooperatively } from "@palate/numeric";
import { loadTensorBackend } from "@palate/tensorflow";
import { describe, expect, it } from "vitest";
import { sequencesOf } from "../../testing/sequences.js";
import { standardise } from "../model/blend.js";
import { fitNeighbours } from "../model/fit-neighbours.js";
import { trainSequenceModel } from "../model/train-sequence-model.js";
import { findMetadataNeighbours } from "./find-metadata-neighbours.js";
import { ContentRidge } from "./content-ridge.js";
import { ridgeFromTensors, ridgeMetadata } from "./ridge-tensors.js";
import { fitRidge, RIDGE_SPARSE } from "./fit-ridge.js";

const backend = await loadTensorBackend({ prefer: "wasm" });
const termsOf = (kinds: readonly string[]): Promise<MetadataTerms> =>
  runCooperatively(metadataTerms({ KIND: kinds }, kinds.length, { KIND: "categorical" }));

describe("items alike by metadata", () => {
  it("are those with terms in common, liked ones more so", async () => {
    const terms = await termsOf(["a", "a|b", "b", "c", ""]);
    const { offsets, columns, values } = await findMetadataNeighbours(terms, Int32Array.of(0, 15, 0, 0, 0));
    const rowOf = (item: number): number[][] =>
      Array.from({ length: offsets[item + 1]! - offsets[item]! }, (_, k) => [
        columns[offsets[item]! + k]!,
        Math.round(1e4 * values[offsets[item]! + k]!) / 1e4,
      ]);
    // The cosine is 1/√2; an item with 15 interactions counts 16 ** 0.25 = 2 times as much as one with none.
    expect(rowOf(0)).toEqual([[1, 1.4142]]);
    expect(rowOf(1)).toEqual([
      [0, 0.7071],
      [2, 0.7071],
    ]);
    expect(rowOf(2)).toEqual([[1, 1.4142]]);
    expect([rowOf(3), rowOf(4)]).toEqual([[], []]);
  });

  it("are a hundred at most, the most alike", async () => {
    const terms = await termsOf(
      Array.from({ length: 450 }, (_, item) => (item < 150 ? "a|b" : item < 200 ? "a" : "c")),
    );
    const { offsets, columns } = await findMetadataNeighbours(terms, new Int32Array(450));
    expect(offsets[1]).toBe(100);
    expect(Math.max(...columns.subarray(0, 100))).toBeLessThan(150);
    expect(columns.subarray(0, 100)).not.toContain(0);
  });
});

describe("a ridge with metadata", () => {
  it("adds likeness to the history, the newest most, and survives storage", async () => {
    const sequences = sequencesOf(
      [
        [0, 1, 2, 3],
        [1, 2, 0],
      ],
      6,
    );
    const ridge = await fitRidge(sequences, { kind: "sparse", options: RIDGE_SPARSE }, backend);
    const similarities = await findMetadataNeighbours(await termsOf(["a", "a", "b", "b", "b", ""]), new Int32Array(6));
    const [own, all, restored] = [new Float32Array(6), new Float32Array(6), new Float32Array(6)];
    const history = Int32Array.of(0, 4);
    ridge.scoreInto(history, own);
    const both = new ContentRidge(ridge, { similarities, weight: 0.5 });
    both.scoreInto(history, all);
    const added = all.map((score, item) => score - own[item]!);
    // 4 is the newest; 0, a step back, counts 0.8.
    [0, 0.4, 0.5, 0.5, 0, 0].forEach((expected, item) => expect(added[item]).toBeCloseTo(expected, 5));
    const sums = new Float32Array(6);
    both.addStandardised!(history, 2, sums);
    const standard = standardise(all.slice());
    // Both are the same but for a number added to all.
    sums.forEach((sum, item) => expect(sum - sums[0]!).toBeCloseTo(2 * (standard[item]! - standard[0]!), 4));
    ridgeFromTensors(both.toTensors(), ridgeMetadata(both)).scoreInto(history, restored);
    expect(restored).toEqual(all);
  });
});

/** Users who keep to a kind of item, and choose at random among the 20 of it. */
function keepingToAKind(users: number, length: number, seed: number): number[][] {
  const random = new Random(seed);
  return Array.from({ length: users }, (_, user) =>
    Array.from({ length }, () => (user % 10) + 10 * random.integer(20)),
  );
}

describe("how much likeness counts", () => {
  const kinds = Array.from({ length: 200 }, (_, item) => `kind ${item % 10}`);

  it("is nothing where it does not help", async () => {
    // Everybody goes on to the item after the last, which is of another kind.
    const order = Array.from({ length: 300 }, (_, user) => [0, 1, 2].map((step) => (user + step) % 200));
    const sequences = sequencesOf(order, 200);
    const ridge = await fitRidge(sequences, { kind: "sparse", options: RIDGE_SPARSE }, backend);
    const choices = order.map(([, , last]) => ({ history: Int32Array.of(last!), target: (last! + 1) % 200 }));
    const { weight } = await fitNeighbours(await termsOf(kinds), sequences, ridge, choices);
    expect(weight).toBe(0);
  });

  it("is something where few interactions say little, and the model then finds what it would not", async () => {
    const histories = keepingToAKind(150, 3, 4);
    const options = { trainingSeconds: 0, seed: 1 };
    const without = await trainSequenceModel(sequencesOf(histories, 200), options, backend);
    const terms = await termsOf(kinds);
    const { model, validation } = await trainSequenceModel(sequencesOf(histories, 200), { ...options, terms }, backend);
    expect(validation!.ndcg10).toBeGreaterThan(1.2 * without.validation!.ndcg10);
    // Nobody but this user ever had one of them.
    const scores = new Float32Array(200);
    model.scoreAll({ items: Int32Array.of(13, 33) }, NaN, scores);
    const best = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!).slice(0, 10);
    expect(best.map((item) => item % 10)).toEqual(new Array(10).fill(3));
  });

  it("can be stopped", async () => {
    const sequences = sequencesOf([[0, 1, 2]], 200);
    const ridge = await fitRidge(sequences, { kind: "sparse", options: RIDGE_SPARSE }, backend);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(fitNeighbours(await termsOf(kinds), sequences, ridge, [], { signal })).rejects.toThrow("enough");
  });
});
