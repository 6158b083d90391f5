import { describeRecipeService } from "./service-suite.js";

describeRecipeService({
  service: "user-personalization",
  recipe: "aws-user-personalization-v2",
  hyperparameters: { training_seconds: "3" },
  slow: { training_seconds: "8" },
  wrong: { training_seconds: "-1" },
  followsUser: true,
});
