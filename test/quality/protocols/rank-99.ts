import { amazonSplit, leaveOneOut, rankingEvaluation, type RankingRecipe } from "@palate/recipe";
import { describeData } from "../load-folder.js";
import { measureTraining } from "../measure.js";
import type { Protocol } from "../protocol.js";
import { train } from "../train.js";
import { ITEM_COLUMNS } from "./next-items.js";

const OTHERS = 99;

/** How recipes that rank a caller's list are measured. */
export const rank99: Protocol<RankingRecipe> = {
  name: "rank-99",
  description:
    "learns all but each user's last interaction; asked to rank that one among 99 items the user has not had, drawn by popularity",
  needsData: true,
  columns: ITEM_COLUMNS,
  fits: (recipe): recipe is RankingRecipe => recipe.descriptor.type === "PERSONALIZED_RANKING",
  async run(recipe, { options, dataset, say }) {
    const { name, data } = await dataset();
    const { requestTime } = options;
    const protocol = rankingEvaluation(recipe, { split: leaveOneOut, others: OTHERS, requestTime });
    const { fit, cases, measure } = protocol.holdOut(data, { seed: options.seed, maximumCases: Infinity });
    const training = await train(recipe, { fit, held: amazonSplit(fit, options.seed).fit }, options, say);
    const measurement = measureTraining(recipe, training, measure, "popularity", say);
    return {
      ...measurement,
      data: describeData(name, data, options.minItemInteractions),
      asked: `${cases} lists of ${OTHERS + 1} items, ties against the model, request time from ${requestTime}`,
      cases,
    };
  },
};
