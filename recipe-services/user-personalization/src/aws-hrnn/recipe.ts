import type { ItemDescriptor } from "@palate/recipe";
import { hrnnHyperparameters } from "../hrnn/hyperparameters.js";

/** `aws-hrnn`: what a user will want next, by a recurrent network over their history. */
export const descriptor: ItemDescriptor = {
  name: "aws-hrnn",
  type: "USER_PERSONALIZATION",
  description:
    "Recommends what a user is likely to want next from the order of their interactions and the time between them: a closed-form ridge regression that serves within seconds, blended with a network of gated recurrent units as it learns. Metadata takes no part. New interactions count at once.",
  hyperparameters: hrnnHyperparameters(43),
  requiresUser: true,
  requiresItem: false,
  excludesSeenByDefault: true,
  weighsEvents: true,
  formatVersion: 1,
};
