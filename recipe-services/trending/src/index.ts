/** The trending service's recipes. */
import { itemRecipe, type Recipe } from "@palate/recipe";
import { fromArtifact } from "./artifact.js";
import { descriptor } from "./recipe.js";
import { load } from "./serve.js";
import { train } from "./train.js";

/** `aws-trending-now`. */
export const trendingNow = itemRecipe({
  descriptor,
  train,
  load,
  trendInterval: (artifact) => fromArtifact(artifact).intervalSeconds,
});

/** Everything this service offers. */
export const recipes: readonly Recipe[] = [trendingNow];
