import { isItemRecipe, type EvaluationSplit, type ItemRecipe, type Recipe, type TrainingData } from "@palate/recipe";
import { describeData, withColumns } from "../load-folder.js";
import { measureInDetail, repeatedCases } from "../measure.js";
import type { Column, Protocol, ProtocolContext } from "../protocol.js";

/** Metrics of lists of items that tables show. */
export const ITEM_COLUMNS: readonly Column[] = [
  { name: "NDCG@10", key: "normalized_discounted_cumulative_gain_at_10" },
  { name: "HR@10", key: "hit_rate_at_10" },
  { name: "MRR@25", key: "mean_reciprocal_rank_at_25" },
  { name: "P@10", key: "precision_at_10" },
  { name: "MAP@10", key: "mean_average_precision_at_10" },
  { name: "coverage@25", key: "coverage" },
  { name: "diversity@10", key: "intra_list_diversity_at_10" },
  { name: "novelty@10", key: "novelty_at_10" },
  { name: "popularity bias@10", key: "popularity_bias_at_10" },
  { name: "Gini@10", key: "gini_at_10" },
  { name: "trend accuracy", key: "trend_prediction_accuracy" },
];

/** The recipe whose closed form is measured beside where `--closed-form` asks for it. */
const CLOSED_FORM = { recipe: "aws-user-personalization-v2", hyperparameters: { training_seconds: "0" } };

function itemsOnly(recipe: Recipe): ItemRecipe {
  if (isItemRecipe(recipe)) return recipe;
  throw new Error(`${recipe.descriptor.name} does not recommend items.`);
}

/** Name of the same recipe without metadata where `--without-metadata` asks for it. */
const WITHOUT_METADATA = "without metadata";

/** A protocol that holds out interactions and asks for them, over the whole catalogue. */
export function nextItemsProtocol(
  parts: Pick<Protocol, "name" | "description" | "defaults"> & {
    /** Divides the data. */
    readonly split: (data: TrainingData, seed: number) => EvaluationSplit;
  },
): Protocol<ItemRecipe> {
  const { split: divide, ...rest } = parts;
  return {
    ...rest,
    needsData: true,
    columns: ITEM_COLUMNS,
    fits: isItemRecipe,
    async run(recipe, { options, dataset, recipe: recipeNamed, say }: ProtocolContext) {
      const { name, data } = await dataset();
      const split = divide(data, options.seed);
      if (split.cases.length === 0) throw new Error(`${options.data} has no user that ${rest.name} can ask about.`);
      const { measurement, evaluated } = await measureInDetail(recipe, split, options, say, { everything: data });
      const references = { ...measurement.references };
      const differences = { ...measurement.differences };
      if (options.closedForm) {
        const closed = { ...options, minutes: undefined, hyperparameters: CLOSED_FORM.hyperparameters };
        const beside = await measureInDetail(itemsOnly(await recipeNamed(CLOSED_FORM.recipe)), split, closed, say);
        references["closed form"] = beside.measurement.metrics;
        differences["closed form"] = evaluated.table.differences(beside.evaluated.table, options.seed);
      }
      if (options.withoutMetadata) {
        say("Comparing without metadata.");
        const bare = withColumns(data, []);
        const beside = await measureInDetail(recipe, divide(bare, options.seed), options, say, { everything: bare });
        references[WITHOUT_METADATA] = beside.measurement.metrics;
        differences[WITHOUT_METADATA] = evaluated.table.differences(beside.evaluated.table, options.seed);
      }
      const repeated = repeatedCases(split);
      return {
        ...measurement,
        references,
        differences,
        data: describeData(name, data, options.minItemInteractions),
        asked:
          `${split.cases.length} cases, whole catalogue ranked, ties against the model, seen items: ${options.seen}` +
          `, request time from ${options.requestTime}` +
          (options.latest === undefined ? "" : `, newest ${options.latest} interactions of each user`) +
          (repeated > 0 ? ` (${repeated} cases ask for something seen)` : ""),
        cases: split.cases.length,
      };
    },
  };
}
