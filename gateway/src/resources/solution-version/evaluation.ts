import type { CheckpointQuality as CheckpointMessage, Evaluation as EvaluationMessage } from "@palate/proto/recipe";
import { Field, Float, Int, ObjectType } from "type-graphql";
import { Metric, toPairs } from "../common/name-value.js";
import { SafeInt } from "../common/scalars.js";

@ObjectType({
  simpleResolvers: true,
  description:
    "A 95 % bootstrap interval over the questions of an evaluation: how far a figure would move with other users of the same kind.",
})
export class MetricInterval {
  @Field(() => String, { description: "The metric's name." })
  name!: string;

  @Field(() => Float, { description: "Its lower end." })
  low!: number;

  @Field(() => Float, { description: "Its upper end." })
  high!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: "How items of about the same popularity fare; each group has about a fifth of all interactions.",
})
export class PopularityQuintile {
  @Field(() => SafeInt, { description: "How many items there are." })
  items!: number;

  @Field(() => SafeInt, { description: "How many items that users went on to are among them." })
  truths!: number;

  @Field(() => Float, { description: "Share of those that are within the first 10 of the list." })
  recallAt10!: number;

  @Field(() => Float, { description: "Share of those that are within the first 25 of the list." })
  recallAt25!: number;

  @Field(() => Float, { description: "Share of everything within the first 10 of all lists that these items take." })
  recommendedShare!: number;
}

@ObjectType({ simpleResolvers: true, description: "One bin of a calibration plot." })
export class CalibrationBin {
  @Field(() => Float, { description: "Mean of the predicted probabilities in the bin." })
  predicted!: number;

  @Field(() => Float, { description: "Share of them that came true." })
  observed!: number;

  @Field(() => SafeInt, { description: "How many predictions the bin has." })
  count!: number;
}

@ObjectType({ simpleResolvers: true, description: "Metrics of a part of an evaluation, such as a single action." })
export class PartMetrics {
  @Field(() => String, { description: "The part's name." })
  name!: string;

  @Field(() => [Metric], { description: "Its metrics." })
  metrics!: Metric[];
}

@ObjectType({ simpleResolvers: true, description: "What stands behind a version's metrics." })
export class Evaluation {
  @Field(() => SafeInt, { description: "How many questions were asked." })
  cases!: number;

  @Field(() => String, { description: "Name of the metric that tells the better of two models." })
  primaryMetric!: string;

  @Field(() => String, {
    description: 'What baselineMetrics are of, for example "the most popular items"; empty when nobody says.',
  })
  baseline!: string;

  @Field(() => [MetricInterval], { description: "Intervals of the metrics that are means over questions." })
  intervals!: MetricInterval[];

  @Field(() => [MetricInterval], { description: "Intervals of the baseline's metrics." })
  baselineIntervals!: MetricInterval[];

  @Field(() => [MetricInterval], {
    description:
      "Intervals of how much higher the metrics are than the baseline's, question by question; one that does not hold 0 is no chance.",
  })
  differences!: MetricInterval[];

  @Field(() => [PopularityQuintile], {
    description: "How items fare by popularity, the most popular fifth first; empty where no items are recommended.",
  })
  quintiles!: PopularityQuintile[];

  @Field(() => [PopularityQuintile], { description: "The same of the baseline." })
  baselineQuintiles!: PopularityQuintile[];

  @Field(() => [CalibrationBin], {
    description:
      "Predicted against observed shares, by growing probability; empty unless the recipe predicts probabilities.",
  })
  calibration!: CalibrationBin[];

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

@ObjectType({ simpleResolvers: true, description: "How good one checkpoint of a version is." })
export class CheckpointQuality {
  @Field(() => Int, { description: "Counts from 1." })
  number!: number;

  @Field(() => Float, { description: "Seconds since training began." })
  seconds!: number;

  @Field(() => [Metric], { description: "Its metrics on the held-out data." })
  metrics!: Metric[];

  /** From the proto's message. */
  static from({ number, seconds, metrics }: CheckpointMessage): CheckpointQuality {
    return { number, seconds, metrics: toPairs(metrics) };
  }
}
