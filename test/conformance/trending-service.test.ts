import { describeRecipeService } from "./service-suite.js";

describeRecipeService({
  service: "trending",
  recipe: "aws-trending-now",
  hyperparameters: { trend_discovery_frequency: "30 minutes" },
  wrong: { trend_discovery_frequency: "often" },
  followsUser: false,
});
