import type { TrainingData } from "../data/training-data.js";
import type { Artifact } from "./artifact.js";
import type { Interval, Metrics } from "./metrics.js";

/** One bin of a calibration plot: what was predicted and what came of it. */
export interface CalibrationBin {
  /** Mean of the predicted probabilities in the bin. */
  readonly predicted: number;
  /** Share of them that came true. */
  readonly observed: number;
  /** How many predictions the bin has. */
  readonly count: number;
}

/** How well items of about the same popularity are recommended. */
export interface PopularityQuintile {
  /** How many items there are. */
  readonly items: number;
  /** How many true items of the evaluation are among them. */
  readonly truths: number;
  /** Share of those true items that are within the first 10 of the list. */
  readonly recallAt10: number;
  /** Share of those true items that are within the first 25 of the list. */
  readonly recallAt25: number;
  /** Share of everything within the first 10 of all lists that these items take. */
  readonly recommended: number;
}

/** What stands behind metrics. */
export interface EvaluationDetails {
  /** How many questions were asked. */
  readonly cases: number;
  /** 95 % bootstrap intervals of the metrics that are means over cases, by name. */
  readonly intervals: Readonly<Record<string, Interval>>;
  /** Results for each fifth of the items by popularity, most popular first; empty where no items are recommended. */
  readonly quintiles: readonly PopularityQuintile[];
  /** Predicted against observed shares, of recipes that predict probabilities. */
  readonly calibration?: readonly CalibrationBin[];
  /** Metrics of parts, such as single actions, by the part's name. */
  readonly parts?: Readonly<Record<string, Metrics>>;
}

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
interface HoldOutOptions {
  /** Seed of every draw. */
  readonly seed: number;
  /** At most this many questions are asked, drawn at random. Default: as many as take seconds. */
  readonly maximumCases?: number;
  /** Column of the items that says what each earns, where models are to optimise that. */
  readonly rewardColumn?: string;
}

/** How the models of one recipe are measured: what is held out, and what models are asked about it. */
export interface Evaluation {
  /** Key of the metric that tells the better of two models; higher is better. */
  readonly primaryMetric: string;
  /** What the baseline is, to follow "The same metrics of": "the most popular items". */
  readonly baseline: string;
  /** Holds out a part of the data. */
  holdOut(data: TrainingData, options: HoldOutOptions): HeldOut;
}
