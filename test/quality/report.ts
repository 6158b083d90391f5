import Table from "cli-table3";
import type { Metrics } from "@palate/kit/recipe";
import type { Measurement } from "./measure.js";
import type { QualityOptions } from "./options.js";

/** What a run measured, with all that is needed to judge and repeat it. */
export interface QualityReport {
  readonly dataset: string;
  readonly users: number;
  readonly items: number;
  readonly interactions: number;
  readonly cases: number;
  /** Cases that ask for something that is in the user's history already. */
  readonly repeatedCases: number;
  readonly options: QualityOptions;
  readonly measurements: readonly Measurement[];
}

const COLUMNS: readonly [string, string][] = [
  ["NDCG@10", "normalized_discounted_cumulative_gain_at_10"],
  ["HR@10", "hit_rate_at_10"],
  ["MRR@25", "mean_reciprocal_rank_at_25"],
  ["P@10", "precision_at_10"],
  ["coverage", "coverage"],
];

/** Columns of recipes that find users, where they have them. */
const SEGMENT_COLUMNS: readonly [string, string][] = [
  ["hits@1%", "hits_at_1_percent"],
  ["recall@1%", "recall_at_1_percent"],
  ["lift@1%", "lift_at_1_percent"],
  ["agreement", "agreement"],
  ["silhouette", "silhouette"],
  ["coverage", "coverage"],
];

const TEXT_STYLE = { style: { head: [], border: [] } };

/** A column of recipes that say what rises. */
const TREND_COLUMN: readonly [string, string] = ["trend accuracy", "trend_prediction_accuracy"];

/** The columns that any measurement has a value for. */
function columnsOf({ options, measurements }: QualityReport): readonly (readonly [string, string])[] {
  const columns = options.protocol === "segments" ? SEGMENT_COLUMNS : [...COLUMNS, TREND_COLUMN];
  return columns.filter(([, key]) => measurements.some(({ metrics }) => metrics[key] !== undefined));
}

function cells(columns: readonly (readonly [string, string])[], metrics: Metrics): string[] {
  return columns.map(([, key]) => metrics[key]?.toFixed(4) ?? "");
}

function conditions({ dataset, users, items, interactions, cases, repeatedCases, options }: QualityReport): string {
  const { protocol, seed, cores, minutes, seen, minItemInteractions, requestTime, backend, command } = options;
  const asked =
    protocol === "segments"
      ? "newest 20 % of every user held out, all users ranked"
      : `whole catalogue ranked, ties against the model, seen items: ${seen}`;
  return [
    `data       ${dataset}: ${interactions} interactions of ${users} users with ${items} items` +
      (minItemInteractions > 0 ? ` (items with fewer than ${minItemInteractions} interactions dropped)` : ""),
    `protocol   ${protocol}, ${cases} cases, ${asked}` +
      (repeatedCases > 0 ? ` (${repeatedCases} cases ask for something seen)` : ""),
    `conditions seed ${seed}, ${cores} cores, backend ${backend}, training ${minutes === undefined ? "as long as the recipe's default" : `${minutes} minutes`}, request time from ${requestTime}`,
    `command    ${command}`,
  ].join("\n");
}

/** The report as tables for a terminal. */
export function renderReport(report: QualityReport): string {
  const columns = columnsOf(report);
  const segments = report.options.protocol === "segments";
  const table = new Table({
    head: ["recipe", ...columns.map(([name]) => name), "training s", "CPU s", "backend", "model MB"],
    ...TEXT_STYLE,
  });
  const blocks = [conditions(report)];
  for (const m of report.measurements) {
    table.push([
      m.recipe,
      ...cells(columns, m.metrics),
      m.trainingSeconds.toFixed(1),
      m.trainingCpuSeconds.toFixed(1),
      m.backend,
      (m.modelBytes / 1e6).toFixed(1),
    ]);
    table.push([
      segments ? "  baseline, same cases" : "  popularity, same cases",
      ...cells(columns, m.popularity),
      "",
      "",
      "",
      "",
    ]);
  }
  blocks.push(table.toString());
  for (const { recipe, curve } of report.measurements) {
    if (curve.length < 2) continue;
    const points = new Table({ head: ["seconds", ...columns.map(([name]) => name)], ...TEXT_STYLE });
    for (const { seconds, metrics } of curve) points.push([seconds.toFixed(1), ...cells(columns, metrics)]);
    blocks.push(`${recipe} over training time\n${points.toString()}`);
  }
  return blocks.join("\n\n");
}
