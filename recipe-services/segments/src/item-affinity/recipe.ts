import type { Hyperparameter, HyperparameterValues, SegmentDescriptor } from "@palate/recipe";
import type { AffinityOptions } from "./model.js";

const hyperparameters: readonly Hyperparameter[] = [
  {
    name: "recency_half_life",
    type: "integer",
    default: 10,
    minimum: 1,
    maximum: 10_000,
    tunable: true,
    description: "Interactions back in a history after which an interaction weighs half.",
  },
  {
    name: "recency_floor",
    type: "continuous",
    default: 0.05,
    minimum: 0.001,
    maximum: 1,
    tunable: true,
    description: "Weight of the oldest interactions beside 1 for the newest.",
  },
  {
    name: "activity_exponent",
    type: "continuous",
    default: 0.4,
    minimum: 0,
    maximum: 1,
    tunable: true,
    description: "What activity counts: 0 finds users of the purest taste, 1 mostly the most active ones.",
  },
  {
    name: "history_discount",
    type: "continuous",
    default: 0.5,
    minimum: 0,
    maximum: 1,
    tunable: true,
    description: "How much less users of long histories say about which items go together; 0 trusts all alike.",
  },
  {
    name: "popularity_discount",
    type: "continuous",
    default: 0.8,
    minimum: 0,
    maximum: 1,
    tunable: true,
    description: "How much less popular items of a history say about the item asked for; 0 trusts all alike.",
  },
];

/** What `aws-item-affinity` is. */
export const descriptor: SegmentDescriptor = {
  name: "aws-item-affinity",
  type: "USER_SEGMENTATION",
  description:
    "Users most likely to interact with a given item, from what people who have it also have. Computed live: new users " +
    "and events count at once, and an item can be asked for as soon as one user has it. For an item that nobody has, " +
    "the most active users.",
  hyperparameters,
  segmentsBy: "item",
  excludesSeenByDefault: true,
  formatVersion: 1,
};

/** The hyperparameters in the model's terms. */
export function affinityOptions(values: HyperparameterValues): AffinityOptions {
  const number = (name: string): number => Number(values[name]);
  return {
    halfLife: number("recency_half_life"),
    floor: number("recency_floor"),
    activityExponent: number("activity_exponent"),
    historyDiscount: number("history_discount"),
    popularityDiscount: number("popularity_discount"),
  };
}
