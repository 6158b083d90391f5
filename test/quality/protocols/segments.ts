import { isSegmentRecipe, type SegmentRecipe } from "@palate/recipe";
import { describeData } from "../load-folder.js";
import { measureOwnWay } from "../measure.js";
import type { Protocol } from "../protocol.js";

/** How recipes that find users are measured: each in its own way, on the newest fifth of every user's interactions. */
export const segments: Protocol<SegmentRecipe> = {
  name: "segments",
  description:
    "learns the oldest 80 % of every user's interactions; recipes that find users are asked who comes to an item, or chooses an attribute, in the other 20 %",
  needsData: true,
  columns: [
    { name: "hits@1%", key: "hits_at_1_percent" },
    { name: "recall@1%", key: "recall_at_1_percent" },
    { name: "lift@1%", key: "lift_at_1_percent" },
    { name: "agreement", key: "agreement" },
    { name: "silhouette", key: "silhouette" },
    { name: "coverage", key: "coverage" },
  ],
  fits: isSegmentRecipe,
  async run(recipe, { options, dataset, say }) {
    const { name, data } = await dataset();
    const baseline = recipe.descriptor.segmentsBy === "segment" ? "chance" : "most active users";
    const { measurement, cases } = await measureOwnWay(recipe, data, options, baseline, say);
    return {
      ...measurement,
      data: describeData(name, data, options.minItemInteractions),
      asked: `${cases} cases, newest 20 % of every user held out, all users ranked`,
      cases,
    };
  },
};
