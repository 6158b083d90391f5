import { describe, expect, it } from "vitest";
import { fitChoices, type ListFeatures } from "./model.js";

/** A list of two items with one feature each. */
const pair = (chosen: number, first = 0, second = 1): ListFeatures => ({
  values: Float64Array.of(first, second),
  chosen,
});

describe("weights of choices", () => {
  it("give the odds that were seen: 3 of 4 took the item with one more", () => {
    const [weight] = fitChoices([pair(1), pair(1), pair(1), pair(0)], [0], 1e-9);
    expect(weight).toBeCloseTo(Math.log(3), 4);
  });

  it("stay at the prior without lists, and finite when every choice agrees", () => {
    expect([...fitChoices([], [0.4, -1], 1)]).toEqual([0.4, -1]);
    const [weight] = fitChoices([pair(1), pair(1)], [0], 1);
    // The maximum of 2 log(1 / (1 + exp(-w))) - w^2 / 2, where w = 2 / (1 + exp(w)).
    expect(weight!).toBeCloseTo(2 / (1 + Math.exp(weight!)), 6);
  });

  it("are found for several features, one of which says nothing", () => {
    const lists = [1, 1, 1, 0].map((chosen): ListFeatures => ({ values: Float64Array.of(0, 5, 1, 5), chosen }));
    const [first, second] = fitChoices(lists, [0, 0.25], 1e-9);
    expect(first).toBeCloseTo(Math.log(3), 4);
    expect(second).toBeCloseTo(0.25, 4);
  });

  it("are found from far away, where a whole step of Newton's leads too far", () => {
    const lists = [1, 1, 1, 0].map((chosen) => pair(chosen, 0, 10));
    const [weight] = fitChoices(lists, [8], 1e-9);
    expect(weight).toBeCloseTo(Math.log(3) / 10, 3);
  });
});
