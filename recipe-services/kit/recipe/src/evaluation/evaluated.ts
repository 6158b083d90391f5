import type { EvaluationDetails, Measured } from "../contract/evaluation.js";
import type { Metrics } from "../contract/metrics.js";
import type { CaseTable } from "./case-table.js";

/** Metrics with what stands behind them. */
export interface Evaluated {
  readonly metrics: Metrics;
  readonly details: EvaluationDetails;
  /** The values case by case. Tables of the same cases, asked in the same way, have the same order. */
  readonly table: CaseTable;
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
