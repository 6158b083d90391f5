import type { DatasetType, TimeFormat } from "@palate/proto/dataset";
import type { ColumnType } from "../../schema/dataset-types.js";
import { valueAt, type ContentSample } from "./sampling/content-sample.js";

/** What a proposed column of the schema is; for columns with a fixed meaning the schema's rules decide. */
export type ColumnKind = ColumnType | "categorical" | "textual";

/** How a column of the dataset is filled, see `ColumnMapping`, and what it is. */
export interface PlannedColumn {
  readonly from?: string | readonly string[];
  readonly constant?: string;
  readonly expression?: string;
  readonly time?: Partial<TimeFormat>;
  readonly separator?: string;
  readonly nullValues?: readonly string[];
  readonly trim?: boolean;
  readonly decimalMark?: string;
  readonly rules?: readonly { readonly equals?: string; readonly atLeast?: number; readonly value: string }[];
  /** What it is; told by its values when absent. */
  readonly kind?: ColumnKind;
}

/** How a text's values are separated, see `CsvDialect`; what is absent is as the file shows it. */
export interface PlannedDialect {
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly names?: readonly string[];
  readonly quote?: string;
  readonly escape?: string;
  readonly skipLines?: number;
  /** The encoding where the beginning of the file does not tell. */
  readonly encoding?: string;
}

/** How a file becomes rows of a dataset: what is proposed of it. */
export interface Plan {
  /** The type of dataset. */
  readonly type: DatasetType;
  /** Columns of the dataset by name, in the order of the schema. */
  readonly columns: Readonly<Record<string, PlannedColumn>>;
  readonly csv?: PlannedDialect;
  readonly rowsPath?: string;
  readonly explode?: {
    readonly list: string;
    readonly separator?: string;
    readonly partSeparator?: string;
    readonly parallel?: readonly string[];
  };
  readonly rowFilter?: string;
  readonly nullValues?: readonly string[];
  readonly trim?: boolean;
  readonly sql?: string;
  /** Columns of the file that are left out. */
  readonly ignored?: readonly string[];
  /** What was decided and why, one sentence each. */
  readonly notes?: readonly string[];
  /** What is odd about such files, and would be silently wrong, one sentence each. */
  readonly warnings?: readonly string[];
}

/** What in the content of a file tells its layout. */
export type Look =
  /** A header with exactly these names, and perhaps some of `more` behind. */
  | {
      readonly in: "header";
      readonly delimiter: string;
      readonly names: readonly string[];
      readonly more?: readonly string[];
    }
  /** No header, and values in each line that fit these patterns. */
  | { readonly in: "cells"; readonly delimiter: string; readonly cells: readonly RegExp[] }
  /** Columns, keys or nested paths of any format, with values that fit. */
  | {
      readonly in: "columns";
      readonly paths: readonly string[];
      readonly without?: readonly string[];
      readonly values?: Readonly<Record<string, RegExp>>;
      /** What every column's name must fit. */
      readonly onlyNames?: RegExp;
    }
  /** Lines that fit one of these patterns, the first line the first of them. */
  | { readonly in: "lines"; readonly lines: readonly RegExp[] }
  /** Names of a header that all fit. */
  | { readonly in: "names"; readonly delimiter: string; readonly fit: RegExp };

/** One layout that is recognised by its content. */
export interface Layout {
  /** Its name, such as "MovieLens 1M ratings". */
  readonly name: string;
  /** Who writes it: a published data set, or a vendor's export. */
  readonly origin: "data set" | "vendor";
  /** What tells it; one of them suffices. */
  readonly looks: readonly Look[];
  /** What is proposed. */
  readonly plan: Plan | ((sample: ContentSample) => Plan);
}

/** A layout that is recognised, and cannot be imported. */
export interface RefusedLayout extends Pick<Layout, "name" | "origin" | "looks"> {
  /** Why, and what would be right; goes on behind "This is …, ". */
  readonly refusal: string;
}

/** Share of lines that must fit: published files have broken ones. */
const FITTING_SHARE = 0.9;

/** Whether a file looks like this. */
export function looksLike(look: Look, sample: ContentSample): boolean {
  switch (look.in) {
    case "header":
      return hasHeader(look, sample);
    case "cells":
      return mostFit(sample.lines, (line) => {
        const cells = line.split(look.delimiter);
        return cells.length === look.cells.length && look.cells.every((cell, index) => cell.test(cells[index]!));
      });
    case "columns":
      return hasColumns(look, sample);
    case "lines": {
      const [first] = look.lines;
      const isFirst = first !== undefined && first.test(sample.lines[0] ?? "");
      return isFirst && mostFit(sample.lines, (line) => look.lines.some((pattern) => pattern.test(line)));
    }
    case "names":
      return (
        sample.table?.header === true &&
        sample.table.delimiter === look.delimiter &&
        sample.columns.every((name) => look.fit.test(name))
      );
  }
}

function hasHeader(
  { delimiter, names, more = [] }: Extract<Look, { in: "header" }>,
  { table }: ContentSample,
): boolean {
  if (table?.header !== true || table.delimiter !== delimiter) return false;
  if (!names.every((name, index) => table.names[index] === name)) return false;
  return table.names.slice(names.length).every((name) => more.includes(name));
}

function hasColumns(look: Extract<Look, { in: "columns" }>, sample: ContentSample): boolean {
  const { paths, without = [], values = {}, onlyNames = /^/ } = look;
  if (!sample.columns.every((name) => onlyNames.test(name))) return false;
  const has = (path: string) => sample.rows.some((row) => valueAt(row, path) !== undefined);
  if (!paths.every(has) || without.some(has)) return false;
  return Object.entries(values).every(([path, pattern]) => {
    const texts = sample.rows.map((row) => valueAt(row, path)).filter((value) => value !== undefined && value !== null);
    return texts.length > 0 && mostFit(texts.map(String), (text) => pattern.test(text));
  });
}

function mostFit(lines: readonly string[], fits: (line: string) => boolean): boolean {
  const filled = lines.filter((line) => line !== "");
  return filled.length > 0 && filled.filter(fits).length >= FITTING_SHARE * filled.length;
}
