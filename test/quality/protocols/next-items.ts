import type { EvaluationSplit, Recipe, TrainingData } from "@palate/kit/recipe";
import { describeData } from "../load-folder.js";
import { measureOnSplit, repeatedCases } from "../measure.js";
import type { Column, Protocol, ProtocolContext } from "../protocol.js";

/** Metrics of lists of items that tables show. */
export const ITEM_COLUMNS: readonly Column[] = [
  { name: "NDCG@10", key: "normalized_discounted_cumulative_gain_at_10" },
  { name: "HR@10", key: "hit_rate_at_10" },
  { name: "MRR@25", key: "mean_reciprocal_rank_at_25" },
  { name: "P@10", key: "precision_at_10" },
  { name: "coverage", key: "coverage" },
  { name: "trend accuracy", key: "trend_prediction_accuracy" },
];

/** Whether a recipe recommends items. */
export function recommendsItems({ descriptor }: Recipe): boolean {
  return ["USER_PERSONALIZATION", "POPULAR_ITEMS", "RELATED_ITEMS"].includes(descriptor.type);
}

/** The recipe whose closed form is measured beside where `--closed-form` asks for it. */
const CLOSED_FORM = { recipe: "aws-user-personalization-v2", hyperparameters: { training_seconds: "0" } };

/** A protocol that holds out interactions and asks for them, over the whole catalogue. */
export function nextItemsProtocol(
  parts: Pick<Protocol, "name" | "description" | "defaults"> & {
    /** Divides the data. */
    readonly split: (data: TrainingData, seed: number) => EvaluationSplit;
  },
): Protocol {
  const { split: divide, ...rest } = parts;
  return {
    ...rest,
    needsData: true,
    columns: ITEM_COLUMNS,
    fits: recommendsItems,
    async run(recipe, { options, dataset, recipe: recipeNamed, say }: ProtocolContext) {
      const { name, data } = await dataset();
      const split = divide(data, options.seed);
      if (split.cases.length === 0) throw new Error(`${options.data} has no user that ${rest.name} can ask about.`);
      const measurement = await measureOnSplit(recipe, split, options, say, data);
      const references = { ...measurement.references };
      if (options.closedForm) {
        const closed = { ...options, minutes: undefined, hyperparameters: CLOSED_FORM.hyperparameters };
        const beside = await measureOnSplit(await recipeNamed(CLOSED_FORM.recipe), split, closed, say);
        references["closed form"] = beside.metrics;
      }
      const repeated = repeatedCases(split);
      return {
        ...measurement,
        references,
        data: describeData(name, data, options.minItemInteractions),
        asked:
          `${split.cases.length} cases, whole catalogue ranked, ties against the model, seen items: ${options.seen}` +
          `, request time from ${options.requestTime}` +
          (repeated > 0 ? ` (${repeated} cases ask for something seen)` : ""),
        cases: split.cases.length,
      };
    },
  };
}
