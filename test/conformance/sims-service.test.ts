import { describeRecipeService } from "./service-suite.js";

describeRecipeService({
  service: "sims",
  recipe: "aws-sims",
  wrong: { popularity_discount_factor: "2" },
  followsUser: false,
});
