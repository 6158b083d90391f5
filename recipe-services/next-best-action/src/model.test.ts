import { expect, test } from "vitest";
import { FactorTrainer, sigmoid, type EncodedExamples } from "./model.js";

/** Two kinds of users (features 0 and 1) and two actions (features 2 and 3); each kind takes one action of the two. */
function crossed(): EncodedExamples {
  const count = 400;
  const kind = (example: number) => example & 1;
  const action = (example: number) => (example >> 1) & 1;
  const each = Int32Array.from({ length: count + 1 }, (_, k) => k);
  return {
    users: { offsets: each, columns: each.slice(0, count).map(kind), values: new Float32Array(count).fill(1) },
    actions: { offsets: Int32Array.of(0, 1, 2), columns: Int32Array.of(2, 3), values: Float32Array.of(1, 1) },
    actionOf: each.slice(0, count).map(action),
    offsets: new Float32Array(count),
    labels: Uint8Array.from(each.slice(0, count), (example) => (kind(example) === action(example) ? 1 : 0)),
    weights: new Float32Array(count).fill(1),
  };
}

function fitted(rank: number): FactorTrainer {
  const trainer = new FactorTrainer(4, crossed(), { rank, regularization: 0, learningRate: 0.3, seed: 1 });
  for (let pass = 0; pass < 20; pass++) for (const _ of trainer.epoch(400)) continue;
  return trainer;
}

test("pairs of features learn what single features cannot", () => {
  const data = crossed();
  const right = (trainer: FactorTrainer) =>
    data.labels.filter((label, example) => trainer.logit(example) > 0 === (label === 1)).length / data.labels.length;
  expect(right(fitted(4))).toBe(1);
  expect(fitted(4).loss(0, 400)).toBeLessThan(0.3);
  expect(fitted(0).loss(0, 400)).toBeGreaterThan(0.65);
});

test("the same seed gives the same model", () => {
  expect(fitted(2).vectors).toEqual(fitted(2).vectors);
});

test("gives hand-computed logits", () => {
  const trainer = new FactorTrainer(
    4,
    { ...crossed(), offsets: new Float32Array(400).fill(0.25) },
    {
      rank: 1,
      regularization: 0,
      learningRate: 0.1,
      seed: 1,
    },
  );
  trainer.weights.set([0.5, -1, 2, 3]);
  trainer.vectors.set([2, 0, 3, 0]);
  trainer.bias = 1;
  // Example 0: user feature 0, action 0 (feature 2): 0.25 + 1 + 0.5 + 2 + 2 · 3.
  expect(trainer.logit(0)).toBeCloseTo(9.75);
  expect(sigmoid(0)).toBe(0.5);
});
