/** The sims service's recipes. */
import type { Recipe } from "@palate/kit/recipe";
import { descriptor } from "./sims/recipe.js";
import { load } from "./sims/serve.js";
import { train } from "./sims/train.js";

/** `aws-sims`. */
export const sims: Recipe = { descriptor, train, load };

/** Everything this service offers. */
export const recipes: readonly Recipe[] = [sims];
