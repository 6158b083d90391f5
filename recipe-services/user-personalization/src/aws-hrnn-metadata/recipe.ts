import type { ItemDescriptor } from "@palate/recipe";
import { hrnnHyperparameters } from "../hrnn/hyperparameters.js";

/** `aws-hrnn-metadata`: what a user will want next, by a recurrent network over their history and by metadata. */
export const descriptor: ItemDescriptor = {
  name: "aws-hrnn-metadata",
  type: "USER_PERSONALIZATION",
  description:
    "Recommends what a user is likely to want next from the order of their interactions and the time between them: a closed-form ridge regression that serves within seconds, blended with a network of gated recurrent units and with a map from metadata as it learns. Metadata of items and users takes part on both sides, so items that have just arrived, and users who have done nothing yet, are known by theirs. New interactions count at once.",
  hyperparameters: hrnnHyperparameters(43),
  requiresUser: true,
  requiresItem: false,
  excludesSeenByDefault: true,
  weighsEvents: true,
  formatVersion: 1,
};
