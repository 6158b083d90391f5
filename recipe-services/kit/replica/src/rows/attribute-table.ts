import { type ColumnSchema, type FilterColumn, filterableColumn, type FilterableColumn } from "@palate/filter";
import type { Column } from "@palate/proto/dataset";
import type { AttributeColumn } from "@palate/recipe";
import { NumberColumn, TextColumn, type StoredColumn } from "./attribute-column.js";
import type { ChunkColumns } from "./chunk-columns.js";

/** Metadata of all items, or of all users, in columns. */
export class AttributeTable {
  readonly #columns = new Map<string, StoredColumn>();
  #names: readonly string[] = [];
  #filterable: readonly ColumnSchema[] = [];
  #version = 1;

  /**
   * @param columns the dataset's columns in schema order
   * @param idColumn the one among them that says whose row it is
   */
  constructor(columns: readonly Column[], idColumn: string) {
    for (const column of columns) if (column.name !== idColumn) this.#add(filterableColumn(column));
  }

  /** Names of the columns in schema order. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** The columns with their types, as filters see them. */
  get filterable(): readonly ColumnSchema[] {
    return this.#filterable;
  }

  /** A column as filters read it. */
  filterColumn(name: string): FilterColumn | undefined {
    return this.#columns.get(name)?.filterable;
  }

  /** Grows with every change of a value. */
  get version(): number {
    return this.#version;
  }

  /** Takes a chunk's rows: row i replaces whatever `owners[i]` had. */
  setRows(chunk: ChunkColumns, owners: Int32Array): void {
    this.#version++;
    for (const [name, column] of this.#columns) column.setRows(name, chunk, owners);
  }

  /**
   * Replaces whatever an item or user had.
   * @param properties a JSON object, {"COLUMN": value}; columns left out become empty
   */
  setProperties(index: number, properties: string): void {
    this.#version++;
    const values = parsedProperties(properties);
    for (const [name, column] of this.#columns) column.set(index, values.get(name));
    // The dataset may have got its schema after the snapshot that this table was made from.
    for (const [name, value] of values)
      if (!this.#columns.has(name)) this.#add(unknownColumn(name, value)).set(index, value);
  }

  /** A value as text; empty where there is none, and for a column that is not there. */
  text(index: number, column: string): string {
    return this.#columns.get(column)?.text(index) ?? "";
  }

  /** All columns with the first `count` values of each. */
  columns(count: number): Record<string, AttributeColumn> {
    return Object.fromEntries([...this.#columns].map(([name, column]) => [name, column.values(count)]));
  }

  #add({ name, type, multiValued }: FilterableColumn): StoredColumn {
    const column = type === "text" ? new TextColumn(multiValued) : new NumberColumn(type === "boolean");
    this.#columns.set(name, column);
    this.#names = [...this.#columns.keys()];
    this.#filterable = [...this.#columns].map(([name, { filterable }]) => ({ name, type: filterable.kind }));
    return column;
  }
}

/** A column that no schema names, by its first value. */
function unknownColumn(name: string, value: unknown): FilterableColumn {
  const type = typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : "text";
  return { name, type, multiValued: type === "text" };
}

/** Properties by name. The datasets service has checked them; should they be unreadable, one record lacks its values. */
export function parsedProperties(properties: string): Map<string, unknown> {
  if (properties === "") return new Map();
  try {
    const values: unknown = JSON.parse(properties);
    return new Map(typeof values === "object" && values !== null ? Object.entries(values) : []);
  } catch {
    return new Map();
  }
}
