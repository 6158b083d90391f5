import type { MetricDefinition } from "./definition.js";
import { SeriesTable } from "./series-table.js";
import { metricsState } from "./state.js";

/** One measurement that can be looked up: the trace that it is of. */
export interface Exemplar {
  readonly traceId: string;
  readonly spanId: string;
  readonly value: number;
  /** Unix time in milliseconds. */
  readonly at: number;
}

/** The measurements of one series. */
export interface HistogramSeries {
  /** Measurements in each bucket, not added up; the last bucket has no upper bound. */
  readonly counts: Float64Array;
  /** The newest traced measurement of each bucket. */
  readonly exemplars: (Exemplar | undefined)[];
  sum: number;
}

/** The span that a measurement belongs to, as far as an exemplar names it. */
export interface SpanReference {
  readonly traceId: string;
  readonly spanId: string;
}

/** How measurements are distributed. */
export class Histogram {
  readonly type = "histogram";
  readonly definition: MetricDefinition;
  /** Upper bounds of the buckets, ascending. */
  readonly bounds: readonly number[];
  readonly series: SeriesTable<HistogramSeries>;

  constructor(definition: MetricDefinition, bounds: readonly number[]) {
    this.definition = definition;
    this.bounds = bounds;
    this.series = new SeriesTable(definition.labels, () => ({
      counts: new Float64Array(bounds.length + 1),
      exemplars: [],
      sum: 0,
    }));
  }

  /**
   * Notes a measurement.
   * @param span of a recorded trace, by which the measurement can be looked up; undefined when there is none
   * @param values those of the labels, in their order
   */
  record(value: number, span: SpanReference | undefined, ...values: readonly string[]): void {
    if (!metricsState.on) return;
    const series = this.series.get(values);
    let bucket = 0;
    while (bucket < this.bounds.length && value > this.bounds[bucket]!) bucket++;
    series.counts[bucket]!++;
    series.sum += value;
    if (span) series.exemplars[bucket] = { traceId: span.traceId, spanId: span.spanId, value, at: Date.now() };
  }
}
