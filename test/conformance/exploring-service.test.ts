import { describeRecipeService } from "./service-suite.js";

describeRecipeService({
  service: "user-personalization",
  recipe: "aws-user-personalization",
  hyperparameters: { training_seconds: "3" },
  slow: { training_seconds: "8" },
  wrong: { bptt: "33" },
  followsUser: true,
});
