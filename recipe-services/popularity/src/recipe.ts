import type { RecipeDescriptor } from "@palate/recipe";

/** What `aws-popularity-count` is. Amazon Personalize gives it no hyperparameters, and there is nothing to set. */
export const descriptor: RecipeDescriptor = {
  name: "aws-popularity-count",
  type: "POPULAR_ITEMS",
  description:
    "Items that the most different users interacted with, the same for everybody. Counted live: a streamed event " +
    "counts within a second, without training. The baseline that other recipes are compared with.",
  hyperparameters: [],
  requiresUser: false,
  requiresItem: false,
  excludesSeenByDefault: false,
  formatVersion: 1,
};
