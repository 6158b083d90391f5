import type { FilterColumn } from "@palate/filter";
import type { AttributeColumn } from "@palate/recipe";
import type { ChunkColumns } from "./chunk-columns.js";
import { ensureCapacity } from "./ensure-capacity.js";
import { IdIndex } from "./id-index.js";

/** Values of one metadata column by item or user index, held compactly. */
export interface StoredColumn {
  /** Takes a whole chunk's values: row i is for index `owners[i]`, or ignored when that is negative. */
  setRows(name: string, chunk: ChunkColumns, owners: Int32Array): void;
  /** Sets one value; what cannot be one of this column's becomes none. */
  set(index: number, value: unknown): void;
  /** The value as text; empty where there is none. */
  text(index: number): string;
  /** The first `count` values. */
  values(count: number): AttributeColumn;
  /** The column as filters read it: live, and the same object for as long as the column exists. */
  readonly filterable: FilterColumn;
}

/** Texts, each different one held once. */
export class TextColumn implements StoredColumn {
  readonly filterable: FilterColumn;
  readonly #texts = new IdIndex();
  #codes = new Int32Array(0);

  /** @param multiValued whether "a|b" is two values to filters */
  constructor(multiValued: boolean = true) {
    const codes = () => this.#codes;
    const texts = this.#texts;
    this.filterable = {
      kind: "text",
      multiValued,
      dictionary: texts.ids,
      codeOf: (text) => texts.indexOf(text),
      get values() {
        return codes();
      },
    };
  }

  setRows(name: string, chunk: ChunkColumns, owners: Int32Array): void {
    const column = chunk.internedColumn(name, this.#texts);
    for (let row = 0; row < owners.length; row++) if (owners[row]! >= 0) this.#put(owners[row]!, column.at(row));
  }

  set(index: number, value: unknown): void {
    const text = Array.isArray(value) ? value.join("|") : value;
    const known = (typeof text === "string" && text !== "") || typeof text === "number" || typeof text === "boolean";
    this.#put(index, known ? this.#texts.intern(String(text)) : -1);
  }

  text(index: number): string {
    return this.#texts.idOf(this.#codes[index] ?? -1);
  }

  values(count: number): AttributeColumn {
    return Array.from({ length: count }, (_, index) => this.text(index) || null);
  }

  #put(index: number, code: number): void {
    this.#codes = ensureCapacity(this.#codes, index + 1, -1);
    this.#codes[index] = code;
  }
}

/** Numbers, or booleans as 0 and 1; NaN where there is none. */
export class NumberColumn implements StoredColumn {
  readonly filterable: FilterColumn;
  readonly #boolean: boolean;
  #numbers = new Float64Array(0);

  /** @param boolean whether values are true and false rather than numbers */
  constructor(boolean: boolean) {
    this.#boolean = boolean;
    const numbers = () => this.#numbers;
    this.filterable = {
      kind: boolean ? "boolean" : "number",
      get values() {
        return numbers();
      },
    };
  }

  setRows(name: string, chunk: ChunkColumns, owners: Int32Array): void {
    const numbers = chunk.numbers(name);
    for (let row = 0; row < owners.length; row++) if (owners[row]! >= 0) this.#put(owners[row]!, numbers?.[row] ?? NaN);
  }

  set(index: number, value: unknown): void {
    const known =
      typeof value === "number" || typeof value === "boolean" || (typeof value === "string" && value !== "");
    this.#put(index, known ? (value === "true" ? 1 : value === "false" ? 0 : Number(value)) : NaN);
  }

  text(index: number): string {
    const value = this.#value(index);
    return value === null ? "" : String(value);
  }

  values(count: number): AttributeColumn {
    return Array.from({ length: count }, (_, index) => this.#value(index));
  }

  #value(index: number): number | boolean | null {
    const number = this.#numbers[index] ?? NaN;
    if (Number.isNaN(number)) return null;
    return this.#boolean ? number !== 0 : number;
  }

  #put(index: number, number: number): void {
    this.#numbers = ensureCapacity(this.#numbers, index + 1, NaN);
    this.#numbers[index] = number;
  }
}
