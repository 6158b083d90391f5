import { DatasetType, FindingSeverity, ImportMode } from "@palate/proto/dataset";
import type { ColumnAnalysis, DataAnalysis, Finding, InteractionsAnalysis } from "@palate/proto/dataset";
import { count, percent } from "./finding-text.js";

const { FINDING_SEVERITY_INFO, FINDING_SEVERITY_WARNING, FINDING_SEVERITY_CRITICAL } = FindingSeverity;

/** The figures of an analysis, before findings are drawn from them. */
export type Figures = Omit<DataAnalysis, "findings">;

/** Interactions below which Amazon refuses to train. */
const MIN_INTERACTIONS = 1_000;

/** Interactions from which on Amazon's guide calls the data good. */
const GOOD_INTERACTIONS = 50_000;

/** Fewest users with at least two interactions that Amazon asks for. */
const MIN_USERS_WITH_TWO = 25;

/** Share of missing values above which Amazon's guide says to ignore a column: text, and others. */
const MAX_MISSING_TEXT = 0.15;
const MAX_MISSING = 0.3;

/** Most categories that Amazon's guide calls useful. */
const GOOD_CATEGORIES = 30;

/** Event types from which on Amazon refuses to train. */
const MANY_EVENT_TYPES = 10;

/** Stability index from which a column counts as slightly changed, or changed. */
const SLIGHTLY_CHANGED = 0.1;
const CHANGED = 0.25;

/** Fewest rows for which shares mean much. */
const FEW_ROWS = 100;

const DAY_SECONDS = 86_400;

/** Gathers findings. */
class Findings {
  readonly list: Finding[] = [];
  add(severity: FindingSeverity, column: string, message: string, suggestion: string): void {
    this.list.push({ severity, column, message, suggestion });
  }
}

/**
 * What the figures mean and what to do about it, the most urgent first.
 * @param odd findings about the values themselves, which come before others as urgent as they are
 */
export function findingsOf(figures: Figures, mode: ImportMode, odd: readonly Finding[]): Finding[] {
  const findings = new Findings();
  rowFindings(findings, figures, mode);
  if (figures.interactions) interactionFindings(findings, figures.rows, figures.interactions);
  const required = new Set(["USER_ID", "ITEM_ID", "ACTION_ID", "TIMESTAMP"]);
  for (const column of figures.columns) {
    if (!required.has(column.name)) columnFindings(findings, figures, column);
    driftFindings(findings, figures.comparedWith, column);
  }
  // Of times in a wrong unit, nothing else about time is worth a note.
  const isTimeOdd = odd.some(
    ({ column, severity }) => column === "TIMESTAMP" && severity === FINDING_SEVERITY_CRITICAL,
  );
  const others = findings.list.filter(
    ({ column, severity }) => !(isTimeOdd && column === "TIMESTAMP" && severity === FINDING_SEVERITY_INFO),
  );
  return [...odd, ...others].sort((a, b) => b.severity - a.severity);
}

function rowFindings(findings: Findings, figures: Figures, mode: ImportMode): void {
  const { rows, duplicateRows, repeatedIds, rowsBefore, comparedWith } = figures;
  if (duplicateRows > 0) {
    const severity = duplicateRows > rows / 100 ? FINDING_SEVERITY_WARNING : FINDING_SEVERITY_INFO;
    const message = `${count(duplicateRows)} rows (${percent(duplicateRows / rows)}) repeat an earlier row in every column.`;
    findings.add(severity, "", message, "If unintended, remove them at the source: each repetition counts again.");
  }
  if (repeatedIds > 0) {
    const message = `${count(repeatedIds)} rows have an id that an earlier row has too; the last row of an id counts.`;
    findings.add(FINDING_SEVERITY_INFO, "", message, "Export one row for each id.");
  }
  if (comparedWith !== "" && mode !== ImportMode.IMPORT_MODE_INCREMENTAL && rows < rowsBefore / 2) {
    const message = `The import has ${count(rows)} rows, the one before ("${comparedWith}") had ${count(rowsBefore)}.`;
    findings.add(
      FINDING_SEVERITY_WARNING,
      "",
      message,
      "Check that the export is complete: a FULL import replaces what was there.",
    );
  }
}

function interactionFindings(findings: Findings, rows: number, figures: InteractionsAnalysis): void {
  amountFindings(findings, rows);
  userFindings(findings, figures);
  itemFindings(findings, figures);
  timeFindings(findings, rows, figures);
  if (figures.eventTypes.length > MANY_EVENT_TYPES) {
    findings.add(
      FINDING_SEVERITY_INFO,
      "EVENT_TYPE",
      `There are more than ${MANY_EVENT_TYPES} event types.`,
      "Train on those that show interest: a solution can name one, or weights for several.",
    );
  }
  unknownIdFindings(findings, rows, figures);
}

function amountFindings(findings: Findings, rows: number): void {
  if (rows < MIN_INTERACTIONS) {
    const message = `There are ${count(rows)} interactions; below ${count(MIN_INTERACTIONS)} personal recommendations are guesswork.`;
    findings.add(
      FINDING_SEVERITY_CRITICAL,
      "",
      message,
      "Import a longer period, or begin with popular items until there are more.",
    );
  } else if (rows < GOOD_INTERACTIONS) {
    const message = `There are ${count(rows)} interactions; recommendations become good from about ${count(GOOD_INTERACTIONS)} on.`;
    findings.add(FINDING_SEVERITY_INFO, "", message, "Import a longer period if there is one.");
  }
}

function userFindings(findings: Findings, { users, usersWithOne }: InteractionsAnalysis): void {
  const withTwo = users - usersWithOne;
  if (withTwo < MIN_USERS_WITH_TWO) {
    const message = `Only ${count(withTwo)} users have two interactions or more; ${MIN_USERS_WITH_TWO} are the least to learn from.`;
    findings.add(
      FINDING_SEVERITY_CRITICAL,
      "USER_ID",
      message,
      "Check that USER_ID names a person, not a visit or an order.",
    );
  } else if (usersWithOne > users / 2) {
    const message = `${percent(usersWithOne / users)} of the users have a single interaction, from which nothing can be learnt about taste.`;
    findings.add(
      FINDING_SEVERITY_WARNING,
      "USER_ID",
      message,
      "Record weaker signals too (views, clicks), and keep one id for a person over visits.",
    );
  }
}

function itemFindings(findings: Findings, { items, itemsWithFew, topItemsShare }: InteractionsAnalysis): void {
  if (items > 0 && itemsWithFew > items / 2) {
    const message = `${percent(itemsWithFew / items)} of the items have fewer than five interactions.`;
    findings.add(
      FINDING_SEVERITY_INFO,
      "ITEM_ID",
      message,
      "Import an Items dataset with categories and descriptions, so that they can be recommended by content.",
    );
  }
  if (items >= FEW_ROWS && topItemsShare > 0.5) {
    const message = `The most popular 1 % of items has ${percent(topItemsShare)} of all interactions.`;
    findings.add(
      FINDING_SEVERITY_WARNING,
      "ITEM_ID",
      message,
      "Check for items that are in every basket (bags, postage) and filter them out.",
    );
  }
}

function unknownIdFindings(findings: Findings, rows: number, figures: InteractionsAnalysis): void {
  for (const [column, unknown, dataset] of [
    ["ITEM_ID", figures.unknownItems, "Items"],
    ["USER_ID", figures.unknownUsers, "Users"],
  ] as const) {
    if (!unknown) continue;
    const severity = unknown > rows / 20 && column === "ITEM_ID" ? FINDING_SEVERITY_WARNING : FINDING_SEVERITY_INFO;
    const message = `${count(unknown)} interactions (${percent(unknown / rows)}) refer to ids missing from the ${dataset} dataset.`;
    findings.add(
      severity,
      column,
      message,
      `Import them into ${dataset}, and check that both files write ids the same way; filters on ${dataset} do not see them.`,
    );
  }
}

function timeFindings(findings: Findings, rows: number, figures: InteractionsAnalysis): void {
  if (figures.inFuture > 0) {
    const message = `${count(figures.inFuture)} interactions (${percent(figures.inFuture / rows)}) lie in the future.`;
    findings.add(
      FINDING_SEVERITY_WARNING,
      "TIMESTAMP",
      message,
      "Check the time zone and the clock of whatever writes them: TIMESTAMP is Unix seconds in UTC.",
    );
  }
  const withTwo = figures.users - figures.usersWithOne;
  if (rows > 1 && figures.firstSeconds === figures.lastSeconds) {
    findings.add(
      FINDING_SEVERITY_CRITICAL,
      "TIMESTAMP",
      "All interactions have the same time.",
      "Export the time at which each happened.",
    );
  } else if (withTwo > 0 && figures.usersWithOneTime > withTwo / 5) {
    const message = `For ${percent(figures.usersWithOneTime / withTwo)} of the users, all interactions have the same time, so their order is unknown.`;
    findings.add(
      FINDING_SEVERITY_WARNING,
      "TIMESTAMP",
      message,
      "Export the time of each interaction rather than that of the day or the order.",
    );
  } else if (rows >= MIN_INTERACTIONS && figures.lastSeconds - figures.firstSeconds < DAY_SECONDS) {
    findings.add(
      FINDING_SEVERITY_INFO,
      "TIMESTAMP",
      "All interactions fall within one day.",
      "Import a longer period, so that habits show.",
    );
  }
}

function columnFindings(findings: Findings, { rows, datasetType }: Figures, column: ColumnAnalysis): void {
  if (column.filled === 0) {
    findings.add(
      FINDING_SEVERITY_WARNING,
      column.name,
      "The column is empty in every row.",
      "Fill it, or leave it out of the schema.",
    );
    return;
  }
  // Of interactions, most have no value, impression or recommendation: that is no gap.
  if (datasetType !== DatasetType.DATASET_TYPE_INTERACTIONS) gapFindings(findings, rows, column);
  if (rows < FEW_ROWS) return;
  valueFindings(findings, column);
  outlierFindings(findings, column);
}

function gapFindings(findings: Findings, rows: number, { name, missing, textual }: ColumnAnalysis): void {
  const most = textual ? MAX_MISSING_TEXT : MAX_MISSING;
  const gaps = missing / rows;
  if (!(gaps > most)) return;
  const least = percent(1 - most);
  findings.add(
    FINDING_SEVERITY_WARNING,
    name,
    `${percent(gaps)} of the rows have no value.`,
    `Fill it in at least ${least} of the rows; below that it says little about most of them.`,
  );
}

function valueFindings(findings: Findings, column: ColumnAnalysis): void {
  const { name, filled, missing, distinct, categorical, textual } = column;
  if (distinct === 1 && missing === 0) {
    findings.add(
      FINDING_SEVERITY_INFO,
      name,
      "Every row has the same value.",
      "Leave the column out: nothing can be learnt from it.",
    );
  }
  if (categorical && distinct > filled / 2 && column.topValues.length === 20 && column.topValues[0]!.count <= 3) {
    findings.add(
      FINDING_SEVERITY_WARNING,
      name,
      `The column is categorical but has about ${count(distinct)} distinct values in ${count(filled)} rows.`,
      "Use broader categories, or take categorical out of the schema.",
    );
  }
  const plain = column.type === "string" && !categorical && !textual;
  if (plain && distinct > 1 && distinct <= GOOD_CATEGORIES && name !== "EVENT_TYPE") {
    findings.add(
      FINDING_SEVERITY_INFO,
      name,
      `The column has about ${count(distinct)} distinct values but is not categorical, so that recipes do not learn from it.`,
      `Add "categorical": true to it with a new schema (updateDataset).`,
    );
  }
}

function outlierFindings(findings: Findings, { name, filled, numbers }: ColumnAnalysis): void {
  if (numbers === undefined || !(numbers.outliers > 0)) return;
  const { min, max, quantiles, outliers } = numbers;
  const severity = outliers > filled / 100 ? FINDING_SEVERITY_WARNING : FINDING_SEVERITY_INFO;
  const message = `${count(outliers)} ${outliers === 1 ? "value is" : "values are"} (${percent(outliers / filled)}) far from the others: half of all lie between ${short(quantiles[2])} and ${short(quantiles[4])}, the extremes are ${short(min)} and ${short(max)}.`;
  findings.add(severity, name, message, "Check them for wrong units, placeholders such as 9999, and typing errors.");
}

function short(value: number | undefined): string {
  return Number((value ?? 0).toPrecision(6)).toLocaleString("en-GB", { maximumFractionDigits: 4 });
}

function driftFindings(findings: Findings, comparedWith: string, column: ColumnAnalysis): void {
  const { drift, name, filled, missing } = column;
  if (!drift) return;
  const now = missing / Math.max(1, filled + missing);
  if (now > drift.missingBefore + 0.1) {
    const message = `${percent(now)} of the rows have no value; in the last import ("${comparedWith}") it was ${percent(drift.missingBefore)}.`;
    findings.add(
      FINDING_SEVERITY_WARNING,
      name,
      message,
      "Check whether the export lost the column for some of the rows.",
    );
  }
  // Time moves on by itself.
  if (name === "TIMESTAMP" || drift.stabilityIndex < SLIGHTLY_CHANGED) return;
  const changed = drift.stabilityIndex >= CHANGED;
  const message = `The values are distributed ${changed ? "differently from" : "somewhat differently from"} those of the last import ("${comparedWith}"; stability index ${drift.stabilityIndex.toFixed(2)}).`;
  findings.add(
    changed ? FINDING_SEVERITY_WARNING : FINDING_SEVERITY_INFO,
    name,
    message,
    "If nothing in the business explains it, check the export; if it is real, train again.",
  );
}
