import type { Evaluation, MetricInterval, SolutionVersion } from "@palate/proto/recipe";
import { metricMeaning, metricOrder } from "@palate/recipe";
import {
  barChart,
  html,
  intervalBar,
  lineChart,
  shortNumber,
  shortShare,
  table,
  type Html,
  type Section,
} from "@palate/report";

const QUINTILES = ["most popular", "second", "third", "fourth", "rarest"];

function withInterval(value: number | undefined, interval: MetricInterval | undefined): Html | string {
  if (value === undefined) return "";
  if (interval === undefined) return shortNumber(value);
  return html`${shortNumber(value)}<span class="small"
      >${shortNumber(interval.low)} to ${shortNumber(interval.high)}</span
    >`;
}

/** The difference to the baseline, marked good or bad where it is no chance and one of them is better. */
function difference(key: string, { low, high }: MetricInterval): Html {
  const { better } = metricMeaning(key);
  const sure = low > 0 ? 1 : high < 0 ? -1 : 0;
  const wanted = better === "higher" ? 1 : -1;
  const kind = sure === 0 || better === "neither" ? "" : sure === wanted ? "good" : "bad";
  const sign = (value: number): string => `${value > 0 ? "+" : ""}${shortNumber(value)}`;
  return html`<span class="${kind}">${sign(low)} to ${sign(high)}</span>`;
}

/** Metrics with intervals beside the baseline's. */
export function metricsSection({ metrics, baselineMetrics, evaluation }: SolutionVersion): Section {
  if (Object.keys(metrics).length === 0)
    return { title: "Quality", body: html`<p class="soft">Nothing has been measured yet.</p>` };
  const columns = [
    { name: "Metric" },
    { name: "Model", numeric: true },
    { name: "Baseline", numeric: true },
    { name: "" },
    { name: "Difference", numeric: true },
  ];
  // Of metrics that differ by the length of the list only the first is explained.
  const explained = new Set<string>();
  const rows = metricOrder(Object.keys(metrics)).map((key) => {
    const { label, meaning } = metricMeaning(key);
    const family = key.replace(/_at_\d+$/, "");
    const explanation = !explained.has(family) && meaning;
    explained.add(family);
    const [own, theirs] = [evaluation?.intervals[key], evaluation?.baselineIntervals[key]];
    const estimates = [
      { name: "model", value: metrics[key]!, low: own?.low, high: own?.high },
      ...(baselineMetrics[key] === undefined
        ? []
        : [{ name: "baseline", value: baselineMetrics[key], low: theirs?.low, high: theirs?.high }]),
    ];
    const differs = evaluation?.differences[key];
    return [
      html`${label}${explanation && html`<span class="small">${explanation}</span>`}`,
      withInterval(metrics[key], own),
      withInterval(baselineMetrics[key], theirs),
      intervalBar(estimates),
      differs && difference(key, differs),
    ];
  });
  const questions = evaluation ? `${shortNumber(evaluation.cases)} questions about held-out interactions.` : "";
  const baseline = evaluation?.baseline
    ? ` The baseline is what ${evaluation.baseline} would have reached on the same ones.`
    : "";
  return {
    title: "Quality",
    lead:
      `${questions}${baseline} Below each figure stands its 95 % interval: how far it would move with other users of the same ` +
      "kind. A difference whose interval does not hold 0 is no chance.",
    body: html`<p class="legend">
        <span><i class="swatch s0"></i>model</span> <span><i class="swatch s1"></i>baseline</span>
      </p>
      ${table(columns, rows)}`,
  };
}

/** How items fare by popularity. */
export function quintilesSection({ evaluation }: SolutionVersion): Section | undefined {
  if (evaluation === undefined || evaluation.quintiles.length === 0) return undefined;
  const { quintiles, baselineQuintiles } = evaluation;
  const wanted = quintiles.reduce((sum, { truths }) => sum + truths, 0) || 1;
  const values = (of: Evaluation["quintiles"], pick: (one: Evaluation["quintiles"][number]) => number): number[] =>
    of.map(pick);
  const found = barChart({
    title: "Recall at 25 by popularity",
    groups: QUINTILES,
    series: [
      { name: "model", values: values(quintiles, (one) => one.recallAt25) },
      { name: "baseline", values: values(baselineQuintiles, (one) => one.recallAt25) },
    ],
    xLabel: "fifth of all interactions",
    yLabel: "recall@25",
    text: shortShare,
  });
  const shown = barChart({
    title: "Share of recommendations by popularity",
    groups: QUINTILES,
    series: [
      { name: "model", values: values(quintiles, (one) => one.recommendedShare) },
      { name: "baseline", values: values(baselineQuintiles, (one) => one.recommendedShare) },
      { name: "what users went on to choose", values: values(quintiles, (one) => one.truths / wanted) },
    ],
    xLabel: "fifth of all interactions",
    yLabel: "share",
    text: shortShare,
  });
  const columns = [
    { name: "Items" },
    { name: "How many", numeric: true },
    { name: "Chosen later", numeric: true },
    { name: "Recall@10", numeric: true },
    { name: "Recall@25", numeric: true },
    { name: "Share of the first 10 places", numeric: true },
  ];
  const rows = quintiles.map((one, k) => [
    QUINTILES[k] ?? "",
    shortNumber(one.items),
    shortNumber(one.truths),
    one.truths > 0 ? shortShare(one.recallAt10) : "–",
    one.truths > 0 ? shortShare(one.recallAt25) : "–",
    shortShare(one.recommendedShare),
  ]);
  return {
    title: "Popular and rare items",
    lead: "Items from the most popular to the rarest, in five groups that have about a fifth of all interactions each. A model that is good for popular items only gains nothing over a list of bestsellers.",
    body: html`<div class="columns">
        <div>
          <h3>What is found</h3>
          ${found}
        </div>
        <div>
          <h3>What is shown</h3>
          ${shown}
        </div>
      </div>
      ${table(columns, rows)}`,
  };
}

/** Predicted against observed shares. */
export function calibrationSection({ evaluation }: SolutionVersion): Section | undefined {
  if (evaluation === undefined || evaluation.calibration.length === 0) return undefined;
  const { calibration } = evaluation;
  const most = Math.max(...calibration.flatMap(({ predicted, observed }) => [predicted, observed]));
  return {
    title: "Calibration",
    lead: "Of what was predicted with some probability, that share should come true: points on the diagonal are right, points below it too sure.",
    body: lineChart({
      title: "Predicted against observed shares",
      series: [
        { name: "observed", points: calibration.map(({ predicted, observed }) => ({ x: predicted, y: observed })) },
        {
          name: "perfect",
          points: [
            { x: 0, y: 0 },
            { x: most, y: most },
          ],
        },
      ],
      xLabel: "predicted",
      yLabel: "observed",
      xText: shortShare,
      yText: shortShare,
      fromZero: true,
    }),
  };
}

/** Metrics of single actions and the like. */
export function partsSection({ evaluation }: SolutionVersion): Section | undefined {
  if (evaluation === undefined || evaluation.parts.length === 0) return undefined;
  const keys = metricOrder(new Set(evaluation.parts.flatMap(({ metrics }) => Object.keys(metrics))));
  const columns = [{ name: "" }, ...keys.map((key) => ({ name: metricMeaning(key).label, numeric: true }))];
  const rows = evaluation.parts.map(({ name, metrics }) => [
    name,
    ...keys.map((key) => (metrics[key] === undefined ? "" : shortNumber(metrics[key]))),
  ]);
  return { title: "Part by part", body: table(columns, rows) };
}
