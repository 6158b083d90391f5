import type { ItemDescriptor } from "@palate/recipe";
import { hrnnHyperparameters } from "../hrnn/hyperparameters.js";

/** `aws-user-personalization`: what a user will want next, with new items shown to learn about them. */
export const descriptor: ItemDescriptor = {
  name: "aws-user-personalization",
  type: "USER_PERSONALIZATION",
  description:
    "Recommends what a user is likely to want next, and explores: new items are shown now and then, as much as a campaign's explorationWeight says, the less the more is known of them. A closed-form ridge regression serves within seconds, blended with a network of gated recurrent units and a map from metadata. New interactions and new items count at once.",
  hyperparameters: hrnnHyperparameters(149),
  requiresUser: true,
  requiresItem: false,
  excludesSeenByDefault: true,
  explores: true,
  weighsEvents: true,
  formatVersion: 1,
};
