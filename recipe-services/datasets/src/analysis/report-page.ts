import { FindingSeverity, type ColumnAnalysis, type DataAnalysis, type HistogramBin } from "@palate/proto/dataset";
import {
  barChart,
  cards,
  html,
  lineChart,
  renderPage,
  shortNumber,
  shortShare,
  table,
  type Html,
  type HtmlValue,
  type Section,
} from "@palate/report";
import { rulesOf } from "../schema/dataset-types.js";

const SEVERITY: Readonly<Record<number, string>> = {
  [FindingSeverity.FINDING_SEVERITY_CRITICAL]: "Critical",
  [FindingSeverity.FINDING_SEVERITY_WARNING]: "Warning",
  [FindingSeverity.FINDING_SEVERITY_INFO]: "Note",
};

/** Columns that are drawn; the table has all. */
const MAX_DRAWN = 40;

/** Values shown of a column. */
const VALUES_SHOWN = 8;

/** Labels along the axis of a histogram. */
const LABELS = 5;

/** The analysis of an import as a page: what was found first, then the figures behind it. */
export function analysisPage(analysis: DataAnalysis): string {
  const { label } = rulesOf(analysis.datasetType);
  const when = new Date(analysis.createdAtMs).toISOString().slice(0, 16).replace("T", " ");
  const sections: Section[] = [findings(analysis)];
  if (analysis.interactions) sections.push(interactions(analysis));
  sections.push(columns(analysis), ...drawings(analysis));
  return renderPage({
    title: `Import ${analysis.jobName}`,
    subtitle: html`${label} of dataset group ${analysis.datasetGroup}, analysed on ${when} UTC`,
    head: overview(analysis),
    sections,
  });
}

function overview({ rows, duplicateRows, repeatedIds, columns, interactions, comparedWith, rowsBefore }: DataAnalysis) {
  const before = comparedWith === "" ? undefined : `${comparedWith}: ${shortNumber(rowsBefore)}`;
  const missing = columns.reduce((sum, column) => sum + column.missing, 0) / Math.max(1, rows * columns.length);
  return cards([
    { name: "Rows", value: shortNumber(rows), note: before },
    ...(interactions
      ? [
          { name: "Users", value: shortNumber(interactions.users) },
          { name: "Items", value: shortNumber(interactions.items) },
        ]
      : [{ name: "Repeated ids", value: shortNumber(repeatedIds) }]),
    { name: "Repeated rows", value: shortNumber(duplicateRows) },
    { name: "Empty cells", value: shortShare(missing) },
  ]);
}

function findings({ findings: list }: DataAnalysis): Section {
  const rows = list.map((finding): HtmlValue[] => [
    html`<strong>${SEVERITY[finding.severity] ?? ""}</strong>`,
    finding.column,
    html`${finding.message} <em>${finding.suggestion}</em>`,
  ]);
  const body =
    list.length > 0
      ? table([{ name: "" }, { name: "Column" }, { name: "Finding and suggestion" }], rows)
      : html`<p>Nothing stands out.</p>`;
  return { title: "Findings", body };
}

const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);

function interactions({ rows, interactions: figures }: DataAnalysis): Section {
  const { users, items, usersWithOne, itemsWithFew, topItemsShare, density, perUser, perItem } = figures!;
  const bins = figures!.overTime;
  const line = lineChart({
    title: "Interactions over time",
    series: [{ name: "interactions", points: bins.map((bin) => ({ x: (bin.from + bin.to) / 2, y: bin.count })) }],
    xLabel: "day",
    yLabel: "interactions",
    xText: day,
    fromZero: true,
  });
  const facts: [string, string][] = [
    ["First", day(figures!.firstSeconds)],
    ["Last", day(figures!.lastSeconds)],
    ["Users with one interaction", share(usersWithOne, users)],
    ["Items with fewer than five", share(itemsWithFew, items)],
    ["Interactions of the most popular 1 % of items", shortShare(topItemsShare)],
    ["Pairs of user and item that have interacted", `${(100 * density).toPrecision(2)} %`],
    ["Median of a user", shortNumber(perUser?.quantiles[3] ?? 0)],
    ["Median of an item", shortNumber(perItem?.quantiles[3] ?? 0)],
    ["In the future", share(figures!.inFuture, rows)],
    ["With an impression", share(figures!.withImpression, rows)],
  ];
  if (figures!.unknownItems !== undefined) facts.push(["With items not in Items", share(figures!.unknownItems, rows)]);
  if (figures!.unknownUsers !== undefined) facts.push(["With users not in Users", share(figures!.unknownUsers, rows)]);
  const body = html`${bins.length > 1 && line} ${table([{ name: "" }, { name: "", numeric: true }], facts, true)}
    <div class="columns">
      ${perUser && histogram("Interactions of a user", perUser.histogram, "users")}
      ${perItem && histogram("Interactions of an item", perItem.histogram, "items")}
    </div>`;
  return { title: "Interactions", body };
}

function share(part: number, whole: number): string {
  return `${shortNumber(part)} (${shortShare(whole > 0 ? part / whole : 0)})`;
}

function histogram(title: string, bins: readonly HistogramBin[], what: string, text = shortNumber): Html {
  const step = Math.max(1, Math.round(bins.length / LABELS));
  const groups = bins.map((bin, i) => (i % step === 0 ? text(bin.from) : ""));
  const series = [{ name: what, values: bins.map((bin) => bin.count) }];
  return html`<div>
    <h3>${title}</h3>
    ${barChart({ title, groups, series, xLabel: title, yLabel: what, height: 200 })}
  </div>`;
}

function columns({ columns: list, rows, comparedWith }: DataAnalysis): Section {
  const head = ["Column", "Type", "Filled", "Distinct", "Least", "Median", "Most", "Outliers", "Moved"];
  const body = table(
    head.map((name, i) => ({ name, numeric: i > 1 })),
    list.map((column) => {
      const { numbers, drift } = column;
      const text = (value: number | undefined) => (value === undefined ? "" : valueText(column, value));
      return [
        column.name,
        `${column.type}${column.categorical ? ", categorical" : ""}${column.textual ? ", textual" : ""}`,
        shortShare(rows > 0 ? column.filled / rows : 0),
        shortNumber(column.distinct),
        text(numbers?.min),
        text(numbers?.quantiles[3]),
        text(numbers?.max),
        numbers ? shortNumber(numbers.outliers) : "",
        drift ? drift.stabilityIndex.toFixed(2) : "",
      ];
    }),
  );
  const moved =
    comparedWith !== "" &&
    html` “Moved” is the population stability index against import ${comparedWith}: below 0.1 nothing to speak of, above
    0.25 a change that calls for a look.`;
  const lead = html`Medians are estimates, and so are distinct values of more than a million rows. Outliers lie more
  than three interquartile ranges outside the quartiles.${moved}`;
  return { title: "Columns", lead, body };
}

/** A number of a column for people; times are days. */
function valueText({ name, type }: ColumnAnalysis, value: number): string {
  const isTime = type === "long" && (name === "TIMESTAMP" || name.endsWith("_TIMESTAMP"));
  return isTime && Math.abs(value) < 8e12 ? day(value) : shortNumber(value);
}

function drawings({ columns: list }: DataAnalysis): Section[] {
  const drawn = list.filter((column) => (column.numbers?.histogram.length ?? 0) > 1 || column.topValues.length > 0);
  if (drawn.length === 0) return [];
  const shown = drawn.slice(0, MAX_DRAWN);
  const body = shown.map((column) => {
    const { name, numbers, topValues, filled } = column;
    const values = topValues
      .slice(0, VALUES_SHOWN)
      .map(({ value, count }) => [value, shortNumber(count), shortShare(filled > 0 ? count / filled : 0)]);
    const columnsOfTable = [{ name }, { name: "Rows", numeric: true }, { name: "Share", numeric: true }];
    return numbers && numbers.histogram.length > 1
      ? histogram(name, numbers.histogram, "rows", (value) => valueText(column, value))
      : table(columnsOfTable, values, true);
  });
  const left = drawn.length - shown.length;
  const lead = left > 0 ? `The first ${shown.length} columns; ${left} more are in the table above.` : undefined;
  return [{ title: "Values", ...(lead !== undefined && { lead }), body: html`<div class="columns">${body}</div>` }];
}
