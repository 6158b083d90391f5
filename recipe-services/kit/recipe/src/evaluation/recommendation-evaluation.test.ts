import { expect, test } from "vitest";
import type { ItemDescriptor } from "../contract/descriptor.js";
import { trainingDataOf } from "../data/training-rows.js";
import { recommendationEvaluation } from "./recommendation-evaluation.js";

/** Users who had two items each. */
const users = 21_000;
const rows = Array.from({ length: 2 * users }, (_, at) => {
  const user = at >> 1;
  return { user: `u${user}`, item: `i${(user + (at % 2)) % 100}`, timestamp: at, eventType: "" };
});
const data = trainingDataOf(rows);

const descriptor: ItemDescriptor = {
  name: "counter",
  type: "POPULAR_ITEMS",
  description: "",
  hyperparameters: [],
  requiresUser: false,
  requiresItem: false,
  excludesSeenByDefault: false,
  formatVersion: 1,
};

/** How many questions a model is asked over a catalogue of so many items. */
function questionsOver(items: number): number {
  const more = Array.from({ length: items - data.itemIds.length }, (_, item) => `new${item}`);
  let asked = 0;
  const { holdOut } = recommendationEvaluation({
    descriptor,
    load: () => ({
      recommend() {
        asked++;
        return { items: Int32Array.of(1, 2), scores: null };
      },
    }),
  });
  const heldOut = holdOut({ ...data, itemIds: [...data.itemIds, ...more] }, { seed: 1 });
  expect(heldOut.cases).toBe(users / 10);
  heldOut.measure({ tensors: new Map(), metadata: {} });
  return asked;
}

test("fewer users are asked about over a large catalogue, so that measuring takes about as long", () => {
  expect(questionsOver(100)).toBe(2_000);
  expect(questionsOver(125_000)).toBe(800);
});
