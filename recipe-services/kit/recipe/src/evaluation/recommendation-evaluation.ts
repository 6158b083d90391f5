import type { Evaluation } from "../contract/evaluation.js";
import type { ItemRecipe } from "../contract/recipe.js";
import { replicaViewOf } from "../data/static-replica.js";
import { answersOf, popularAnswers, type EvaluationOptions, type LoadableItems } from "./evaluate.js";
import { evaluateInDetail } from "./evaluate-in-detail.js";
import { compared, type Evaluated } from "./evaluated.js";
import { amazonSplit, weighed } from "./splits.js";
import { trendMetrics } from "./trend-metrics.js";

/**
 * Limits of how many users models are measured on: at most {@link MAX_CASES}; fewer, down to {@link MIN_CASES}, where scoring the
 * whole catalogue for each of them would take more than {@link MAX_SCORES} scores.
 */
const [MAX_CASES, MIN_CASES, MAX_SCORES] = [2000, 500, 1e8];

/** How recipes that recommend items are measured: Amazon Personalize's split, popularity as the baseline. */
export function recommendationEvaluation(recipe: LoadableItems): Evaluation {
  return {
    primaryMetric: "normalized_discounted_cumulative_gain_at_10",
    baseline: "the most popular items",
    holdOut(data, { seed, maximumCases, rewardColumn }) {
      const { fit, histories, cases } = weighed(amazonSplit(data, seed), data);
      const replica = replicaViewOf(histories);
      const rewards = rewardColumn === undefined ? undefined : data.itemAttributes[rewardColumn]?.map(Number);
      const affordable = Math.floor(MAX_SCORES / Math.max(1, data.itemIds.length));
      const asked: EvaluationOptions = {
        excludeSeen: recipe.descriptor.excludesSeenByDefault,
        maximumCases: maximumCases ?? Math.max(MIN_CASES, Math.min(MAX_CASES, affordable)),
        ...(rewards !== undefined && { rewards }),
      };
      let baseline: Evaluated | undefined;
      return {
        fit,
        cases: cases.length,
        measure(artifact) {
          const trends = trendMetrics(recipe, artifact, data);
          baseline ??= evaluateInDetail(replica, popularAnswers(replica), cases, asked);
          const model = evaluateInDetail(replica, answersOf(recipe, artifact, replica, histories), cases, asked);
          const measured = compared(model, baseline, seed);
          return {
            ...measured,
            metrics: { ...measured.metrics, ...trends.metrics },
            baseline: { ...measured.baseline, ...trends.baseline },
          };
        },
      };
    },
  };
}

/** A recipe that recommends items, measured by {@link recommendationEvaluation}. */
export function itemRecipe(recipe: Omit<ItemRecipe, "evaluation">): ItemRecipe {
  return { ...recipe, evaluation: recommendationEvaluation(recipe) };
}
