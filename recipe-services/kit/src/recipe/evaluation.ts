import { evaluateArtifact, popularityMetrics } from "./evaluate.js";
import type { Metrics } from "./metrics.js";
import type { Artifact, Recipe } from "./recipe.js";
import { amazonSplit } from "./splits.js";
import type { TrainingData } from "./training-data.js";
import { trendMetrics } from "./trend-metrics.js";

/** What a model reached on held-out data, and what doing without a model reaches there. */
export interface Measured {
  readonly metrics: Metrics;
  /** The same metrics of the simplest thing one could do instead. */
  readonly baseline: Metrics;
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
}

/** How the models of a recipe are measured: what is held out, and what models are asked about it. */
export interface Evaluation {
  /** Key of the metric that tells the better of two models; higher is better. */
  readonly primaryMetric: string;
  /** Holds out a part of the data. */
  holdOut(recipe: Recipe, data: TrainingData, options: HoldOutOptions): HeldOut;
}

/**
 * How recipes that recommend items are measured, unless they say otherwise: Amazon Personalize's split, popularity as the
 * baseline.
 */
export const recommendationEvaluation: Evaluation = {
  primaryMetric: "normalized_discounted_cumulative_gain_at_10",
  holdOut(recipe, data, { seed, maximumCases }) {
    const { fit, histories, cases } = amazonSplit(data, seed);
    const asked = {
      excludeSeen: recipe.descriptor.excludesSeenByDefault,
      ...(maximumCases !== undefined && { maximumCases }),
    };
    let baseline: Metrics | undefined;
    return {
      fit,
      cases: cases.length,
      measure(artifact) {
        const trends = trendMetrics(recipe, artifact, data);
        baseline ??= { ...popularityMetrics(histories, cases, asked), ...trends.baseline };
        const metrics = { ...evaluateArtifact(recipe, artifact, histories, cases, asked), ...trends.metrics };
        return { metrics, baseline };
      },
    };
  },
};
