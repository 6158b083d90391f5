import type { ColumnSchema, EventColumn, EventRows, EventTable, FilterColumn, RowTable } from "@palate/filter";
import type { AttributeTable } from "../rows/attribute-table.js";
import type { HistoryArena } from "../rows/history-arena.js";
import type { IdIndex } from "../rows/id-index.js";

/** Items, users or actions as filters read them: their ids, and the columns of their dataset. */
export class AttributeRows implements RowTable {
  readonly #index: IdIndex;
  readonly #table: AttributeTable;
  readonly #idColumn: string;
  readonly #ids: FilterColumn;
  #identity = new Int32Array(0);

  /** @param idColumn name of the column that holds the id */
  constructor(index: IdIndex, table: AttributeTable, idColumn: string) {
    this.#index = index;
    this.#table = table;
    this.#idColumn = idColumn;
    const values = () => this.#codes();
    this.#ids = {
      ...idDictionary(index),
      get values() {
        return values();
      },
    };
  }

  get count(): number {
    return this.#index.size;
  }

  get version(): number {
    return this.#table.version;
  }

  get columns(): readonly ColumnSchema[] {
    return [{ name: this.#idColumn, type: "text" }, ...this.#table.filterable];
  }

  column(name: string): FilterColumn | undefined {
    return name === this.#idColumn ? this.#ids : this.#table.filterColumn(name);
  }

  /** Each row's id is the text of its own index; made when a filter first asks for ids. */
  #codes(): Int32Array {
    const { size } = this.#index;
    if (this.#identity.length < size) this.#identity = Int32Array.from({ length: size + (size >> 2) }, (_, row) => row);
    return this.#identity;
  }
}

/** Interactions of all users as filters read them. */
export class HistoryEvents implements EventTable {
  readonly columns: readonly ColumnSchema[];
  readonly #arena: HistoryArena;
  readonly #targetColumn: string;
  readonly #known: ReadonlyMap<string, EventColumn>;

  /**
   * @param index ids of what the interactions are with
   * @param targetColumn name of the column that holds them
   */
  constructor(arena: HistoryArena, index: IdIndex, targetColumn: string) {
    this.#arena = arena;
    this.#targetColumn = targetColumn;
    const known: [string, EventColumn][] = [
      [targetColumn, idDictionary(index)],
      ["TIMESTAMP", { kind: "number" }],
      ...arena.columns.map((column): [string, EventColumn] => [column.name, column]),
    ];
    this.#known = new Map(known);
    this.columns = known.map(([name, { kind }]) => ({ name, type: kind }));
  }

  get version(): number {
    return this.#arena.version;
  }

  column(name: string): EventColumn | undefined {
    return this.#known.get(name);
  }

  rows(user: number): EventRows {
    const { items, timestamps } = this.#arena.history(user);
    return {
      targets: items,
      values: (name) =>
        name === this.#targetColumn ? items : name === "TIMESTAMP" ? timestamps : this.#arena.values(user, name),
    };
  }
}

/** Ids as texts, each its own code. */
export function idDictionary(index: IdIndex) {
  const codeOf = (id: string): number => index.indexOf(id);
  return { kind: "text" as const, multiValued: false, dictionary: index.ids, codeOf };
}
