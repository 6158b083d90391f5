import { failedPrecondition, type Violation } from "@palate/host";
import { Column } from "@palate/proto/dataset";
import type { DataFile, DatasetEntry } from "./manifest.js";

/** Avro types by the types that their values can be read as without loss. */
const READABLE_AS: Readonly<Record<string, readonly string[]>> = {
  int: ["int", "long", "float", "double", "string"],
  long: ["long", "float", "double", "string"],
  float: ["float", "double"],
  double: ["double", "float"],
  boolean: ["boolean", "string"],
  string: ["string"],
};

/** Column name → Avro type. */
export type ColumnTypes = Readonly<Record<string, string>>;

/** Whether two lists of columns are equal. */
export function sameColumns(a: readonly Column[], b: readonly Column[]): boolean {
  const text = (columns: readonly Column[]) => JSON.stringify(columns.map((column) => Column.toJSON(column)));
  return text(a) === text(b);
}

/** The types of columns by name. */
export function columnTypes(columns: readonly Column[]): ColumnTypes {
  return Object.fromEntries(columns.map((column) => [column.name, column.type]));
}

/** A file that says which columns it has, so that it can be read when the dataset has others. */
export function withOwnColumns(file: DataFile, columns: readonly Column[]): DataFile {
  return file.columns === undefined ? { ...file, columns: columnTypes(columns) } : file;
}

/**
 * Checks that the rows of a dataset can be read by other columns.
 * @throws PalateError `failed_precondition` with everything that does not fit
 */
export function checkSchemaChange(dataset: DatasetEntry, schemaName: string, columns: readonly Column[]): void {
  const violations: Violation[] = [];
  const held: ColumnTypes[] = [
    columnTypes(dataset.columns),
    ...dataset.files.flatMap((file) => (file.columns ? [file.columns] : [])),
  ];
  const before = new Map(dataset.columns.map((column) => [column.name, column]));
  for (const column of columns) {
    const types = new Set([...held, dataset.formerColumns ?? {}].flatMap((each) => each[column.name] ?? []));
    const unreadable = [...types].find((type) => !READABLE_AS[type]?.includes(column.type));
    const field = `schema.${column.name}`;
    if (unreadable) {
      const right = `${READABLE_AS[unreadable]!.join(", ")} would do, or another name`;
      violations.push({ field, message: `is ${column.type}, but the rows there are hold ${unreadable}; ${right}` });
    }
    if (column.nullable || column.defaultValue !== undefined) continue;
    const everywhere = held.every((types) => column.name in types);
    if (!everywhere) {
      violations.push({ field, message: `is new; give it a "default", or a type with "null", for the rows there are` });
    } else if (before.get(column.name)?.nullable) {
      violations.push({ field, message: `may be empty in the rows there are; give it a "default", or keep "null"` });
    }
  }
  if (violations.length === 0) return;
  const lines = violations.map(({ field, message }) => `  ${field}: ${message}`);
  throw failedPrecondition(
    `Schema "${schemaName}" does not fit the rows of dataset "${dataset.name}":\n${lines.join("\n")}`,
    { resourceType: "dataset", resourceName: dataset.name, violations },
  );
}
