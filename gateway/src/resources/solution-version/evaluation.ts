import type { CheckpointQuality as CheckpointMessage, Evaluation as EvaluationMessage } from "@palate/proto/recipe";
import { Field, Float, Int, ObjectType } from "type-graphql";
import { Metric, toPairs } from "../common/name-value.js";
import { SafeInt } from "../common/scalars.js";

/** An interval of a metric. */
@ObjectType({
  simpleResolvers: true,
  description:
    "A 95 % bootstrap interval over the questions of an evaluation: how far a figure would move with other users of the same kind.",
})
export class MetricInterval {
  /** The metric. */
  @Field(() => String, { description: "The metric's name." })
  name!: string;

  /** Lower end. */
  @Field(() => Float, { description: "Its lower end." })
  low!: number;

  /** Upper end. */
  @Field(() => Float, { description: "Its upper end." })
  high!: number;
}

/** A fifth of the popularity. */
@ObjectType({
  simpleResolvers: true,
  description: "How items of about the same popularity fare; each group has about a fifth of all interactions.",
})
export class PopularityQuintile {
  /** Items. */
  @Field(() => SafeInt, { description: "How many items there are." })
  items!: number;

  /** True items. */
  @Field(() => SafeInt, { description: "How many items that users went on to are among them." })
  truths!: number;

  /** Found among ten. */
  @Field(() => Float, { description: "Share of those that are within the first 10 of the list." })
  recallAt10!: number;

  /** Found among 25. */
  @Field(() => Float, { description: "Share of those that are within the first 25 of the list." })
  recallAt25!: number;

  /** Exposure. */
  @Field(() => Float, { description: "Share of everything within the first 10 of all lists that these items take." })
  recommendedShare!: number;
}

/** A bin of a calibration plot. */
@ObjectType({ simpleResolvers: true, description: "One bin of a calibration plot." })
export class CalibrationBin {
  /** Predicted. */
  @Field(() => Float, { description: "Mean of the predicted probabilities in the bin." })
  predicted!: number;

  /** Observed. */
  @Field(() => Float, { description: "Share of them that came true." })
  observed!: number;

  /** How many. */
  @Field(() => SafeInt, { description: "How many predictions the bin has." })
  count!: number;
}

/** A part of an evaluation. */
@ObjectType({ simpleResolvers: true, description: "Metrics of a part of an evaluation, such as a single action." })
export class PartMetrics {
  /** The part. */
  @Field(() => String, { description: "The part's name." })
  name!: string;

  /** Its metrics. */
  @Field(() => [Metric], { description: "Its metrics." })
  metrics!: Metric[];
}

/** What stands behind metrics. */
@ObjectType({ simpleResolvers: true, description: "What stands behind a version's metrics." })
export class Evaluation {
  /** Questions. */
  @Field(() => SafeInt, { description: "How many questions were asked." })
  cases!: number;

  /** The metric that counts. */
  @Field(() => String, { description: "Name of the metric that tells the better of two models." })
  primaryMetric!: string;

  /** The baseline. */
  @Field(() => String, {
    description: 'What baselineMetrics are of, for example "the most popular items"; empty when nobody says.',
  })
  baseline!: string;

  /** Intervals. */
  @Field(() => [MetricInterval], { description: "Intervals of the metrics that are means over questions." })
  intervals!: MetricInterval[];

  /** The baseline's intervals. */
  @Field(() => [MetricInterval], { description: "Intervals of the baseline's metrics." })
  baselineIntervals!: MetricInterval[];

  /** Differences. */
  @Field(() => [MetricInterval], {
    description:
      "Intervals of how much higher the metrics are than the baseline's, question by question; one that does not hold 0 is no chance.",
  })
  differences!: MetricInterval[];

  /** By popularity. */
  @Field(() => [PopularityQuintile], {
    description: "How items fare by popularity, the most popular fifth first; empty where no items are recommended.",
  })
  quintiles!: PopularityQuintile[];

  /** The baseline's by popularity. */
  @Field(() => [PopularityQuintile], { description: "The same of the baseline." })
  baselineQuintiles!: PopularityQuintile[];

  /** Calibration. */
  @Field(() => [CalibrationBin], {
    description:
      "Predicted against observed shares, by growing probability; empty unless the recipe predicts probabilities.",
  })
  calibration!: CalibrationBin[];

  /** Parts. */
  @Field(() => [PartMetrics], { description: "Metrics of parts, such as single actions; empty where there are none." })
  parts!: PartMetrics[];

  /** From the proto's message. */
  static from(message: EvaluationMessage): Evaluation {
    const intervals = (map: EvaluationMessage["intervals"]): MetricInterval[] =>
      toPairs(map).map(({ name, value }) => ({ name, ...value }));
    return {
      ...message,
      intervals: intervals(message.intervals),
      baselineIntervals: intervals(message.baselineIntervals),
      differences: intervals(message.differences),
      parts: message.parts.map(({ name, metrics }) => ({ name, metrics: toPairs(metrics) })),
    };
  }
}

/** How good a checkpoint is. */
@ObjectType({ simpleResolvers: true, description: "How good one checkpoint of a version is." })
export class CheckpointQuality {
  /** Its number. */
  @Field(() => Int, { description: "Counts from 1." })
  number!: number;

  /** When. */
  @Field(() => Float, { description: "Seconds since training began." })
  seconds!: number;

  /** How good. */
  @Field(() => [Metric], { description: "Its metrics on the held-out data." })
  metrics!: Metric[];

  /** From the proto's message. */
  static from({ number, seconds, metrics }: CheckpointMessage): CheckpointQuality {
    return { number, seconds, metrics: toPairs(metrics) };
  }
}
