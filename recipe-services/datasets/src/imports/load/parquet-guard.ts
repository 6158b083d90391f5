import type { DuckDBConnection } from "@duckdb/node-api";
import { open } from "node:fs/promises";
import { queryRows } from "../../storage/duckdb.js";
import { parquetColumnMetadata, parquetFileMetadata } from "../../storage/read-files.js";
import { FileRefused, problemAt } from "../staging/file-problem.js";

/** Longest footer: it describes every column of every row group, and is read into memory whole. */
const MAX_FOOTER_BYTES = 32 * 1024 * 1024;

/** Bytes at the end of a Parquet file: the footer's length and the mark. */
const TAIL_BYTES = 8;

/**
 * Looks at what a Parquet file says about itself before any of it is unpacked.
 * @param maxBytes most bytes that its values may take; each takes one at least
 * @throws FileRefused when it is no Parquet file, or one that would unpack to more
 */
export async function needReadableParquet(
  connection: DuckDBConnection,
  label: string,
  path: string,
  maxBytes: number,
): Promise<void> {
  const refuse = (message: string) => new FileRefused(label, [problemAt(0, "", "", message)]);
  const footer = await footerBytes(path);
  if (footer === undefined) throw refuse("is no readable Parquet file: its end is missing; copy it again");
  if (footer > MAX_FOOTER_BYTES) {
    throw refuse(`has a Parquet footer of ${footer} bytes; at most ${MAX_FOOTER_BYTES} are read. Take columns out`);
  }
  const [figures] = await queryRows(
    connection,
    `SELECT (SELECT num_rows FROM ${parquetFileMetadata(path)}) AS rows, count(DISTINCT column_id) AS columns,
       sum(total_uncompressed_size) AS bytes FROM ${parquetColumnMetadata(path)}`,
  ).catch((error: Error) => {
    throw refuse(`is no readable Parquet file: ${error.message.split("\n")[0]}`);
  });
  const bytes = Math.max(Number(figures?.["bytes"] ?? 0), Number(figures?.["rows"]) * Number(figures?.["columns"]));
  if (bytes > maxBytes) throw refuse(`is larger than ${maxBytes} bytes after decompression; split it`);
}

async function footerBytes(path: string): Promise<number | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size < 2 * TAIL_BYTES) return undefined;
    const { buffer } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, size - TAIL_BYTES);
    const length = buffer.readUInt32LE(0);
    return buffer.toString("latin1", 4) === "PAR1" && length <= size ? length : undefined;
  } finally {
    await file.close();
  }
}
