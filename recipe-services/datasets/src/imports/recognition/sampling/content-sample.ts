import type { FileFormat } from "@palate/proto/dataset";
import type { TextEncoding } from "./likely-encoding.js";
import type { TextTable } from "./text-table.js";

/** What the beginning of a file holds, whatever its format. */
export interface ContentSample {
  /** How its rows are written down. */
  readonly format: FileFormat;
  /** The encoding of a text file. */
  readonly encoding?: TextEncoding;
  /** Whether its bytes looked at are ASCII, so that they do not tell the encoding. */
  readonly isAscii?: boolean;
  /** How the values of a text with separators are separated. */
  readonly table?: TextTable;
  /** The first lines of a text file. */
  readonly lines: readonly string[];
  /** Where in a JSON document the rows are; "" when it is the array itself. */
  readonly rowsPath: string;
  /** Columns of which the format itself says that they are times. */
  readonly temporal?: readonly string[];
  /** Columns of a format with types whose values cannot become a value of the dataset as they are, and why: "is nested; …". */
  readonly unusable?: ReadonlyMap<string, string>;
  /** The columns in the order of the file: names of a header, "#1" and so on without one, keys of JSON objects. */
  readonly columns: readonly string[];
  /**
   * The first rows by column: text in text files, and whatever JSON and typed formats hold. A column that a row does not have
   * is not in it.
   */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/**
 * The value at a path such as "properties.sku": a column of that name, or what is inside of one. Where it leads through a list,
 * the first element counts.
 */
export function valueAt(row: unknown, path: string): unknown {
  if (Array.isArray(row)) return valueAt(row[0], path);
  if (!isObject(row)) return undefined;
  if (path in row) return row[path];
  const dot = path.indexOf(".");
  return dot === -1 ? undefined : valueAt(row[path.slice(0, dot)], path.slice(dot + 1));
}

/** The filled values of a column or path as text: what is empty or missing is left out, what is nested is JSON. */
export function textsAt(sample: ContentSample, path: string): string[] {
  return sample.rows.flatMap((row) => {
    const value = valueAt(row, path);
    if (value === undefined || value === null || value === "") return [];
    return [typeof value === "object" ? JSON.stringify(value) : String(value)];
  });
}

/** Whether a value is an object of named values. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
