import { filterInteractions, isItemRecipe, leaveOneOut, type ItemRecipe, type TrainingData } from "@palate/recipe";
import { trainingSecondsOf } from "@palate/service";
import { describeData } from "../load-folder.js";
import { measureInDetail, type Measurement } from "../measure.js";
import type { Protocol } from "../protocol.js";
import { hyperparameterTextsOf } from "../train.js";
import { ITEM_COLUMNS } from "./next-items.js";

/** Share of the interactions, the newest, that stands for what came in since the version before. */
const NEW_SHARE = 0.02;

/** The data as they were before the newest interactions came in. */
export function withoutNewest(data: TrainingData, share = NEW_SHARE): TrainingData {
  const sorted = data.timestamps.slice().sort();
  const moment = sorted[Math.floor((1 - share) * sorted.length)] ?? Infinity;
  return filterInteractions(data, (interaction) => data.timestamps[interaction]! < moment);
}

const costOf = (name: string, { trainingCpuSeconds, metrics }: Measurement): string =>
  `${name}: ${trainingCpuSeconds.toFixed(0)} s of the processor, NDCG@10 ${metrics["normalized_discounted_cumulative_gain_at_10"]?.toFixed(4)}`;

/** What it costs, and is worth, to train again when a little has come in. */
export const retrain: Protocol<ItemRecipe> = {
  name: "retrain",
  description:
    "trains a version on all but the newest 2 % of what leave-one-out lets it learn, then on all of it, once starting from that version (training mode UPDATE) and once from nothing; all three are asked as leave-one-out does",
  needsData: true,
  columns: ITEM_COLUMNS,
  fits: (recipe): recipe is ItemRecipe => isItemRecipe(recipe) && trainingSecondsOf(recipe, {}) !== undefined,
  async run(recipe, { options, dataset, say }) {
    const { name, data } = await dataset();
    const split = leaveOneOut(data);
    const before = withoutNewest(split.fit);
    if (split.cases.length === 0) throw new Error(`${options.data} has no user that retrain can ask about.`);
    if (trainingSecondsOf(recipe, hyperparameterTextsOf(recipe, options)) === undefined)
      throw new Error("Without a network there is nothing to start from: give it some --minutes.");
    say("The version before.");
    const first = await measureInDetail(recipe, { ...split, fit: before }, options, say, { everything: data });
    say("An update.");
    const update = await measureInDetail(recipe, split, options, say, { everything: data, previous: first.artifact });
    say("A full training.");
    const full = await measureInDetail(recipe, split, options, say, { everything: data });
    const { measurement, evaluated } = update;
    return {
      ...measurement,
      references: {
        ...measurement.references,
        "the version before": first.measurement.metrics,
        "a full training": full.measurement.metrics,
      },
      differences: {
        ...measurement.differences,
        "the version before": evaluated.table.differences(first.evaluated.table, options.seed),
        "a full training": evaluated.table.differences(full.evaluated.table, options.seed),
      },
      data: describeData(name, data, options.minItemInteractions),
      asked:
        `${split.cases.length} cases, whole catalogue ranked, ties against the model, seen items: ${options.seen}` +
        `, request time from ${options.requestTime}; ${split.fit.items.length - before.items.length} of ${split.fit.items.length} interactions are new`,
      cases: split.cases.length,
      remarks: [
        costOf("version before", first.measurement),
        costOf("update", measurement),
        costOf("full training", full.measurement),
      ],
    };
  },
};
