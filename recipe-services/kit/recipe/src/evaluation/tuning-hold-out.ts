import type { HeldOut } from "../contract/evaluation.js";
import type { Metrics } from "../contract/metrics.js";
import { isItemRecipe, type Recipe } from "../contract/recipe.js";
import type { TrainingData } from "../data/training-data.js";
import { evaluateArtifact, popularityMetrics } from "./evaluate.js";
import { leaveOneOut, temporalSplit, type EvaluationSplit } from "./splits.js";

/** Share of all interactions, the newest, whose time configurations are compared on. */
const WINDOW = 0.1;
/** Questions that the window must have at least; with fewer, chance would decide. */
const MIN_CASES = 200;
/** Questions at most. More than for the figures of one model: here small differences count. */
const MAX_CASES = 6000;

/** The newest tenth of the time as far as it has enough to ask about, else everybody's last interaction. */
function splitOf(data: TrainingData): EvaluationSplit {
  const temporal = temporalSplit(data, 1 - WINDOW);
  const enough = temporal.cases.length >= MIN_CASES && temporal.fit.items.length > 0;
  return enough ? temporal : leaveOneOut(data);
}

/**
 * Holds out what configurations of a recipe are compared on while hyperparameters are searched for. It is a window in
 * time (models learn from everything before it and are asked about users active in it): what is chosen so keeps its
 * order on later data better than what is chosen by everybody's last interaction (arXiv 2507.16289). Recipes of
 * other types, and those that say what rises, are compared as they are evaluated.
 * @param data what a training may learn from; the part that its metrics will be measured on is not in it
 */
export function tuningHoldOut(recipe: Recipe, data: TrainingData, seed: number): HeldOut {
  if (!isItemRecipe(recipe)) return recipe.evaluation.holdOut(data, { seed: seed + 1, maximumCases: MAX_CASES });
  if (recipe.trendInterval !== undefined) return recipe.evaluation.holdOut(data, { seed: seed + 1 });
  const { fit, histories, cases } = splitOf(data);
  const asked = {
    excludeSeen: recipe.descriptor.excludesSeenByDefault,
    maximumCases: MAX_CASES,
    requestTime: "truth",
    counted: fit,
  } as const;
  let baseline: Metrics | undefined;
  return {
    fit,
    cases: cases.length,
    measure(artifact) {
      baseline ??= popularityMetrics(histories, cases, asked);
      return { metrics: evaluateArtifact(recipe, artifact, histories, cases, asked), baseline };
    },
  };
}
