import type { Hyperparameter, HyperparameterValues, ItemDescriptor } from "@palate/recipe";
import type { SimilarityOptions } from "./similarity.js";

function percentile(name: string, initial: number, description: string): Hyperparameter {
  return { name, type: "continuous", default: initial, minimum: 0, maximum: 1, tunable: false, description };
}

/** Amazon's six first, by Amazon's names and ranges; then Palate's. */
const hyperparameters: readonly Hyperparameter[] = [
  {
    name: "popularity_discount_factor",
    type: "continuous",
    default: 0.5,
    minimum: 0,
    maximum: 1,
    tunable: true,
    description: "How strongly popular items are discounted: 0 favours popular items, 1 counts correlation alone.",
  },
  {
    name: "min_cointeraction_count",
    type: "integer",
    default: 3,
    minimum: 0,
    maximum: 10,
    tunable: true,
    description:
      "How often two items must occur near each other in histories for their similarity to be relied on; see rare_pairs.",
  },
  percentile(
    "min_user_history_length_percentile",
    0.005,
    "Users with a history shorter than this percentile of all lengths are not learned from.",
  ),
  percentile(
    "max_user_history_length_percentile",
    0.995,
    "Users with a history longer than this percentile of all lengths (robots, shared accounts) are not learned from.",
  ),
  percentile(
    "min_item_interaction_count_percentile",
    0.01,
    "Items with fewer interactions than this percentile of all items are not learned from.",
  ),
  percentile(
    "max_item_interaction_count_percentile",
    1,
    "Items with more interactions than this percentile of all items are not learned from, so they are neither " +
      "recommended nor have similar items. Amazon's default is 0.9, which drops the most popular tenth of the catalogue " +
      "and with it most of what people choose next.",
  ),
  {
    name: "rare_pairs",
    type: "categorical",
    default: "last",
    choices: ["last", "drop"],
    tunable: true,
    description:
      'What happens to pairs below min_cointeraction_count: "last" recommends them after all others and before popular ' +
      'items, "drop" drops them, as Amazon does.',
  },
  {
    name: "max_gap",
    type: "integer",
    default: 10,
    minimum: 1,
    maximum: 100,
    tunable: true,
    description: "Largest distance, in steps of a history, at which two items count as a pair.",
  },
  {
    name: "backward_weight",
    type: "continuous",
    default: 0.1,
    minimum: 0,
    maximum: 1,
    tunable: true,
    description:
      "Weight of an item that came before the query item, relative to 1 for an item that came after it; 1 ignores order.",
  },
  {
    name: "shrinkage",
    type: "continuous",
    default: 5,
    minimum: 0,
    maximum: 1000,
    tunable: true,
    description:
      "Number of co-interactions at which a similarity is shrunk to half; higher values trust rare pairs less.",
  },
  {
    name: "pair_half_life_days",
    type: "continuous",
    default: 30,
    minimum: 0,
    maximum: 3650,
    tunable: true,
    description:
      "Days between two interactions of a user at which the pair weighs half as much as one at the same time; 0 ignores the " +
      "time between them.",
  },
  {
    name: "max_similar_items",
    type: "integer",
    default: 500,
    minimum: 10,
    maximum: 5000,
    tunable: false,
    description: "Most similar items kept for an item; longer answers are filled up with popular items.",
  },
];

/** What `aws-sims` is. */
export const descriptor: ItemDescriptor = {
  name: "aws-sims",
  type: "RELATED_ITEMS",
  description:
    "Items that people go on to after a given item: item-to-item similarity from how often, and how closely, the two " +
    "follow one another in histories. Unknown items, and items with too little data, get popular items.",
  hyperparameters,
  requiresUser: false,
  requiresItem: true,
  excludesSeenByDefault: false,
  formatVersion: 1,
};

/** The hyperparameters in the model's terms. */
export function similarityOptions(values: HyperparameterValues): SimilarityOptions {
  const number = (name: string): number => Number(values[name]);
  return {
    popularityDiscount: number("popularity_discount_factor"),
    minCointeractions: number("min_cointeraction_count"),
    keepRarePairs: values["rare_pairs"] === "last",
    historyLengthPercentiles: [
      number("min_user_history_length_percentile"),
      number("max_user_history_length_percentile"),
    ],
    itemCountPercentiles: [
      number("min_item_interaction_count_percentile"),
      number("max_item_interaction_count_percentile"),
    ],
    maxGap: number("max_gap"),
    backwardWeight: number("backward_weight"),
    shrinkage: number("shrinkage"),
    pairHalfLifeDays: number("pair_half_life_days"),
    maxSimilarItems: number("max_similar_items"),
  };
}
