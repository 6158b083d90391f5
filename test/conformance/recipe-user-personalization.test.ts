import { userPersonalizationV2 } from "@palate/user-personalization";
import { describeRecipe } from "./recipe-suite.js";

describeRecipe({
  recipe: userPersonalizationV2,
  collaborative: true,
  hyperparameters: { training_seconds: "0" },
  endless: { training_seconds: "86400" },
  kept: { training_seconds: "20" },
});
