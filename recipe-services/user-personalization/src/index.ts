/** The user-personalization service's recipes. */
import type { Recipe } from "@palate/kit/recipe";
import { descriptor } from "./user-personalization-v2/recipe.js";
import { load } from "./user-personalization-v2/serve.js";
import { train } from "./user-personalization-v2/train.js";

/** `aws-user-personalization-v2`. */
export const userPersonalizationV2: Recipe = { descriptor, train, load };

/** Everything this service offers. */
export const recipes: readonly Recipe[] = [userPersonalizationV2];
