import { trainingDataOf, weighEvents } from "@palate/recipe";
import { loadTensorBackend, type TensorBackend } from "@palate/tensorflow";
import { beforeAll, describe, expect, it } from "vitest";
import { BACKENDS } from "../../testing/backends.js";
import { trainSequenceModel } from "./train-sequence-model.js";
import { sequencesOf } from "./train-sequence-recipe.js";

const rows = Array.from({ length: 120 }, (_, user) =>
  [
    { item: "start", eventType: "view" },
    { item: user % 2 === 0 ? "good" : "bad", eventType: user % 2 === 0 ? "Buy" : "return" },
    { item: `end${user % 5}`, eventType: "view" },
  ].map((row, at) => ({ ...row, user: `u${user}`, timestamp: 1000 * user + at, eventValue: user % 10 })),
).flat();
const data = trainingDataOf(rows);

describe("weighEvents", () => {
  const parameters = (eventType: string, weight: number, eventValueThreshold: number | null = null) => ({
    eventType,
    weight,
    eventValueThreshold,
  });

  it("keeps events that are listed and reach their threshold, with weights in proportion", () => {
    const { weights, eventTypes, eventTypeNames } = weighEvents(data, [
      parameters("buy", 0.9, 5),
      parameters("VIEW", 0.3),
    ]);
    const count = (name: string): number => [...eventTypes].filter((type) => eventTypeNames[type] === name).length;
    expect([count("Buy"), count("view"), count("return")]).toEqual([24, 240, 0]);
    const [least, most] = [Math.min(...weights!), Math.max(...weights!)];
    expect(most / least).toBeCloseTo(3);
    expect(weights!.reduce((sum, weight) => sum + weight) / weights!.length).toBeCloseTo(1);
  });
});

describe.each(BACKENDS)("weights of events on %s", (name) => {
  let backend: TensorBackend;
  beforeAll(async () => {
    backend = await loadTensorBackend({ prefer: name });
  });

  it.each([0, 0.1])("raise what counts more and lower what is turned down, after %d s of training", async (seconds) => {
    const scoresWith = async (ofReturns: number): Promise<number> => {
      const weighed = weighEvents(data, [
        { eventType: "view", weight: 0.5, eventValueThreshold: null },
        { eventType: "buy", weight: 0.5, eventValueThreshold: null },
        { eventType: "return", weight: ofReturns, eventValueThreshold: null },
      ]);
      let now = 0;
      const { model } = await trainSequenceModel(
        sequencesOf(weighed),
        { trainingSeconds: seconds, seed: 1, requestTime: false, mixer: { width: 16, tokens: 200, length: 8 } },
        backend,
        { clock: () => now++ },
      );
      const scores = new Float32Array(data.itemIds.length);
      model.scoreAll({ items: Int32Array.of(data.itemIds.indexOf("start")) }, NaN, scores);
      return scores[data.itemIds.indexOf("good")]! - scores[data.itemIds.indexOf("bad")]!;
    };
    const [welcome, ignored, turnedDown] = [await scoresWith(0.5), await scoresWith(0), await scoresWith(-0.5)];
    expect(Math.abs(welcome)).toBeLessThan(ignored);
    expect(turnedDown).toBeGreaterThan(ignored);
  });
});
