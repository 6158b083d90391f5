import type { Column } from "@palate/proto/dataset";
import { Field, makeData, RecordBatch, RecordBatchStreamWriter, Schema, Struct } from "apache-arrow";
import { columnBuilder, type ColumnBuilder } from "./arrow-columns.js";
import type { RowVectors } from "./stored-rows.js";

/** Rows of a full chunk. */
export const CHUNK_ROWS = 65_536;

/** Rows taken from vectors at a time. */
const BLOCK_ROWS = 256;

/** Characters of text after which a chunk is full: a message has a limit too. */
const FULL_TEXT = 8 * 1024 * 1024;

/** Collects rows and packs them into self-contained Arrow IPC streams of one record batch each. */
export class ChunkBuilder {
  readonly #columns: readonly Column[];
  readonly #builders: readonly ColumnBuilder[];
  readonly #most: number;
  #rows = 0;

  /** @param most rows of a full chunk, above {@link BLOCK_ROWS} */
  constructor(columns: readonly Column[], most: number = CHUNK_ROWS) {
    this.#columns = columns;
    this.#most = most;
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
    const children = this.#builders.map((builder) => builder.finish());
    const fields = this.#columns.map((column, i) => new Field(column.name, children[i]!.type, true));
    const struct = makeData({ type: new Struct(fields), length: rows, nullCount: 0, children });
    const batch = new RecordBatch(new Schema(fields), struct);
    const bytes = RecordBatchStreamWriter.writeAll([batch]).toUint8Array(true);
    this.#rows = 0;
    return { arrowIpc: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), rows };
  }
}
