import type { Hyperparameter, HyperparameterValues, SegmentDescriptor } from "@palate/recipe";
import { recencyHyperparameters, recencyOptions } from "../recency-hyperparameters.js";
import type { AttributeAffinityOptions } from "./model.js";

const hyperparameters: readonly Hyperparameter[] = [
  ...recencyHyperparameters,
  {
    name: "prior_strength",
    type: "continuous",
    default: 5,
    minimum: 0.1,
    maximum: 1_000,
    tunable: true,
    description:
      "Strength of the prior, in interactions of an average user; higher values demand more evidence before a user stands " +
      "out.",
  },
];

/** What `aws-item-attribute-affinity` is. */
export const descriptor: SegmentDescriptor = {
  name: "aws-item-attribute-affinity",
  type: "USER_SEGMENTATION",
  description:
    'Users who choose items of given attributes more than others do: ITEMS.genres = "Comedy" AND ITEMS.audience = ' +
    '"teen", with OR, NOT, IN, ranges and parentheses too. Computed live: new users, events and items count at once. ' +
    "For attributes that no item with interactions has, the answer is the most active users.",
  hyperparameters,
  segmentsBy: "attributes",
  excludesSeenByDefault: false,
  formatVersion: 1,
};

/** The hyperparameters in the model's terms. */
export function attributeAffinityOptions(values: HyperparameterValues): AttributeAffinityOptions {
  return {
    ...recencyOptions(values),
    priorStrength: Number(values["prior_strength"]),
  };
}
