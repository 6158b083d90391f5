import type { MeasuredVersion, NameValue } from "../operations/solutions.js";
import { plotCurve, type CurvePoint } from "./curve.js";
import type { Output } from "./output.js";
import { table } from "./table.js";
import { counted } from "./words.js";

/** The measure that says most about most recipes. */
const MAIN = "normalized_discounted_cumulative_gain_at_10";

/** The main measure with the baseline's: "NDCG@10 0.168 (baseline 0.042)"; empty where it was not measured. */
export function mainMetric(metrics: readonly NameValue<number>[], baseline: readonly NameValue<number>[]): string {
  const value = metrics.find(({ name }) => name === MAIN)?.value;
  if (value === undefined) return "";
  const other = baseline.find(({ name }) => name === MAIN)?.value;
  return `NDCG@10 ${value.toFixed(3)}${other === undefined ? "" : ` (baseline ${other.toFixed(3)})`}`;
}

/** All that was measured of a version, with its learning curve. */
export function describeVersion(version: MeasuredVersion, reportUrl: string, out: Output): string {
  const { evaluation, dataStatistics, solution, recipe, versionId } = version;
  const measured = evaluation
    ? `Measured on ${counted(evaluation.cases, "question")}; the baseline is ${evaluation.baseline || "the simplest thing one could do"}.`
    : "";
  const parts = [
    out.colors.bold(`${solution} (${recipe}), version ${versionId}`),
    measured,
    metricsTable(version, out),
    learningCurves(version, out),
    (dataStatistics?.warnings ?? []).map((warning) => out.colors.yellow(warning)).join("\n"),
    `Report: ${reportUrl}`,
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** Every measure of a version beside the baseline's. */
function metricsTable({ metrics, baselineMetrics, evaluation }: MeasuredVersion, out: Output): string {
  if (metrics.length === 0)
    return "Nothing was measured: the data holds nothing out to measure with, or training goes on.";
  const rows = metrics.map(({ name, value }) => {
    const baseline = baselineMetrics.find((each) => each.name === name);
    const interval = evaluation?.intervals.find((each) => each.name === name);
    return [
      name,
      value.toFixed(4),
      interval ? `${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}` : "",
      baseline ? baseline.value.toFixed(4) : "",
    ];
  });
  const columns = [
    { title: "metric" },
    { title: "value", align: "right" as const },
    { title: "95 % interval" },
    { title: "baseline", align: "right" as const },
  ];
  return table(columns, rows, out.width, out.colors);
}

/** A plot for each series of a training's learning curve, and one of how good its checkpoints were on held-out data. */
function learningCurves({ progress, checkpointHistory }: MeasuredVersion, out: Output): string {
  const series = new Map<string, CurvePoint[]>();
  for (const { series: name, seconds, value } of progress?.curve ?? []) {
    const points = series.get(name) ?? [];
    points.push({ seconds, value });
    series.set(name, points);
  }
  const checkpoints = checkpointHistory.flatMap(({ seconds, metrics }) => {
    const value = metrics.find(({ name }) => name === MAIN)?.value;
    return value === undefined ? [] : [{ seconds, value }];
  });
  series.set("NDCG@10 of its checkpoints on held-out data", checkpoints);
  return [...series]
    .filter(([, points]) => points.length > 1)
    .map(([name, points]) => `${out.colors.bold(name)}\n${plotCurve(points, out.width)}`)
    .join("\n\n");
}
