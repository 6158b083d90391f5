import { personalizedRanking, personalizedRankingV2 } from "@palate/ranking";
import { describeRankingRecipe } from "./ranking-suite.js";

const quick = { hyperparameters: { training_seconds: "0" }, endless: { training_seconds: "86400" } };

describeRankingRecipe({ recipe: personalizedRankingV2, ...quick });
describeRankingRecipe({ recipe: personalizedRanking, ...quick });
