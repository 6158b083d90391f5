import { hrnn, hrnnColdstart, hrnnMetadata, userPersonalization } from "@palate/user-personalization";
import { describeRecipe } from "./recipe-suite.js";

for (const recipe of [userPersonalization, hrnn, hrnnMetadata, hrnnColdstart]) {
  describeRecipe({
    recipe,
    collaborative: true,
    hyperparameters: { training_seconds: "0" },
    endless: { training_seconds: "86400" },
    kept: { training_seconds: "20" },
  });
}
