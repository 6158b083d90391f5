import { describe, expect, it } from "vitest";
import { planTrainings } from "./plan.js";

const ALL = new Set([
  ...[
    "aws-popularity-count",
    "aws-sims",
    "aws-user-personalization-v2",
    "aws-semantic-similarity",
    "aws-similar-items",
  ],
]);
const names = (...asked: Parameters<typeof planTrainings>) =>
  planTrainings(...asked).map(({ name, recipe }) => [name, recipe]);

describe("what is trained", () => {
  it("on interactions is what is popular, what is for a user, and then what is similar", () => {
    const plans = planTrainings(new Set(["INTERACTIONS", "ITEMS"]), ALL);
    expect(plans.map(({ name, later }) => [name, later])).toEqual([
      ["popular", false],
      ["for-you", false],
      ["similar", true],
    ]);
  });

  it("on items alone is what their texts say", () => {
    expect(names(new Set(["ITEMS"]), ALL)).toEqual([["similar", "aws-semantic-similarity"]]);
  });

  it("is only what there is a recipe for", () => {
    expect(names(new Set(["INTERACTIONS"]), new Set(["aws-popularity-count"]))).toEqual([
      ["popular", "aws-popularity-count"],
    ]);
    expect(names(new Set(["USERS"]), ALL)).toEqual([]);
  });
});
