import type { Hyperparameter, HyperparameterValues, RecipeDescriptor } from "@palate/recipe";
import type { SimilarityOptions } from "./similarity.js";

function percentile(name: string, initial: number, description: string): Hyperparameter {
  return { name, type: "continuous", default: initial, minimum: 0, maximum: 1, tunable: false, description };
}

/** Amazon's six first, by Amazon's names and ranges; then ours. */
const hyperparameters: readonly Hyperparameter[] = [
  {
    name: "popularity_discount_factor",
    type: "continuous",
    default: 0.5,
    minimum: 0,
    maximum: 1,
    tunable: true,
    description:
      "How much an item's popularity is held against it: 0 favours popular items, 1 looks at correlation alone.",
  },
  {
    name: "min_cointeraction_count",
    type: "integer",
    default: 3,
    minimum: 0,
    maximum: 10,
    tunable: true,
    description: "How often two items must occur near each other in histories to count as surely related.",
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
    "Items with more interactions than this percentile of all items are not learned from, so neither recommended nor " +
      "asked about. Amazon's default is 0.9, which drops the most popular tenth of the catalogue and with it most of " +
      "what people want next.",
  ),
  {
    name: "rare_pairs",
    type: "categorical",
    default: "last",
    choices: ["last", "drop"],
    tunable: true,
    description:
      "What becomes of pairs below min_cointeraction_count: recommended after all others but before popular items, or " +
      "dropped as Amazon does.",
  },
  {
    name: "max_gap",
    type: "integer",
    default: 10,
    minimum: 1,
    maximum: 100,
    tunable: true,
    description: "Furthest distance, in steps of a history, at which two items are taken together.",
  },
  {
    name: "backward_weight",
    type: "continuous",
    default: 0.1,
    minimum: 0,
    maximum: 1,
    tunable: true,
    description:
      "What an item is worth that came before the one asked about, beside 1 for an item that came after; 1 ignores order.",
  },
  {
    name: "shrinkage",
    type: "continuous",
    default: 5,
    minimum: 0,
    maximum: 1000,
    tunable: true,
    description: "Number of co-interactions at which half of a similarity is believed; more mistrusts rare pairs more.",
  },
  {
    name: "pair_half_life_days",
    type: "continuous",
    default: 30,
    minimum: 0,
    maximum: 3650,
    tunable: true,
    description:
      "Days between two interactions of a user at which they say half as much about each other as at once; 0 for whatever " +
      "the time between them.",
  },
  {
    name: "max_similar_items",
    type: "integer",
    default: 500,
    minimum: 10,
    maximum: 5000,
    tunable: false,
    description: "Longest list kept for an item; answers that need more go on with popular items.",
  },
];

/** What `aws-sims` is. */
export const descriptor: RecipeDescriptor = {
  name: "aws-sims",
  type: "RELATED_ITEMS",
  description:
    "Items that people go on to after a given item, from how often and how closely the two follow one another in " +
    "histories. Unknown items, and items with too little data, get popular items.",
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
