import { makeVector, tableFromIPC } from "apache-arrow";
import type { ChunkData, EncodeChunk } from "../storage/arrow-chunk.js";

/** Unpacked chunks by the bytes that stand for them. */
const unpacked = new WeakMap<Uint8Array, ChunkData>();

/** Stands for a chunk without writing it as an Arrow stream, which is slow: it is read in the same process. */
export const unpackedChunk: EncodeChunk = (chunk) => {
  const bytes = Buffer.alloc(0);
  unpacked.set(bytes, chunk);
  return bytes;
};

/** The rows of a chunk, an unpacked one or an Arrow stream, and the values of some of its columns where it has them. */
export function textColumns(bytes: Uint8Array, names: readonly string[]) {
  const chunk = unpacked.get(bytes);
  if (chunk) {
    const at = names.map((name) => chunk.columns.findIndex((column) => column.name === name));
    return {
      rows: chunk.rows,
      values: at.map((index) => (index < 0 ? undefined : makeVector(chunk.data[index]!).toArray())),
    };
  }
  const table = tableFromIPC(bytes);
  return { rows: table.numRows, values: names.map((name) => table.getChild(name)?.toArray()) };
}
