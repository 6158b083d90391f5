import { DatasetType, type Column } from "@palate/proto/dataset";
import { defaultOf } from "../schema/column-default.js";
import { columnKey } from "../schema/column-name.js";
import { EVENT_DATASETS } from "../schema/dataset-types.js";
import { SESSION_ID_COLUMN } from "../schema/internal-columns.js";
import type { DataFile, DatasetEntry, Erasure } from "../schema/manifest.js";
import { identifier, literal } from "./duckdb.js";
import { impressionWithout, whereLiving } from "./erase-sql.js";
import { numberedParquetRows, parquetRows } from "./read-files.js";

/** Columns that interactions, streamed or imported, may fill although the schema does not name them. */
const EVENT_COLUMNS: readonly Column[] = [
  { name: "EVENT_TYPE", type: "string", nullable: true, categorical: false, textual: false },
  { name: "EVENT_VALUE", type: "float", nullable: true, categorical: false, textual: false },
  { name: "RECOMMENDATION_ID", type: "string", nullable: true, categorical: false, textual: false },
  { name: "IMPRESSION", type: "string", nullable: true, categorical: false, textual: false },
];

/** Those of them that action interactions may fill. */
const ACTION_EVENT_COLUMNS = EVENT_COLUMNS.filter(({ name }) => name === "RECOMMENDATION_ID" || name === "IMPRESSION");

const SESSION = identifier(SESSION_ID_COLUMN);

/** How an Avro type is stored. Floats are stored as doubles, so that 15.3 stays 15.3. */
export function duckType(avroType: string): "VARCHAR" | "INTEGER" | "BIGINT" | "DOUBLE" | "BOOLEAN" {
  switch (avroType) {
    case "int":
      return "INTEGER";
    case "long":
      return "BIGINT";
    case "float":
    case "double":
      return "DOUBLE";
    case "boolean":
      return "BOOLEAN";
    default:
      return "VARCHAR";
  }
}

/** The event columns that a dataset's schema lacks. Empty for items, users and actions. */
export function missingEventColumns(dataset: DatasetEntry): Column[] {
  if (!EVENT_DATASETS.includes(dataset.type)) return [];
  const has = new Set(dataset.columns.map((column) => columnKey(column.name)));
  const all = dataset.type === DatasetType.DATASET_TYPE_INTERACTIONS ? EVENT_COLUMNS : ACTION_EVENT_COLUMNS;
  return all.filter((column) => !has.has(columnKey(column.name)));
}

/** The Avro type that a column has in a file; undefined when the file does not have it. */
function storedType(column: Column, file: DataFile, dataset: DatasetEntry): string | undefined {
  if (file.extraColumns.includes(column.name)) return EVENT_COLUMNS.find(({ name }) => name === column.name)?.type;
  // A file that does not say which columns it has is of the time of the dataset's schema.
  if (file.columns) return file.columns[column.name];
  return dataset.columns.find(({ name }) => name === column.name)?.type;
}

/** The SQL that reads a column of a data file in the type in which it is stored now. */
export function columnFrom(file: DataFile, dataset: DatasetEntry, column: Column): string {
  const type = duckType(column.type);
  const fallback = defaultOf(column);
  const absent = `${fallback === undefined ? "NULL" : literal(String(fallback))}::${type}`;
  const stored = storedType(column, file, dataset);
  if (stored === undefined) return absent;
  const name = identifier(column.name);
  const value = duckType(stored) === type ? name : `${name}::${type}`;
  return fallback !== undefined && !column.nullable ? `coalesce(${value}, ${absent})` : value;
}

/** What rows of a data file are read. */
export interface Selection {
  /** Deletions whose rows may still be in the file; they are left out. */
  readonly erasures?: readonly Erasure[] | undefined;
  /** Table of the users that sessions turned out to be. */
  readonly signIns?: string | undefined;
}

/**
 * The SQL that reads `columns` of a data file, in this order and in the types that readers get.
 */
export function selectFrom(
  path: string,
  file: DataFile,
  dataset: DatasetEntry,
  columns: readonly Column[],
  { erasures = [], signIns }: Selection = {},
): string {
  const hasSessions = file.kind === "streamed" && EVENT_DATASETS.includes(dataset.type);
  const join = hasSessions && file.anonymous !== 0 ? signIns : undefined;
  const expressions = columns.map((column) => {
    const name = identifier(column.name);
    if (hasSessions && column.name === "USER_ID") {
      return `coalesce("USER_ID", ${join ? "_signed_in_user, " : ""}${SESSION}) AS "USER_ID"`;
    }
    if (column.name === SESSION_ID_COLUMN) {
      const signedIn = join ? ` AND _signed_in_user IS NULL` : "";
      return hasSessions
        ? `CASE WHEN "USER_ID" IS NULL${signedIn} THEN ${SESSION} END AS ${SESSION}`
        : `NULL::VARCHAR AS ${SESSION}`;
    }
    const stored = columnFrom(file, dataset, column);
    const value = column.name === "IMPRESSION" ? impressionWithout(stored, erasures, file) : stored;
    return column.type === "int" ? `${value}::BIGINT AS ${name}` : `${value} AS ${name}`;
  });
  const living = whereLiving(file, dataset.type, erasures);
  if (!join) return `SELECT ${expressions.join(", ")} FROM ${parquetRows(path)}${living}`;
  const source = `SELECT * FROM ${numberedParquetRows(path)}${living}`;
  const condition = `"USER_ID" IS NULL AND ${SESSION} = _signed_in_session`;
  // A join may turn rows over, and order of arrival must survive.
  const rows = `SELECT ${expressions.join(", ")} FROM (${source}) LEFT JOIN ${join} ON ${condition}`;
  return `SELECT * FROM (${rows} ORDER BY file_row_number)`;
}
