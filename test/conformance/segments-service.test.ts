import { describeRecipeService } from "./service-suite.js";

describeRecipeService({
  service: "segments",
  recipe: "aws-item-affinity",
  wrong: { recency_half_life: "0" },
  followsUser: false,
  findsUsers: true,
});
