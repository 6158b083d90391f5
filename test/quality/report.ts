import type { Metrics } from "@palate/recipe";
import Table from "cli-table3";
import type { Column, Outcome } from "./protocol.js";
import { protocolNamed } from "./protocols/index.js";
import type { QualityReport } from "./run.js";

const TEXT_STYLE = { style: { head: [], border: [] } };

/** The columns that any outcome has a value for. */
export function shownColumns(columns: readonly Column[], outcomes: readonly Pick<Outcome, "metrics">[]): Column[] {
  return columns.filter(({ key }) => outcomes.some(({ metrics }) => metrics[key] !== undefined));
}

/** A metric's value as tables show it: four decimals, whole numbers as they are. */
export function shownValue(value: number | undefined): string {
  if (value === undefined) return "";
  return Number.isInteger(value) && Math.abs(value) >= 10 ? String(value) : value.toFixed(4);
}

function cells(columns: readonly Column[], metrics: Metrics): string[] {
  return columns.map(({ key }) => shownValue(metrics[key]));
}

/** Under which conditions a run measured, in one line. */
function conditionsOf({ options, cores }: Pick<QualityReport, "options" | "cores">): string {
  const { minutes, seed, backend } = options;
  const training = minutes === undefined ? "as long as the recipe's default" : `${minutes} minutes`;
  return `seed ${seed}, ${cores} cores, backend ${backend}, training ${training}`;
}

/** The report as tables for a terminal. */
export function renderReport(report: QualityReport): string {
  const { options, outcomes } = report;
  const protocol = protocolNamed(options.protocol);
  const columns = shownColumns(protocol.columns, outcomes);
  const table = new Table({
    head: ["recipe", ...columns.map(({ name }) => name), "training s", "CPU s", "backend", "model MB"],
    ...TEXT_STYLE,
  });
  const lines = new Set(
    outcomes.map(({ data, asked }) => `data       ${data}\nprotocol   ${options.protocol}: ${asked}`),
  );
  for (const outcome of outcomes) {
    table.push([
      outcome.recipe,
      ...cells(columns, outcome.metrics),
      outcome.trainingSeconds.toFixed(1),
      outcome.trainingCpuSeconds.toFixed(1),
      outcome.backend,
      (outcome.modelBytes / 1e6).toFixed(1),
    ]);
    for (const [name, metrics] of Object.entries(outcome.references))
      table.push([`  ${name}, same cases`, ...cells(columns, metrics), "", "", "", ""]);
  }
  const blocks = [
    [...lines, `conditions ${conditionsOf(report)}`, `command    ${options.command}`].join("\n"),
    table.toString(),
  ];
  for (const { recipe, curve } of outcomes) {
    if (curve.length < 2) continue;
    const drawn = columns.filter(({ key }) => curve.every(({ metrics }) => metrics[key] !== undefined));
    const points = new Table({ head: ["seconds", ...drawn.map(({ name }) => name)], ...TEXT_STYLE });
    for (const { seconds, metrics } of curve) points.push([seconds.toFixed(1), ...cells(drawn, metrics)]);
    blocks.push(`${recipe} over training time\n${points.toString()}`);
  }
  const remarks = outcomes.flatMap(({ recipe, remarks: said = [] }) => said.map((remark) => `${recipe}: ${remark}`));
  if (remarks.length > 0) blocks.push(remarks.join("\n"));
  return blocks.join("\n\n");
}
