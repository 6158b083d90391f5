/** The ranking service's recipes. */
import { rankingEvaluation, type Recipe } from "@palate/recipe";
import { descriptor as personalizedRankingV2Descriptor } from "./personalized-ranking-v2/recipe.js";
import { train as trainPersonalizedRankingV2 } from "./personalized-ranking-v2/train.js";
import { descriptor as personalizedRankingDescriptor } from "./personalized-ranking/recipe.js";
import { train as trainPersonalizedRanking } from "./personalized-ranking/train.js";
import { load } from "./serve.js";

/** `aws-personalized-ranking`. */
export const personalizedRanking: Recipe = {
  descriptor: personalizedRankingDescriptor,
  train: trainPersonalizedRanking,
  load,
  evaluation: rankingEvaluation(),
};

/** `aws-personalized-ranking-v2`. */
export const personalizedRankingV2: Recipe = {
  descriptor: personalizedRankingV2Descriptor,
  train: trainPersonalizedRankingV2,
  load,
  evaluation: rankingEvaluation(),
};

/** Everything this service offers. */
export const recipes: readonly Recipe[] = [personalizedRankingV2, personalizedRanking];
