import type { Column } from "@palate/proto/dataset";
import { Field, makeData, RecordBatch, RecordBatchStreamWriter, Schema, Struct, type Data } from "apache-arrow";
import { columnBuilder, type ColumnBuilder } from "./arrow-columns.js";
import type { RowVectors } from "./stored-rows.js";

/** Rows of a full chunk. */
export const CHUNK_ROWS = 65_536;

/** Rows taken from vectors at a time. */
const BLOCK_ROWS = 256;

/** Characters of text after which a chunk is full: a message has a limit too. */
const FULL_TEXT = 8 * 1024 * 1024;

/** The rows of a chunk by column. */
export interface ChunkData {
  readonly columns: readonly Column[];
  /** Each column's values. */
  readonly data: readonly Data[];
  readonly rows: number;
}

/** Turns a chunk into the bytes that readers get. */
export type EncodeChunk = (chunk: ChunkData) => Buffer;

/** A chunk as a self-contained Arrow IPC stream of one record batch. */
export const toArrowStream: EncodeChunk = ({ columns, data, rows }) => {
  const fields = columns.map((column, i) => new Field(column.name, data[i]!.type, true));
  const struct = makeData({ type: new Struct(fields), length: rows, nullCount: 0, children: [...data] });
  const batch = new RecordBatch(new Schema(fields), struct);
  const bytes = RecordBatchStreamWriter.writeAll([batch]).toUint8Array(true);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};

/** Collects rows and packs them into self-contained Arrow IPC streams of one record batch each. */
export class ChunkBuilder {
  readonly #columns: readonly Column[];
  readonly #builders: readonly ColumnBuilder[];
  readonly #most: number;
  readonly #encode: EncodeChunk;
  #rows = 0;

  /** @param most rows of a full chunk, above {@link BLOCK_ROWS} */
  constructor(columns: readonly Column[], most: number = CHUNK_ROWS, encode: EncodeChunk = toArrowStream) {
    this.#columns = columns;
    this.#most = most;
    this.#encode = encode;
    this.#builders = columns.map((column) => columnBuilder(column.type, most));
  }

  /** Rows collected. */
  get rows(): number {
    return this.#rows;
  }

  /** Whether {@link pack} must come before anything more is added. */
  get full(): boolean {
    if (this.#rows > this.#most - BLOCK_ROWS) return true;
    let text = 0;
    for (const builder of this.#builders) text += builder.textLength;
    return text > FULL_TEXT;
  }

  /** Adds some of the rows, which have this builder's columns in order, from `from` on; returns where it stopped. */
  addVectors(chunk: RowVectors, from: number): number {
    const end = Math.min(from + BLOCK_ROWS, chunk.rowCount);
    this.#builders.forEach((builder, index) => {
      const vector = chunk.getColumnVector(index);
      for (let row = from; row < end; row++) builder.append(vector.getItem(row));
    });
    this.#rows += end - from;
    return end;
  }

  /** Adds one row. */
  addRow(values: readonly unknown[]): void {
    this.#builders.forEach((builder, index) => builder.append(values[index]));
    this.#rows++;
  }

  /** The rows collected as an Arrow IPC stream; the builder starts over. */
  pack(): { readonly arrowIpc: Buffer; readonly rows: number } {
    const rows = this.#rows;
    const data = this.#builders.map((builder) => builder.finish());
    this.#rows = 0;
    return { arrowIpc: this.#encode({ columns: this.#columns, data, rows }), rows };
  }
}
