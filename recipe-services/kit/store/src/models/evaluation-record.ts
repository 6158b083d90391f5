import type { CalibrationBin, Interval, Measured, Metrics, PopularityQuintile } from "@palate/recipe";

/** The evaluation that a checkpoint's metrics come from, as stored. Every number in it is finite. */
export interface EvaluationRecord {
  /** How many questions were asked. */
  readonly cases: number;
  /** Key of the metric that tells the better of two models. */
  readonly primaryMetric: string;
  /** What the baseline is: "the most popular items". */
  readonly baseline: string;
  /** 95 % intervals by metric. */
  readonly intervals: Readonly<Record<string, Interval>>;
  readonly baselineIntervals: Readonly<Record<string, Interval>>;
  /** 95 % intervals of the differences to the baseline, by metric. */
  readonly differences: Readonly<Record<string, Interval>>;
  readonly quintiles: readonly PopularityQuintile[];
  readonly baselineQuintiles: readonly PopularityQuintile[];
  readonly calibration: readonly CalibrationBin[];
  /** Metrics of parts; a list, since a part's name may have characters that a field's name must not have. */
  readonly parts: readonly { readonly name: string; readonly metrics: Metrics }[];
}

/** The metrics without values that are not finite, which not every store can hold. */
export function finiteMetrics(metrics: Metrics): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}

function finiteIntervals(intervals: Readonly<Record<string, Interval>> = {}): Record<string, Interval> {
  return Object.fromEntries(Object.entries(intervals).filter(([, ends]) => ends.every(Number.isFinite)));
}

/**
 * What to store of a measurement.
 * @param cases how many questions there were, where the measurement does not say
 * @param baseline what the baseline is; empty when that is not known
 */
export function evaluationRecord(
  { details, baselineDetails, differences }: Measured,
  primaryMetric: string,
  baseline: string,
  cases: number,
): EvaluationRecord {
  return {
    cases: details?.cases ?? cases,
    primaryMetric,
    baseline,
    intervals: finiteIntervals(details?.intervals),
    baselineIntervals: finiteIntervals(baselineDetails?.intervals),
    differences: finiteIntervals(differences),
    quintiles: details?.quintiles ?? [],
    baselineQuintiles: baselineDetails?.quintiles ?? [],
    calibration: details?.calibration ?? [],
    parts: Object.entries(details?.parts ?? {}).map(([name, metrics]) => ({ name, metrics: finiteMetrics(metrics) })),
  };
}
