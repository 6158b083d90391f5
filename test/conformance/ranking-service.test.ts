import { describeRecipeService } from "./service-suite.js";

describeRecipeService({
  service: "ranking",
  recipe: "aws-personalized-ranking-v2",
  hyperparameters: { training_seconds: "3" },
  slow: { training_seconds: "8" },
  wrong: { list_source: "perhaps" },
  followsUser: true,
  ranksLists: true,
});
