import type { CheckpointQuality, Evaluation, MetricInterval } from "@palate/proto/recipe";
import type { Interval, PopularityQuintile } from "@palate/recipe";
import type { CheckpointDocument } from "@palate/store";

function intervalMessages(intervals: Readonly<Record<string, Interval>>): Record<string, MetricInterval> {
  return Object.fromEntries(Object.entries(intervals).map(([name, [low, high]]) => [name, { low, high }]));
}

function quintileMessage({ recommended, ...rest }: PopularityQuintile): Evaluation["quintiles"][number] {
  return { ...rest, recommendedShare: recommended };
}

/** The evaluation that a checkpoint's metrics come from, as the API describes it. */
export function evaluationMessage({ evaluation }: CheckpointDocument): Evaluation | undefined {
  if (evaluation === undefined) return undefined;
  return {
    cases: evaluation.cases,
    primaryMetric: evaluation.primaryMetric,
    baseline: evaluation.baseline,
    intervals: intervalMessages(evaluation.intervals),
    baselineIntervals: intervalMessages(evaluation.baselineIntervals),
    differences: intervalMessages(evaluation.differences),
    quintiles: evaluation.quintiles.map(quintileMessage),
    baselineQuintiles: evaluation.baselineQuintiles.map(quintileMessage),
    calibration: evaluation.calibration.map((bin) => ({ ...bin })),
    parts: evaluation.parts.map(({ name, metrics }) => ({ name, metrics: { ...metrics } })),
  };
}

/** How good a checkpoint is, as the API describes it. */
export function checkpointQualityMessage({ number, seconds, metrics }: CheckpointDocument): CheckpointQuality {
  return { number, seconds, metrics: { ...metrics } };
}
