import type { DuckDBDataChunk } from "@duckdb/node-api";
import type { Column } from "@palate/proto/dataset";
import { Field, makeData, RecordBatch, RecordBatchStreamWriter, Schema, Struct } from "apache-arrow";
import { columnBuilder, type ColumnBuilder } from "./arrow-columns.js";

/** Rows of a full chunk. */
export const CHUNK_ROWS = 65_536;

/** Rows that a DuckDB vector holds at most. */
const VECTOR_ROWS = 2048;

/** Collects rows and packs them into self-contained Arrow IPC streams of one record batch each. */
export class ChunkBuilder {
  readonly #columns: readonly Column[];
  readonly #builders: readonly ColumnBuilder[];
  #rows = 0;

  constructor(columns: readonly Column[]) {
    this.#columns = columns;
    this.#builders = columns.map((column) => columnBuilder(column.type, CHUNK_ROWS));
  }

  /** Rows collected. */
  get rows(): number {
    return this.#rows;
  }

  /** Whether {@link pack} must come before anything more is added. */
  get full(): boolean {
    return this.#rows > CHUNK_ROWS - VECTOR_ROWS;
  }

  /** Adds the rows of a DuckDB chunk that has this builder's columns in order. */
  addVectors(chunk: DuckDBDataChunk): void {
    const count = chunk.rowCount;
    this.#builders.forEach((builder, index) => {
      const vector = chunk.getColumnVector(index);
      for (let row = 0; row < count; row++) builder.append(vector.getItem(row));
    });
    this.#rows += count;
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
