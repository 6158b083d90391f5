import { describe, expect, it } from "vitest";
import type { Ridge } from "../ridge/ridge.js";
import { RIDGE_ONLY, standardise } from "./blend.js";
import { BlendValidation } from "./blend-validation.js";
import { SequenceModel } from "./sequence-model.js";

/** A ridge that is sure of the item after the last one. */
const sure: Ridge = {
  kind: "dense",
  itemCount: 8,
  options: { decays: [{ base: 0.5 }], window: 1, future: 1, lambda: 1 },
  scoreInto(history, out) {
    out.fill(0)[(history.at(-1)! + 1) % 8] = 1;
  },
  toTensors: () => new Map(),
};

/** A hundred users with one item each, of whom the given share goes on to the item that the ridge is sure of. */
function heldOut(share: number) {
  const users = Int32Array.from({ length: 100 }, (_, user) => user);
  const training = {
    userCount: 100,
    itemCount: 8,
    offsets: Int32Array.from([...users, 100]),
    items: users.map((user) => user % 8),
  };
  const targets = users.map((user) => (user + (user < 100 * share ? 1 : 2 + (user % 6))) % 8);
  return { training, users, targets, timestamps: new Float64Array(100).fill(NaN) };
}

describe("the ridge alone", () => {
  it("puts items of which it knows nothing in the order of their popularity", () => {
    const popularity = Float32Array.of(-2, 3, 1, -1, 2, 0, -3, 1.5);
    const model = new SequenceModel({ ridge: sure, popularity, blend: RIDGE_ONLY, inverseTemperature: 1 });
    const scores = new Float32Array(8);
    model.scoreAll({ items: Int32Array.of(5) }, NaN, scores);
    expect([...scores.keys()].sort((a, b) => scores[b]! - scores[a]!)).toEqual([6, 1, 4, 7, 2, 5, 3, 0]);
  });
});

describe("BlendValidation", () => {
  it("is the surer of its scores the more often they are right", async () => {
    const [always, often, byChance] = await Promise.all(
      [1, 0.5, 1 / 7].map(async (share) => {
        const validation = await BlendValidation.of(heldOut(share), sure);
        return (await validation.measure()).inverseTemperature;
      }),
    );
    expect(always).toBe(1.25);
    expect(often).toBeGreaterThan(byChance!);
    expect(often).toBeLessThan(always!);
    expect(byChance).toBeLessThan(0.1);
  });

  it("turns scores into shares that are as often right as they say", async () => {
    const validation = await BlendValidation.of(heldOut(0.5), sure);
    const { inverseTemperature } = await validation.measure();
    const scores = standardise(Float32Array.of(0, 1, 0, 0, 0, 0, 0, 0)).subarray(1);
    const odds = scores.map((score) => Math.exp(inverseTemperature * score));
    expect(odds[0]! / odds.reduce((sum, one) => sum + one)).toBeCloseTo(0.5, 1);
  });
});
