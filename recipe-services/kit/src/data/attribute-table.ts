import type { Column } from "@palate/proto/dataset";
import type { AttributeColumn } from "../recipe/index.js";
import { NumberColumn, TextColumn, type StoredColumn } from "./attribute-column.js";
import type { ChunkColumns } from "./chunk-columns.js";

/** Metadata of all items, or of all users, in columns. */
export class AttributeTable {
  readonly #columns = new Map<string, StoredColumn>();
  #names: readonly string[] = [];

  /**
   * @param columns the dataset's columns in schema order
   * @param idColumn the one among them that says whose row it is
   */
  constructor(columns: readonly Column[], idColumn: string) {
    for (const { name, type } of columns) if (name !== idColumn) this.#add(name, type);
  }

  /** Names of the columns in schema order. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Takes a chunk's rows: row i replaces whatever `owners[i]` had. */
  setRows(chunk: ChunkColumns, owners: Int32Array): void {
    for (const [name, column] of this.#columns) column.setRows(name, chunk, owners);
  }

  /**
   * Replaces whatever an item or user had.
   * @param properties a JSON object, {"COLUMN": value}; columns left out become empty
   */
  setProperties(index: number, properties: string): void {
    const values = parsed(properties);
    for (const [name, column] of this.#columns) column.set(index, values.get(name));
    // The dataset may have got its schema after the snapshot that this table was made from.
    for (const [name, value] of values) if (!this.#columns.has(name)) this.#add(name, typeof value).set(index, value);
  }

  /** A value as text; empty where there is none, and for a column that is not there. */
  text(index: number, column: string): string {
    return this.#columns.get(column)?.text(index) ?? "";
  }

  /** All columns with the first `count` values of each. */
  columns(count: number): Record<string, AttributeColumn> {
    return Object.fromEntries([...this.#columns].map(([name, column]) => [name, column.values(count)]));
  }

  #add(name: string, type: string): StoredColumn {
    const text = type === "string" || type === "object" || type === "undefined";
    const column = text ? new TextColumn() : new NumberColumn(type === "boolean");
    this.#columns.set(name, column);
    this.#names = [...this.#columns.keys()];
    return column;
  }
}

/** Properties by name. The datasets service has checked them; should they be unreadable, one record lacks its values. */
function parsed(properties: string): Map<string, unknown> {
  if (properties === "") return new Map();
  try {
    const values: unknown = JSON.parse(properties);
    return new Map(typeof values === "object" && values !== null ? Object.entries(values) : []);
  } catch {
    return new Map();
  }
}
