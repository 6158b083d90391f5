import type { Hyperparameter, HyperparameterValues, SegmentDescriptor } from "@palate/recipe";
import type { AttributeAffinityOptions } from "./model.js";

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
    name: "prior_strength",
    type: "continuous",
    default: 5,
    minimum: 0.1,
    maximum: 1_000,
    tunable: true,
    description:
      "How many interactions of an average user each user is given beforehand; more asks for more evidence before a " +
      "user stands out.",
  },
];

/** What `aws-item-attribute-affinity` is. */
export const descriptor: SegmentDescriptor = {
  name: "aws-item-attribute-affinity",
  type: "USER_SEGMENTATION",
  description:
    'Users who choose items of given attributes more than others do: ITEMS.genres = "Comedy" AND ITEMS.audience = ' +
    '"teen", with OR, NOT, IN, ranges and parentheses too. Computed live: new users, events and items count at once. ' +
    "For attributes that no chosen item has, the most active users.",
  hyperparameters,
  segmentsBy: "attributes",
  excludesSeenByDefault: false,
  formatVersion: 1,
};

/** The hyperparameters in the model's terms. */
export function attributeAffinityOptions(values: HyperparameterValues): AttributeAffinityOptions {
  return {
    halfLife: Number(values["recency_half_life"]),
    floor: Number(values["recency_floor"]),
    priorStrength: Number(values["prior_strength"]),
  };
}
