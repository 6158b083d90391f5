import { PalateError } from "@palate/host";
import { tableFromIPC, Type, type Table, type Vector } from "apache-arrow";
import type { IdIndex } from "./id-index.js";

/** Dictionary entry not looked up yet; -1 means no id. */
const UNSEEN = -2;

/** The columns of one snapshot chunk. */
export class ChunkColumns {
  readonly #table: Table;
  /** Rows in the chunk. */
  readonly rows: number;
  /** Names of its columns. */
  readonly names: readonly string[];

  /** @param arrowIpc one self-contained Arrow IPC stream with one record batch */
  constructor(arrowIpc: Uint8Array) {
    this.#table = tableFromIPC(arrowIpc);
    if (this.#table.batches.length > 1) {
      throw new PalateError(
        "internal",
        `A snapshot chunk has ${this.#table.batches.length} record batches; expected one.`,
      );
    }
    this.rows = this.#table.numRows;
    this.names = this.#table.schema.fields.map((field) => field.name);
  }

  #column(name: string): Vector | null {
    return this.rows === 0 ? null : this.#table.getChild(name);
  }

  /** A text column as indices into `index`; all -1 when there is no such column. */
  internedColumn(name: string, index: IdIndex): InternedColumn {
    return new InternedColumn(name, this.#column(name), this.rows, index);
  }

  /** A number column, NaN where there is no value; null when there is no such column. Booleans are 0 and 1. */
  numbers(name: string): Float64Array | null {
    const column = this.#column(name);
    if (column === null) return null;
    const data = column.data[0]!;
    const numbers = new Float64Array(this.rows);
    if (column.type.typeId === Type.Int && data.values instanceof BigInt64Array) {
      // Read as two halves, since making a BigInt of each of a million values would cost more than all the rest.
      const halves = new Int32Array(data.values.buffer, data.values.byteOffset, 2 * this.rows);
      for (let i = 0; i < numbers.length; i++) numbers[i] = halves[2 * i + 1]! * 2 ** 32 + (halves[2 * i]! >>> 0);
    } else if (column.type.typeId === Type.Int || column.type.typeId === Type.Float) {
      numbers.set((data.values as Float64Array).subarray(0, this.rows)); // Buffers are padded.
    } else if (column.type.typeId === Type.Bool) {
      for (let i = 0; i < numbers.length; i++) numbers[i] = column.get(i) ? 1 : 0;
    } else {
      throw new PalateError("internal", `Column ${name} of a snapshot chunk is ${column.type}; expected a number.`);
    }
    if (data.nullCount > 0) for (let i = 0; i < numbers.length; i++) if (!data.getValid(i)) numbers[i] = NaN;
    return numbers;
  }
}

/**
 * A dictionary-encoded text column seen as indices of an {@link IdIndex}: each text of the chunk's own dictionary is looked
 * up once, when a row first needs it, and each row costs one array access.
 */
export class InternedColumn {
  readonly #codes: Int32Array;
  readonly #dictionary: Vector | undefined;
  readonly #indexOfCode: Int32Array;
  readonly #index: IdIndex;

  constructor(name: string, column: Vector | null, rows: number, index: IdIndex) {
    this.#index = index;
    this.#codes = new Int32Array(0);
    this.#indexOfCode = new Int32Array(0);
    if (column === null) return;
    const data = column.data[0]!;
    if (data.dictionary === undefined || data.dictionary.type.typeId !== Type.Utf8) {
      throw new PalateError(
        "internal",
        `Column ${name} of a snapshot chunk is ${column.type}; expected dictionary-encoded text.`,
      );
    }
    this.#dictionary = data.dictionary;
    this.#codes = data.values as Int32Array;
    this.#indexOfCode = new Int32Array(data.dictionary.length).fill(UNSEEN);
    if (data.nullCount > 0) {
      this.#codes = this.#codes.slice(0, rows);
      for (let i = 0; i < rows; i++) if (!data.getValid(i)) this.#codes[i] = -1;
    }
  }

  /** Index of a row's text; -1 where there is none or it is empty. */
  at(row: number): number {
    const code = this.#codes[row] ?? -1;
    if (code < 0) return -1;
    const known = this.#indexOfCode[code]!;
    return known === UNSEEN ? this.#intern(code) : known;
  }

  #intern(code: number): number {
    const text = this.#dictionary!.get(code) as string | null;
    const index = text === null || text === "" ? -1 : this.#index.intern(text);
    this.#indexOfCode[code] = index;
    return index;
  }
}
