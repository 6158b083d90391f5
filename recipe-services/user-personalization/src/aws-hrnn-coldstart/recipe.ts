import type { Hyperparameter, ItemDescriptor } from "@palate/recipe";
import { hrnnHyperparameters } from "../hrnn/hyperparameters.js";

/** What makes an item cold: Amazon Personalize's names and defaults. */
const COLD_START: readonly Hyperparameter[] = [
  {
    name: "cold_start_max_interactions",
    type: "integer",
    default: 15,
    minimum: 1,
    maximum: 1_000_000,
    tunable: false,
    description: "Users that have interacted with an item at most for it to be cold.",
  },
  {
    name: "cold_start_max_duration",
    type: "continuous",
    default: 5,
    minimum: 0,
    maximum: 100_000,
    tunable: false,
    description:
      "Age of a cold item at most, in days: since its CREATION_TIMESTAMP, else since its oldest interaction. Items without interactions are cold however old they are.",
  },
  {
    name: "cold_start_relative_from",
    type: "categorical",
    default: "latestItem",
    choices: ["latestItem", "currentTime"],
    tunable: false,
    description:
      "Where ages are counted from: the newest interaction of the data (latestItem), or the time of the request (currentTime).",
  },
];

/** `aws-hrnn-coldstart`: which of the new items a user will want. */
export const descriptor: ItemDescriptor = {
  name: "aws-hrnn-coldstart",
  type: "USER_PERSONALIZATION",
  description:
    "Recommends the new items that a user is likely to want, by their metadata, and only then, when more are asked for, what else there is: a content tower from metadata to what people have in common, and a recurrent network that knows items by theirs. Items that have just arrived count at once.",
  hyperparameters: [...hrnnHyperparameters(149), ...COLD_START],
  requiresUser: true,
  requiresItem: false,
  excludesSeenByDefault: true,
  weighsEvents: true,
  formatVersion: 1,
};
