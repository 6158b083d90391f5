import type { CurvePoint, SolutionVersion } from "@palate/proto/recipe";
import { metricMeaning } from "@palate/recipe";
import { html, lineChart, shortDuration, shortNumber, table, type Html, type Section } from "@palate/report";

/** Quality of the checkpoints over training time, with the baseline as a level. */
function qualityOverTime({ checkpointHistory, evaluation, baselineMetrics }: SolutionVersion): Html | undefined {
  const key = evaluation?.primaryMetric ?? "";
  const points = checkpointHistory.flatMap(({ seconds, metrics }) =>
    metrics[key] === undefined ? [] : [{ x: seconds, y: metrics[key] }],
  );
  if (points.length === 0) return undefined;
  const { label } = metricMeaning(key);
  const level = baselineMetrics[key];
  const rows = checkpointHistory.map(({ number, seconds, metrics }) => [
    number,
    shortDuration(seconds),
    metrics[key] === undefined ? "" : shortNumber(metrics[key]),
  ]);
  const columns = [
    { name: "Model", numeric: true },
    { name: "After", numeric: true },
    { name: label, numeric: true },
  ];
  const drawn =
    points.length > 1 &&
    lineChart({
      title: `${label} over training time`,
      series: [{ name: label, points }],
      ...(level !== undefined && { level: { name: "baseline", value: level } }),
      xLabel: "training time",
      yLabel: label,
      time: true,
    });
  return html`<div>
    <h3>Models that could serve</h3>
    ${drawn}${table(columns, rows, true)}
  </div>`;
}

/** Series by name, in the order in which they began. */
function seriesOf(curve: readonly CurvePoint[]): Map<string, { x: number; y: number }[]> {
  const series = new Map<string, { x: number; y: number }[]>();
  for (const { seconds, series: name, value } of curve) {
    const points = series.get(name) ?? [];
    series.set(name, points);
    points.push({ x: seconds, y: value });
  }
  return series;
}

/** How quality and loss went while the model was trained. */
export function curveSection(version: SolutionVersion): Section | undefined {
  const quality = qualityOverTime(version);
  const drawn = [...seriesOf(version.progress?.curve ?? [])]
    .filter(([name, points]) => points.length > 1 && name !== "trial_objective")
    .map(([name, points]) => {
      const { label } = metricMeaning(name);
      const chart = lineChart({
        title: `${label} while training`,
        series: [{ name: label, points }],
        xLabel: "training time",
        yLabel: label,
        time: true,
        height: 220,
      });
      return html`<div>
        <h3>While training: ${label}</h3>
        ${chart}
      </div>`;
    });
  if (quality === undefined && drawn.length === 0) return undefined;
  return {
    title: "Quality over training time",
    lead: "Every better model serves as soon as it is measured; what the training saw of itself stands beside.",
    body: html`<div class="columns">${quality}${drawn}</div>`,
  };
}
