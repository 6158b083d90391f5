import type { Hyperparameter, HyperparameterValues, SegmentDescriptor } from "@palate/recipe";
import { recencyHyperparameters, recencyOptions } from "../recency-hyperparameters.js";
import type { AffinityOptions } from "./model.js";

const hyperparameters: readonly Hyperparameter[] = [
  ...recencyHyperparameters,
  {
    name: "activity_exponent",
    type: "continuous",
    default: 0.4,
    minimum: 0,
    maximum: 1,
    tunable: true,
    description:
      "Exponent of the length of a user's history: 0 ignores activity, 1 finds mostly the most active users.",
  },
  {
    name: "history_discount",
    type: "continuous",
    default: 0.5,
    minimum: 0,
    maximum: 1,
    tunable: true,
    description:
      "How much less users with long histories count in the similarity of items; 0 weighs all users equally.",
  },
  {
    name: "popularity_discount",
    type: "continuous",
    default: 0.8,
    minimum: 0,
    maximum: 1,
    tunable: true,
    description: "How much less the popular items of a history count; 0 weighs all items equally.",
  },
];

/** What `aws-item-affinity` is. */
export const descriptor: SegmentDescriptor = {
  name: "aws-item-affinity",
  type: "USER_SEGMENTATION",
  description:
    "Users most likely to interact with a given item, from the other items of the users who have it. Computed live: new " +
    "users and events count at once, and an item has a segment as soon as one user has it. For an item that nobody has, " +
    "the answer is the most active users.",
  hyperparameters,
  segmentsBy: "item",
  excludesSeenByDefault: true,
  formatVersion: 1,
};

/** The hyperparameters in the model's terms. */
export function affinityOptions(values: HyperparameterValues): AffinityOptions {
  const number = (name: string): number => Number(values[name]);
  return {
    ...recencyOptions(values),
    activityExponent: number("activity_exponent"),
    historyDiscount: number("history_discount"),
    popularityDiscount: number("popularity_discount"),
  };
}
