import type { Counter } from "./counter.js";
import { prometheusName, unitSuffix } from "./definition.js";
import type { Gauge } from "./gauge.js";
import type { Exemplar, Histogram } from "./histogram.js";

/** Any metric. */
export type Metric = Counter | Gauge | Histogram;

/** The two text formats that Prometheus reads. Only OpenMetrics has exemplars. */
export type ExpositionFormat = "openmetrics" | "prometheus";

/** Content types of the formats. */
export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
};

/** The metrics that have values, as text. */
export function exposition(metrics: Iterable<Metric>, format: ExpositionFormat): string {
  const lines: string[] = [];
  for (const metric of metrics) {
    const name = prometheusName(metric.definition);
    const samples: string[] = [];
    if (metric.type === "histogram") addHistogram(samples, name, metric, format);
    else addValues(samples, metric.type === "counter" ? `${name}_total` : name, valuesOf(metric));
    if (samples.length === 0) continue;
    // OpenMetrics names the family of a counter, the older format its samples.
    const family = metric.type === "counter" && format === "prometheus" ? `${name}_total` : name;
    lines.push(`# TYPE ${family} ${metric.type}`);
    const unit = unitSuffix(metric.definition.unit);
    if (format === "openmetrics" && unit !== "") lines.push(`# UNIT ${family} ${unit}`);
    lines.push(`# HELP ${family} ${metric.definition.description.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`);
    for (const sample of samples) lines.push(sample);
  }
  if (format === "openmetrics") lines.push("# EOF");
  return `${lines.join("\n")}\n`;
}

function* valuesOf(metric: Counter | Gauge): Iterable<readonly [string, number]> {
  if ("read" in metric) yield* metric.read();
  else for (const { labels, series } of metric.series.all()) yield [labels, series.value];
}

function addValues(lines: string[], name: string, values: Iterable<readonly [string, number]>): void {
  for (const [labels, value] of values) lines.push(`${name}${braced(labels)} ${numberText(value)}`);
}

function addHistogram(lines: string[], name: string, { bounds, series }: Histogram, format: ExpositionFormat): void {
  for (const { labels, series: one } of series.all()) {
    let below = 0;
    one.counts.forEach((count, bucket) => {
      below += count;
      const bound = bucket < bounds.length ? boundText(bounds[bucket]!) : "+Inf";
      const exemplar = format === "openmetrics" ? exemplarText(one.exemplars[bucket]) : "";
      lines.push(`${name}_bucket${braced(joined(labels, `le="${bound}"`))} ${below}${exemplar}`);
    });
    lines.push(`${name}_count${braced(labels)} ${below}`, `${name}_sum${braced(labels)} ${numberText(one.sum)}`);
  }
}

function exemplarText(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined) return "";
  const { traceId, spanId, value, at } = exemplar;
  return ` # {trace_id="${traceId}",span_id="${spanId}"} ${numberText(value)} ${(at / 1_000).toFixed(3)}`;
}

function joined(labels: string, more: string): string {
  return labels === "" ? more : `${labels},${more}`;
}

function braced(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}

/** Bounds are floats in OpenMetrics: "1.0". Both formats say the same, or a change of format would start new series. */
function boundText(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}
