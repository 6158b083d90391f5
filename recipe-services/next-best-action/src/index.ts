/** The next-best-action service's recipes. */
import type { ActionRecipe } from "@palate/recipe";
import { evaluation } from "./evaluation.js";
import { descriptor } from "./recipe.js";
import { load } from "./serve.js";
import { train } from "./train.js";

export { areaByAction, propensityMetrics } from "./propensity-metrics.js";
export { dataBefore, heldOutFrom, occasionsFrom } from "./evaluation.js";
export { load } from "./serve.js";

/** `aws-next-best-action`. */
export const nextBestAction: ActionRecipe = { descriptor, train, load, evaluation };

/** Everything this service offers. */
export const recipes: readonly ActionRecipe[] = [nextBestAction];
