import type { RecognisedFile } from "./recognise.js";
import type { ColumnMapping, ImportMapping, ImportPreview } from "../operations/imports.js";
import type { Output } from "../output/output.js";
import { table } from "../output/table.js";
import { counted } from "../output/words.js";

/** Characters of a value that are shown. */
const WIDEST_VALUE = 24;
/** Notes and warnings that are shown; the JSON has them all. */
const MOST_LINES = 12;

/** What Palate makes of a file: its layout, the mapping, its first rows before and after, what is left out and what is odd. */
export function describeFile(file: RecognisedFile, out: Output): string {
  const { bold, yellow, dim } = out.colors;
  const known = file.layout === null ? "" : `, which is known: ${file.layout}`;
  const parts = [`${bold(file.file)}  ${file.datasetType}${known}`];
  parts.push(
    file.mapping === null
      ? "It imports as it is."
      : mappingInWords(file.mapping)
          .map((line) => `  ${line}`)
          .join("\n"),
  );
  if (file.preview) parts.push(...previewTables(file.preview, out));
  if (file.ignoredColumns.length > 0) parts.push(`Left out: ${file.ignoredColumns.join(", ")}`);
  parts.push(lines(file.notes, dim));
  parts.push(lines([...file.warnings, ...(file.preview?.problems ?? [])], yellow));
  return parts.filter((part) => part !== "").join("\n\n");
}

function lines(texts: readonly string[], color: (text: string) => string): string {
  const shown = texts.slice(0, MOST_LINES).map((text) => color(`- ${text}`));
  if (texts.length > shown.length) shown.push(`… and ${counted(texts.length - shown.length, "more such line")}`);
  return shown.join("\n");
}

function previewTables({ fileColumns, fileRows, datasetColumns, datasetRows }: ImportPreview, out: Output): string[] {
  const shown = (columns: readonly string[], rows: ImportPreview["fileRows"]) =>
    table(
      columns.map((title) => ({ title })),
      rows.map(({ values }) => values.map((value) => (value ?? "").slice(0, WIDEST_VALUE))),
      out.width,
      out.colors,
    );
  const { bold } = out.colors;
  return [
    `${bold("in the file")}\n${shown(fileColumns, fileRows)}`,
    `${bold("in the dataset")}\n${shown(datasetColumns, datasetRows)}`,
  ];
}

/** What a mapping does, a line for each thing. */
function mappingInWords({ format, csv, rowsPath, explode, rowFilter, sql, columns }: ImportMapping): string[] {
  const said: (string | false)[] = [
    format !== undefined && `format ${format}`,
    csv !== undefined &&
      `text with ${Object.entries(csv)
        .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
        .join(", ")}`,
    rowsPath !== undefined && rowsPath !== "" && `rows at ${rowsPath}`,
    sql !== undefined && sql !== "" && `rows of ${sql}`,
    explode !== undefined && `a row for each element of ${explode.list}`,
    rowFilter !== undefined && rowFilter !== "" && `only rows where ${rowFilter}`,
    ...(columns ?? []).map(columnInWords),
  ];
  return said.filter((line) => line !== false);
}

function columnInWords({ name, from, constant, expression, time, separator, rules }: ColumnMapping): string {
  const source = from?.length
    ? from.join(" or ")
    : expression
      ? expression
      : constant === undefined
        ? name
        : `"${constant}"`;
  const details = [
    time &&
      `a time: ${[time.unit?.toLowerCase(), ...(time.formats ?? []), time.zone].filter((part) => part).join(" ")}`,
    separator !== undefined && separator !== "" && `a list with "${separator}" between`,
    rules?.length &&
      rules
        .map(({ equals, atLeast, value }) => `${equals ?? (atLeast === undefined ? "" : `from ${atLeast}`)} → ${value}`)
        .join(", "),
  ].filter((part) => typeof part === "string");
  return `${name} ← ${source}${details.length > 0 ? `  (${details.join("; ")})` : ""}`;
}
