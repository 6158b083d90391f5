import type { RankingDescriptor } from "@palate/recipe";
import { SEQUENCE_HYPERPARAMETERS } from "@palate/sequence";
import { LIST_HYPERPARAMETERS } from "../list-hyperparameters.js";

/** `aws-personalized-ranking-v2`: a list in the order in which a user will like it. */
export const descriptor: RankingDescriptor = {
  name: "aws-personalized-ranking-v2",
  type: "PERSONALIZED_RANKING",
  description:
    "Puts a list of items, such as search results, in the order in which a user is likely to want them, by the order of their interactions: the model of aws-user-personalization-v2, fitted to choices out of lists. New interactions count at once.",
  hyperparameters: [...SEQUENCE_HYPERPARAMETERS, ...LIST_HYPERPARAMETERS],
  weighsEvents: true,
  formatVersion: 1,
};
