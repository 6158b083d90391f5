import type { Artifact, Recipe } from "../contract/recipe.js";
import { replicaViewOf } from "../data/static-replica.js";
import type { TrainingData } from "../data/training-data.js";
import type { Interval } from "./case-table.js";
import { evaluateInDetail, type Evaluated, type EvaluationDetails } from "./evaluate-in-detail.js";
import { answersOf, popularAnswers, type EvaluationOptions } from "./evaluate.js";
import type { Metrics } from "./metrics.js";
import { amazonSplit, weighed } from "./splits.js";
import { trendMetrics } from "./trend-metrics.js";

/** What a model reached on held-out data, and what doing without a model reaches there. */
export interface Measured {
  readonly metrics: Metrics;
  /** The same metrics of the simplest thing one could do instead. */
  readonly baseline: Metrics;
  /** What stands behind the metrics. */
  readonly details?: EvaluationDetails;
  /** What stands behind the baseline's. */
  readonly baselineDetails?: EvaluationDetails;
  /** 95 % intervals of the differences to the baseline, case by case, by metric. */
  readonly differences?: Readonly<Record<string, Interval>>;
}

/** Puts a model's evaluation beside the baseline's, which was asked the same cases in the same way. */
export function compared(model: Evaluated, baseline: Evaluated, seed: number): Measured {
  return {
    metrics: model.metrics,
    baseline: baseline.metrics,
    details: model.details,
    baselineDetails: baseline.details,
    differences: model.table.differences(baseline.table, seed),
  };
}

/** Data with a part held out, ready to measure models with. */
export interface HeldOut {
  /** Everything but the held-out interactions; same users and items, same indices. */
  readonly fit: TrainingData;
  /** How many questions the held-out part can answer. */
  readonly cases: number;
  /**
   * Measures a model that was fitted on `fit`.
   * @throws PalateError when the recipe cannot read the artefact
   */
  measure(artifact: Artifact): Measured;
}

/** Choices of one evaluation. */
export interface HoldOutOptions {
  /** Seed of every draw. */
  readonly seed: number;
  /** At most this many questions are asked, drawn at random. Default: as many as take seconds. */
  readonly maximumCases?: number;
  /** Column of the items that says what each earns, where models are to optimise that. */
  readonly rewardColumn?: string;
}

/** How the models of a recipe are measured: what is held out, and what models are asked about it. */
export interface Evaluation {
  /** Key of the metric that tells the better of two models; higher is better. */
  readonly primaryMetric: string;
  /** What the baseline is, to follow "The same metrics of": "the most popular items". */
  readonly baseline?: string;
  /** Holds out a part of the data. */
  holdOut(recipe: Recipe, data: TrainingData, options: HoldOutOptions): HeldOut;
}

/** Users that models are measured on, at most; and fewer where more than so many scores would have to be worked out for them. */
const [MOST_CASES, FEWEST_CASES, SCORES] = [2000, 500, 1e8];

/**
 * How recipes that recommend items are measured, unless they say otherwise: Amazon Personalize's split, popularity as the
 * baseline.
 */
export const recommendationEvaluation: Evaluation = {
  primaryMetric: "normalized_discounted_cumulative_gain_at_10",
  baseline: "the most popular items",
  holdOut(recipe, data, { seed, maximumCases, rewardColumn }) {
    const { fit, histories, cases } = weighed(amazonSplit(data, seed), data);
    const replica = replicaViewOf(histories);
    const rewards = rewardColumn === undefined ? undefined : data.itemAttributes[rewardColumn]?.map(Number);
    const affordable = Math.floor(SCORES / Math.max(1, data.itemIds.length));
    const asked: EvaluationOptions = {
      excludeSeen: recipe.descriptor.excludesSeenByDefault,
      maximumCases: maximumCases ?? Math.max(FEWEST_CASES, Math.min(MOST_CASES, affordable)),
      ...(rewards !== undefined && { rewards }),
    };
    let baseline: Evaluated | undefined;
    return {
      fit,
      cases: cases.length,
      measure(artifact) {
        const trends = trendMetrics(recipe, artifact, data);
        baseline ??= evaluateInDetail(replica, popularAnswers(replica), cases, asked);
        const model = evaluateInDetail(replica, answersOf(recipe, artifact, replica, histories), cases, asked);
        const measured = compared(model, baseline, seed);
        return {
          ...measured,
          metrics: { ...measured.metrics, ...trends.metrics },
          baseline: { ...measured.baseline, ...trends.baseline },
        };
      },
    };
  },
};
