import type { ItemDescriptor } from "@palate/recipe";

/** What `aws-popularity-count` is. It has no hyperparameters, as at Amazon Personalize. */
export const descriptor: ItemDescriptor = {
  name: "aws-popularity-count",
  type: "POPULAR_ITEMS",
  description:
    "Items with the most distinct users, the same for everybody. Counted live: a streamed event counts within a second, " +
    "without training. The baseline that other recipes are compared with.",
  hyperparameters: [],
  requiresUser: false,
  requiresItem: false,
  excludesSeenByDefault: false,
  formatVersion: 1,
};
