import type { Dataset, Target } from "../language/syntax.js";

/** What a column holds, as far as filters care. */
export type ColumnType = "text" | "number" | "boolean";

/** The datasets that have columns of their own. */
export type TableName = Exclude<Dataset, "CurrentItem" | "CurrentUser">;

/** The dataset whose rows a filter selects from, by its target. */
export const ROWS = { ItemID: "Items", UserID: "Users", ActionID: "Actions" } as const satisfies Record<
  Target,
  TableName
>;

/** The column of a dataset that holds its rows' ids. */
export const ID_COLUMNS: { readonly [table in TableName]?: string } = {
  Items: "ITEM_ID",
  Users: "USER_ID",
  Actions: "ACTION_ID",
};

/** A column's name and type. */
export interface ColumnSchema {
  readonly name: string;
  readonly type: ColumnType;
}

/** The columns of the datasets that a dataset group has. */
export type FilterSchema = { readonly [table in TableName]?: readonly ColumnSchema[] };

/** Numbers by row, or booleans as 1 and 0; NaN where there is none. Rows beyond the array have none. */
export interface NumberColumn {
  readonly kind: "number" | "boolean";
  readonly values: Float64Array;
}

/** Different texts of a column, by code: 0, 1, 2, … in order of first sight. It only grows. */
export interface TextDictionary {
  readonly kind: "text";
  readonly dictionary: readonly string[];
  /** Whether "a|b" is two values. */
  readonly multiValued: boolean;
  /** Code of a text, -1 when there is none. Where texts have one value each, it saves an index of its own. */
  codeOf?(text: string): number;
}

/** Texts by row, as codes of a dictionary; -1 where there is none. Rows beyond the array have none. */
export interface TextColumn extends TextDictionary {
  readonly values: Int32Array;
}

/**
 * A live column. The object stays the same for as long as the column exists; what its fields give may be other arrays, with
 * other lengths, whenever data has changed.
 */
export type FilterColumn = NumberColumn | TextColumn;

/** Items, users or actions: one row each, known by a dense index that never changes. */
export interface RowTable {
  /** How many rows there are. */
  readonly count: number;
  /** Another number after any change to the rows or their values; what was computed before is then computed anew. */
  readonly version: number;
  readonly columns: readonly ColumnSchema[];
  /** A column by its exact name. */
  column(name: string): FilterColumn | undefined;
}

/** A column of interactions: the values themselves come with each user's rows. */
export type EventColumn = TextDictionary | { readonly kind: "number" | "boolean" };

/** One user's interactions: views that are read before anything else happens. */
export interface EventRows {
  /** Index of the item (or action) of each interaction. */
  readonly targets: ArrayLike<number>;
  /** Values of a column by its exact name: numbers (NaN: none), 1 and 0, or codes of its dictionary (-1: none). */
  values(column: string): ArrayLike<number>;
}

/** Interactions of all users, each user's whole history. */
export interface EventTable {
  /** Another number after any change. */
  readonly version: number;
  readonly columns: readonly ColumnSchema[];
  /** A column by its exact name. */
  column(name: string): EventColumn | undefined;
  /** A user's interactions; none for a user that is not known. */
  rows(user: number): EventRows;
}

/** What compiled filters read: live columns of one dataset group. A dataset that the group lacks is left out. */
export interface FilterColumns {
  readonly Items?: RowTable;
  readonly Users?: RowTable;
  readonly Actions?: RowTable;
  readonly Interactions?: EventTable;
  readonly Action_Interactions?: EventTable;
}

/** The columns as a schema, to check filters against. */
export function schemaOf(columns: FilterColumns): FilterSchema {
  return Object.fromEntries(Object.entries(columns).map(([name, table]) => [name, (table as RowTable).columns]));
}

/** The dataset whose columns a field names: those of Items for CurrentItem, of Users for CurrentUser. */
export function tableOf(dataset: Dataset): TableName {
  return dataset === "CurrentItem" ? "Items" : dataset === "CurrentUser" ? "Users" : dataset;
}

/** The column of that name; else the only one whose name differs in nothing but case. */
export function findColumn(columns: readonly ColumnSchema[], name: string): ColumnSchema | undefined {
  const exact = columns.find((column) => column.name === name);
  if (exact !== undefined) return exact;
  const alike = columns.filter((column) => column.name.toUpperCase() === name.toUpperCase());
  return alike.length === 1 ? alike[0] : undefined;
}
