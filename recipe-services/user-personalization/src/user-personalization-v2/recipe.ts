import type { ItemDescriptor } from "@palate/recipe";
import { SEQUENCE_HYPERPARAMETERS } from "@palate/sequence";

/** `aws-user-personalization-v2`: what a user will want next, from the order of what they did. */
export const descriptor: ItemDescriptor = {
  name: "aws-user-personalization-v2",
  type: "USER_PERSONALIZATION",
  description:
    "Recommends what a user is likely to want next from the order of their interactions: a closed-form ridge regression that serves within seconds, blended with a small neural network as it learns. New interactions count at once.",
  hyperparameters: SEQUENCE_HYPERPARAMETERS,
  requiresUser: true,
  requiresItem: false,
  excludesSeenByDefault: true,
  takesObjective: true,
  weighsEvents: true,
  formatVersion: 1,
};
