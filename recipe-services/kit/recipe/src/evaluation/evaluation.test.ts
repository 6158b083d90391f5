import { expect, test } from "vitest";
import type { Recipe } from "../contract/recipe.js";
import { trainingDataOf } from "../data/training-rows.js";
import { recommendationEvaluation } from "./evaluation.js";

/** Users who had two items each. */
const users = 21_000;
const rows = Array.from({ length: 2 * users }, (_, at) => {
  const user = at >> 1;
  return { user: `u${user}`, item: `i${(user + (at % 2)) % 100}`, timestamp: at, eventType: "" };
});
const data = trainingDataOf(rows);

/** How many questions a model is asked over a catalogue of so many items. */
function questionsOver(items: number): number {
  const more = Array.from({ length: items - data.itemIds.length }, (_, item) => `new${item}`);
  let asked = 0;
  const recipe = {
    descriptor: { excludesSeenByDefault: false, requiresItem: false },
    load: () => ({
      recommend() {
        asked++;
        return { items: Int32Array.of(1, 2), scores: null };
      },
    }),
  } as unknown as Recipe;
  const heldOut = recommendationEvaluation.holdOut(
    recipe,
    { ...data, itemIds: [...data.itemIds, ...more] },
    { seed: 1 },
  );
  expect(heldOut.cases).toBe(users / 10);
  heldOut.measure({ tensors: new Map(), metadata: {} });
  return asked;
}

test("fewer users are asked about over a large catalogue, so that measuring takes about as long", () => {
  expect(questionsOver(100)).toBe(2_000);
  expect(questionsOver(125_000)).toBe(800);
});
