import type { MetricDefinition } from "./definition.js";
import { SeriesTable } from "./series-table.js";
import { metricsState } from "./state.js";

/** Something that only grows. */
export class Counter {
  readonly type = "counter";
  readonly definition: MetricDefinition;
  readonly series: SeriesTable<{ value: number }>;

  constructor(definition: MetricDefinition) {
    this.definition = definition;
    this.series = new SeriesTable(definition.labels, () => ({ value: 0 }));
  }

  /** Counts; `values` are those of the labels, in their order. */
  add(amount: number, ...values: readonly string[]): void {
    if (metricsState.on) this.series.get(values).value += amount;
  }
}
