/** The ranking service's recipes. */
import { rankingEvaluation, type RankingRecipe } from "@palate/recipe";
import { descriptor as personalizedRankingV2Descriptor } from "./personalized-ranking-v2/recipe.js";
import { train as trainPersonalizedRankingV2 } from "./personalized-ranking-v2/train.js";
import { descriptor as personalizedRankingDescriptor } from "./personalized-ranking/recipe.js";
import { train as trainPersonalizedRanking } from "./personalized-ranking/train.js";
import { load } from "./serve.js";

/** `aws-personalized-ranking`. */
export const personalizedRanking: RankingRecipe = {
  descriptor: personalizedRankingDescriptor,
  train: trainPersonalizedRanking,
  load,
  evaluation: rankingEvaluation({ load }),
};

/** `aws-personalized-ranking-v2`. */
export const personalizedRankingV2: RankingRecipe = {
  descriptor: personalizedRankingV2Descriptor,
  train: trainPersonalizedRankingV2,
  load,
  evaluation: rankingEvaluation({ load }),
};

/** Everything this service offers. */
export const recipes: readonly RankingRecipe[] = [personalizedRankingV2, personalizedRanking];
