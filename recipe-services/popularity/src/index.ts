/** The popularity service's recipes. */
import { itemRecipe, type Recipe } from "@palate/recipe";
import { descriptor } from "./recipe.js";
import { load } from "./serve.js";
import { train } from "./train.js";

/** `aws-popularity-count`. */
export const popularityCount = itemRecipe({ descriptor, train, load });

/** Everything this service offers. */
export const recipes: readonly Recipe[] = [popularityCount];
