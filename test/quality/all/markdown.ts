import type { Metrics } from "@palate/recipe";
import type { Column, Outcome } from "../protocol.js";
import { protocolNamed } from "../protocols/index.js";
import { shownColumns, shownValue } from "../report.js";
import type { Gate, Row } from "../rows/row.js";
import { argumentsOf, resultOf, type RowResult, type RowResults } from "./row-results.js";
import { spreadOf } from "./statistics.js";
import { judgeRow, type GateVerdict, type RowVerdict } from "./verdict.js";

/** Moments at which curves are read, in seconds of training. */
const MOMENTS = [5, 15, 30, 60, 120, 300, 600, 1200, 1800];

const STATES: Readonly<Record<RowVerdict["state"], string>> = {
  passed: "reached",
  incomplete: "reached so far",
  missed: "**missed**",
  failed: "**failed**",
  "not run": "not run",
};

/** A table; bars within cells are escaped. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** A metric's short name under a protocol: "NDCG@10". */
function labelOf(row: Row, key: string): string {
  return protocolNamed(row.protocol).columns.find((column) => column.key === key)?.name ?? key;
}

/** A spread as "0.2012 ± 0.0004". */
function shownSpread(values: readonly (number | undefined)[]): string {
  const spread = spreadOf(values);
  if (spread === undefined) return "";
  return spread.count > 1 ? `${shownValue(spread.mean)} ± ${shownValue(spread.deviation)}` : shownValue(spread.mean);
}

/** How a metric has to stand to a reference. */
function comparison(orEqual: boolean, lessIsBetter: boolean): string {
  if (orEqual) return lessIsBetter ? "at most" : "at least";
  return lessIsBetter ? "below" : "above";
}

function mustReach(row: Row, { metric, atLeast, atMost, beats }: Gate): string {
  const parts = [
    ...(atLeast !== undefined ? [`≥ ${atLeast}`] : []),
    ...(atMost !== undefined ? [`≤ ${atMost}`] : []),
    ...(beats !== undefined
      ? [
          `${comparison(beats.orEqual === true, atMost !== undefined)} ${beats.factor === undefined ? "" : `${beats.factor} × `}` +
            `${beats.reference === "all" ? "everything beside" : beats.reference}${beats.beyondInterval === true ? ", beyond the interval" : ""}`,
        ]
      : []),
  ];
  return `${labelOf(row, metric)} ${parts.join(", ")}`;
}

function aimsOf(row: Row, { metric, aim, beats }: Gate): string[] {
  const label = labelOf(row, metric);
  return [
    ...(aim === undefined ? [] : [`${label} ${aim}`]),
    ...(beats?.aimFactor === undefined ? [] : [`${label} ${beats.aimFactor} × ${beats.reference}`]),
  ];
}

function measuredText(row: Row, { gate, measured, aimed, reasons }: GateVerdict, outcomes: readonly Outcome[]): string {
  if (measured === undefined) return reasons.join("; ");
  const values = outcomes.map(({ metrics }) => metrics[gate.metric]);
  const end = reasons.length > 0 ? ` **${reasons.join("; ")}**` : aimed ? " (aim reached)" : "";
  return `${labelOf(row, gate.metric)} ${shownSpread(values)}${end}`;
}

/** References as "popularity 0.0178, closed form 0.1741", in the metric of the first gate. */
function besideText(row: Row, outcomes: readonly Outcome[]): string {
  const names = [...new Set(outcomes.flatMap(({ references }) => Object.keys(references)))];
  const { metric } = row.gates[0]!;
  return names
    .flatMap((name) => {
      const spread = spreadOf(outcomes.map(({ references }) => references[name]?.[metric]));
      return spread === undefined ? [] : [`${name} ${shownValue(spread.mean)}`];
    })
    .join(", ");
}

function titleOf({ recipe, data, protocol, note }: Row): string {
  const where = [data, protocol, note].filter((part) => part !== undefined).join(", ");
  return `${recipe}: ${where}`;
}

function summaryRow(row: Row, result: RowResult | undefined): string[] {
  const verdict = judgeRow(row, result);
  const outcomes = (result?.runs ?? []).map(({ outcome }) => outcome);
  const minutes = spreadOf(outcomes.map(({ trainingSeconds }) => trainingSeconds / 60));
  const state = [STATES[verdict.state], ...verdict.reasons].join("; ");
  const aims = row.gates.flatMap((gate) => aimsOf(row, gate));
  return [
    `[${row.recipe}](#${row.name})`,
    [row.data, row.protocol, row.note].filter((part) => part !== undefined).join(", "),
    row.gates.map((gate) => mustReach(row, gate)).join("; "),
    aims.join(", "),
    verdict.gates.map((gate) => measuredText(row, gate, outcomes)).join("; "),
    besideText(row, outcomes),
    minutes === undefined ? "" : minutes.mean.toFixed(minutes.mean < 1 ? 2 : 1),
    state,
  ];
}

function metricsTable(columns: readonly Column[], outcomes: readonly Outcome[]): string {
  const names = [...new Set(outcomes.flatMap(({ references }) => Object.keys(references)))];
  const cells = (of: (outcome: Outcome) => Metrics | undefined): string[] =>
    columns.map(({ key }) => shownSpread(outcomes.map((outcome) => of(outcome)?.[key])));
  const first = outcomes[0]!;
  const intervals = columns.map(({ key }) => {
    const interval = first.intervals?.[key];
    return interval === undefined ? "" : `${shownValue(interval[0])} to ${shownValue(interval[1])}`;
  });
  return table(
    ["", ...columns.map(({ name }) => name)],
    [
      [`**${first.recipe}**`, ...cells(({ metrics }) => metrics)],
      ...(intervals.some((text) => text !== "") ? [["95 % interval, first seed", ...intervals]] : []),
      ...names.map((name) => [name, ...cells(({ references }) => references[name])]),
    ],
  );
}

/** Everything that is known of a row. */
function details(row: Row, result: RowResult): string {
  const outcomes = result.runs.map(({ outcome }) => outcome);
  const first = outcomes[0];
  const last = result.runs.at(-1);
  if (first === undefined || last === undefined) return "";
  const seeds = result.runs.map(({ seed }) => seed).join(", ");
  const mean = (of: (outcome: Outcome) => number): number => spreadOf(outcomes.map(of))!.mean;
  const set = Object.entries(first.hyperparameters).map(([name, value]) => `${name} ${value}`);
  const lines = [
    `- data: ${first.data}`,
    `- protocol: ${row.protocol}, ${first.asked}`,
    `- conditions: seeds ${seeds}; ${last.cores} cores (${last.processor}); backend ${first.backend}; training ` +
      `${(mean((o) => o.trainingSeconds) / 60).toFixed(2)} minutes (${(mean((o) => o.trainingCpuSeconds) / 60).toFixed(2)} of the processor); ` +
      `model ${(mean((o) => o.modelBytes) / 1e6).toFixed(1)} MB; measured on ${last.measuredOn}`,
    ...(set.length > 0 ? [`- hyperparameters: ${set.join(", ")}`] : []),
    ...(first.remarks ?? []).map((remark) => `- ${remark}`),
    `- command: \`npm run quality -- ${argumentsOf(row).join(" ")} --seed ${result.runs[0]!.seed}\``,
  ];
  const columns = shownColumns(protocolNamed(row.protocol).columns, outcomes);
  return [`<a id="${row.name}"></a>`, `### ${titleOf(row)}`, lines.join("\n"), metricsTable(columns, outcomes)].join(
    "\n\n",
  );
}

/** Quality of what a service would have served after some time, mean over seeds; empty when nothing was there yet. */
function curveCells(row: Row, outcomes: readonly Outcome[]): string[] {
  const { metric } = row.gates[0]!;
  const end = Math.max(...outcomes.map(({ curve }) => curve.at(-1)?.seconds ?? 0));
  return MOMENTS.map((moment, index) => {
    if ((MOMENTS[index - 1] ?? 0) >= end) return "";
    const then = outcomes.map(({ curve }) => curve.filter(({ seconds }) => seconds <= moment).at(-1)?.metrics[metric]);
    return then.every((value) => value !== undefined) ? shownValue(spreadOf(then)!.mean) : "";
  });
}

/** RESULTS.md. */
export function renderResults(rows: readonly Row[], results: RowResults): string {
  const known = rows.flatMap((row) => {
    const result = resultOf(row, results);
    return result === undefined || result.runs.length === 0 ? [] : [{ row, result }];
  });
  const curves = known.flatMap(({ row, result }) => {
    const outcomes = result.runs.map(({ outcome }) => outcome);
    if (outcomes.some(({ curve }) => curve.length < 2)) return [];
    return [[`${titleOf(row)} (${labelOf(row, row.gates[0]!.metric)})`, ...curveCells(row, outcomes)]];
  });
  const times = MOMENTS.map((seconds) => (seconds < 60 ? `${seconds} s` : `${seconds / 60} min`));
  return [
    "# Quality of the recommendations",
    "Written by `npm run quality -- --all`; do not edit. Figures are means over the seeds ± their standard deviation, measured on data that the " +
      "models had not seen; [README.md](README.md) explains the protocols. What was not run with the options below says so. Data sets are " +
      "named by their folders; `--data` takes such a name where `PALATE_QUALITY_DATA` names the folder that they lie in.",
    table(
      ["recipe", "data, protocol", "must reach", "aim", "reached", "beside", "minutes", "verdict"],
      rows.map((row) => summaryRow(row, resultOf(row, results))),
    ),
    ...(curves.length > 0
      ? [
          "## Quality over training time",
          "What a service would have served after so much training: the last model published by then.",
          table(["", ...times], curves),
        ]
      : []),
    ...(known.length > 0 ? ["## Row by row", ...known.map(({ row, result }) => details(row, result))] : []),
    "",
  ].join("\n\n");
}
