import {
  isItemRecipe,
  leaveOneOut,
  type EvaluationSplit,
  type ItemRecipe,
  type Metrics,
  type Recipe,
  type TrainingData,
} from "@palate/recipe";
import {
  trainingSecondsOf,
  tryConfiguration,
  withBudget,
  MIN_GAIN,
  search,
  searchSpace,
  type SearchResult,
  type TrialOutcome,
} from "@palate/service";
import { describeData } from "../load-folder.js";
import { measureInDetail } from "../measure.js";
import type { QualityOptions } from "../run-options.js";
import type { Interval, Protocol } from "../protocol.js";
import { hyperparameterTextsOf } from "../train.js";
import { ITEM_COLUMNS } from "./next-items.js";

/** One configuration with one share of the training time, and what it reached. */
interface Trial extends TrialOutcome {
  /** Wall-clock seconds of training and measuring. */
  readonly seconds: number;
  /** Why it reached nothing; absent when it did. */
  readonly failure?: string;
}

/**
 * What a training with `performHPO` does before it trains: all that can be tuned is varied over its whole range, one trial
 * at a time, on the newer part of the training data.
 */
async function searchOn(
  recipe: Recipe,
  fit: TrainingData,
  options: QualityOptions,
  say: (line: string) => void,
): Promise<{ readonly found: SearchResult; readonly trials: readonly Trial[] }> {
  const given = hyperparameterTextsOf(recipe, options);
  const metric = recipe.evaluation.primaryMetric;
  const space = searchSpace(recipe.descriptor.hyperparameters, { numeric: [], categorical: [] });
  const trials: Trial[] = [];
  const { seed, backend } = options;
  const signal = new AbortController().signal;
  const budgeted = trainingSecondsOf(recipe, given) !== undefined;
  // As in the product, the search goes on without configurations that fail.
  const found = await search(
    { space, trials: options.trials, parallel: 1, seed, budgeted, minGain: MIN_GAIN },
    async (plan) => {
      const hyperparameters = withBudget(recipe, { ...given, ...plan.values }, plan.budget);
      const trial = await tryConfiguration(recipe, fit, { hyperparameters, seed, backend, signal }).then(
        ({ metrics, seconds }): Trial => ({ ...plan, objective: metrics[metric] ?? null, seconds }),
        (error: unknown): Trial => ({ ...plan, objective: null, seconds: 0, failure: String(error) }),
      );
      trials.push(trial);
      return trial;
    },
    (share) => say(`${(100 * share).toFixed(0)} %  ${remarkOf(trials.at(-1)!)}`),
  );
  return { found, trials };
}

function remarkOf({ number, budget, objective, seconds, values, failure = "no value" }: Trial): string {
  const set = Object.entries(values).map(([name, value]) => `${name} ${value}`);
  const reached = objective === null ? `failed (${failure})` : objective.toFixed(4);
  return `trial ${number}, ${(100 * budget).toFixed(0)} % of the time: ${reached} in ${seconds.toFixed(0)} s (${set.join(", ")})`;
}

/** The configuration that tuning finds, held against the default one. */
export const hpo: Protocol<ItemRecipe> = {
  name: "hpo",
  description:
    "searches for hyperparameters within what leave-one-out lets it learn (--trials of them, --minutes is the time of a full training), then trains the default and the tuned configuration and asks both as leave-one-out does",
  needsData: true,
  columns: ITEM_COLUMNS,
  fits: (recipe): recipe is ItemRecipe =>
    isItemRecipe(recipe) && recipe.descriptor.hyperparameters.some(({ tunable }) => tunable),
  async run(recipe, { options, dataset, say }) {
    const { name, data } = await dataset();
    const split: EvaluationSplit = leaveOneOut(data);
    if (split.cases.length === 0) throw new Error(`${options.data} has no user that hpo can ask about.`);
    const started = performance.now();
    const { found, trials } = await searchOn(recipe, split.fit, options, say);
    const seconds = (performance.now() - started) / 1000;
    const train = (values: Readonly<Record<string, string>>) =>
      measureInDetail(recipe, split, { ...options, hyperparameters: { ...options.hyperparameters, ...values } }, say, {
        everything: data,
      });
    if (trials.every(({ objective }) => objective === null))
      throw new Error(`No trial worked; ${remarkOf(trials[0]!)}.`);
    const plain = await train({});
    // The first trial is the default configuration; training it a second time would only show how much chance there is.
    const tuned = found.number === 1 ? plain : await train(found.values);
    const references: Record<string, Metrics> = { ...tuned.measurement.references };
    const differences: Record<string, Readonly<Record<string, Interval>>> = { ...tuned.measurement.differences };
    references["default"] = plain.measurement.metrics;
    differences["default"] = tuned.evaluated.table.differences(plain.evaluated.table, options.seed);
    const chosen = found.number === 1 ? "the default configuration" : `the configuration of trial ${found.number}`;
    return {
      ...tuned.measurement,
      references,
      differences,
      data: describeData(name, data, options.minItemInteractions),
      asked: `${split.cases.length} cases, whole catalogue ranked, ties against the model, seen items: ${options.seen}, request time from ${options.requestTime}; ${options.trials} configurations tried`,
      cases: split.cases.length,
      remarks: [`search: ${seconds.toFixed(0)} s, ${chosen} was taken`, ...trials.map(remarkOf)],
    };
  },
};
