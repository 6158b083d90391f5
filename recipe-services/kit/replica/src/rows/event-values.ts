import type { EventColumn, FilterableColumn } from "@palate/filter";
import type { InteractionColumn } from "@palate/recipe";
import type { ChunkColumns } from "./chunk-columns.js";
import { ensureCapacity } from "./ensure-capacity.js";
import { IdIndex } from "./id-index.js";

type Values = Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** A column's values where no interaction has one, as long as was ever needed. */
let noTexts = new Int8Array(0);
let noNumbers = new Float32Array(0);

/**
 * One column of interactions beside the arrays of a history, at the same places. Takes no memory before a first value, then
 * the narrowest numbers that hold all values: a byte for up to 128 different texts, four for numbers that 32 bits hold exactly.
 */
export class EventValues {
  /** What it is, as filters see it; the object stays the same. */
  readonly column: FilterableColumn & EventColumn;
  readonly #texts: IdIndex;
  #values: Values | undefined;

  /** @param texts the different texts so far, for a column that takes the place of another */
  constructor(column: FilterableColumn, texts: IdIndex = new IdIndex()) {
    const { name, type, multiValued } = column;
    this.#texts = texts;
    const text = { kind: "text" as const, codeOf: (value: string) => texts.indexOf(value), dictionary: texts.ids };
    this.column = { name, type, multiValued, ...(type === "text" ? text : { kind: type }) };
  }

  /** Values of the places from `begin` to `end`, as a view: codes of texts (-1: none), or numbers (NaN: none). */
  view(begin: number, end: number): ArrayLike<number> {
    if (this.#values !== undefined) return this.#values.subarray(begin, end);
    const length = end - begin;
    if (this.#isText) return (noTexts = ensureCapacity(noTexts, length, -1)).subarray(0, length);
    return (noNumbers = ensureCapacity(noNumbers, length, NaN)).subarray(0, length);
  }

  /**
   * Sets the value at a place.
   * @param value a text, number or boolean; anything else, or what is of no use to the column, is none
   * @param places how many places there are
   */
  set(place: number, value: unknown, places: number): void {
    this.#put(place, this.#encode(value), places);
  }

  /**
   * Sets the values of a chunk's rows from a place on.
   * @param rows which row goes to each place
   */
  setRows(from: number, chunk: ChunkColumns, rows: Int32Array, places: number): void {
    const { name } = this.column;
    if (!chunk.names.includes(name)) return;
    if (this.#isText) {
      const column = chunk.internedColumn(name, this.#texts);
      for (let i = 0; i < rows.length; i++) this.#put(from + i, column.at(rows[i]!), places);
      return;
    }
    const numbers = chunk.numbers(name);
    for (let i = 0; i < rows.length; i++) this.#put(from + i, numbers?.[rows[i]!] ?? NaN, places);
  }

  /** What stands at a place, to be put at another by {@link putRaw}. */
  rawAt(place: number): number {
    return this.#values?.[place] ?? (this.#isText ? -1 : NaN);
  }

  /** Puts what {@link rawAt} gave at a place. */
  putRaw(place: number, raw: number, places: number): void {
    this.#put(place, raw, places);
  }

  /** Moves the places from `begin` to `end` so that the first of them stands at `to`. */
  move(to: number, begin: number, end: number): void {
    this.#values?.copyWithin(to, begin, end);
  }

  /** The same column with the value of place `arrivals[k]` at each place k. */
  inOrder(arrivals: Int32Array): EventValues {
    const ordered = new EventValues(this.column, this.#texts);
    if (this.#values === undefined) return ordered;
    const values = new (this.#values.constructor as new (length: number) => Values)(arrivals.length);
    for (let k = 0; k < arrivals.length; k++) values[k] = this.#values[arrivals[k]!]!;
    ordered.#values = values;
    return ordered;
  }

  /**
   * Copies runs of places into new room.
   * @param places how many there are then
   * @param runs calls `copy` with each run and where it goes
   */
  repack(places: number, runs: (copy: (to: number, begin: number, end: number) => void) => void): void {
    const old = this.#values;
    if (old === undefined) return;
    const values = new (old.constructor as new (length: number) => Values)(places);
    runs((to, begin, end) => values.set(old.subarray(begin, end) as never, to));
    this.#values = values;
  }

  get #isText(): boolean {
    return this.column.type === "text";
  }

  #encode(value: unknown): number {
    if (this.#isText) {
      const text = Array.isArray(value) ? value.join("|") : value;
      const known = (typeof text === "string" && text !== "") || typeof text === "number" || typeof text === "boolean";
      return known ? this.#texts.intern(String(text)) : -1;
    }
    if (typeof value === "boolean") return value ? 1 : 0;
    return typeof value === "number" ? value : NaN;
  }

  #put(place: number, value: number, places: number): void {
    if (this.#values === undefined) {
      if (this.#isText ? value < 0 : Number.isNaN(value)) return;
      this.#values = this.#isText ? new Int8Array(places).fill(-1) : new Float32Array(places).fill(NaN);
    }
    if (this.#values.length < places) this.#values = ensureCapacity(this.#values, places, this.#isText ? -1 : NaN);
    this.#values[place] = value;
    if (!Object.is(this.#values[place], value) && !Number.isNaN(value)) {
      this.#values = wider(this.#values);
      this.#put(place, value, places);
    }
  }
}

/** A column's values as recipes read them. */
export function interactionColumn(column: EventColumn, values: ArrayLike<number>): InteractionColumn {
  return { values, ...(column.kind === "text" && { texts: column.dictionary }) };
}

/** The same values in numbers that hold more. */
function wider(values: Values): Values {
  if (values instanceof Int8Array) return Int16Array.from(values);
  if (values instanceof Int16Array) return Int32Array.from(values);
  return Float64Array.from(values);
}
