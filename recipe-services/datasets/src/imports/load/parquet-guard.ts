import type { DuckDBConnection } from "@duckdb/node-api";
import { open } from "node:fs/promises";
import { queryRows } from "../../storage/duckdb.js";
import { parquetColumnMetadata, parquetFileMetadata, parquetSchema } from "../../storage/read-files.js";
import { FileRefused, problemAt } from "../staging/file-problem.js";
import { MAX_DECIMAL_DIGITS } from "../staging/typed-rows.js";
import { hasEncryptedColumns } from "./parquet-footer.js";

/** Longest footer: it describes every column of every row group, and is read into memory whole. */
const MAX_FOOTER_BYTES = 32 * 1024 * 1024;

/** Bytes at the end of a Parquet file: the footer's length and the mark. */
const TAIL_BYTES = 8;

/** What an encrypted file is refused with. */
const ENCRYPTED = "is encrypted; save it without encryption";

/**
 * Looks at what a Parquet file says about itself before any of it is unpacked.
 * @param maxBytes most bytes that its values may take; each takes one at least
 * @throws FileRefused when it is no Parquet file, an encrypted one, one that would unpack to more, or one with decimals that
 *   are too long; DuckDB's errors when its footer cannot be read
 */
export async function needReadableParquet(
  connection: DuckDBConnection,
  label: string,
  path: string,
  maxBytes: number,
): Promise<void> {
  const refuse = (message: string) => new FileRefused(label, [problemAt(0, "", "", message)]);
  const footer = await footerOf(path);
  if (footer === undefined) throw refuse("is no readable Parquet file: its end is missing; copy it again");
  if (footer.encrypted) throw refuse(ENCRYPTED);
  if (footer.bytes > MAX_FOOTER_BYTES) {
    throw refuse(
      `has a Parquet footer of ${footer.bytes} bytes; at most ${MAX_FOOTER_BYTES} are read. Take columns out`,
    );
  }
  const [figures] = await queryRows(
    connection,
    `SELECT (SELECT num_rows FROM ${parquetFileMetadata(path)}) AS rows, count(DISTINCT column_id) AS columns,
       sum(total_uncompressed_size) AS bytes FROM ${parquetColumnMetadata(path)}`,
  ).catch(async (error: Error) => {
    // The footer of a file whose columns alone are encrypted is plain, but for what it says about their values.
    throw hasEncryptedColumns(await readEnd(path, footer.bytes)) ? refuse(ENCRYPTED) : error;
  });
  const bytes = Math.max(Number(figures?.["bytes"] ?? 0), Number(figures?.["rows"]) * Number(figures?.["columns"]));
  if (bytes > maxBytes) throw refuse(`is larger than ${maxBytes} bytes after decompression; split it`);
  const [long] = await queryRows(
    connection,
    `SELECT name, precision FROM ${parquetSchema(path)} WHERE precision > ${MAX_DECIMAL_DIGITS} LIMIT 1`,
  );
  // DuckDB takes them for other numbers.
  if (long !== undefined) {
    throw refuse(
      `has a column ${String(long["name"]).slice(0, 100)} of decimals with ${Number(long["precision"])} digits, of which at most ${MAX_DECIMAL_DIGITS} are read; leave it out, or write it as text`,
    );
  }
}

/** The length of a file's footer, and whether that is encrypted; undefined when the file has none. */
async function footerOf(path: string): Promise<{ bytes: number; encrypted: boolean } | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size < 2 * TAIL_BYTES) return undefined;
    const { buffer } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, size - TAIL_BYTES);
    const bytes = buffer.readUInt32LE(0);
    const mark = buffer.toString("latin1", 4);
    return ["PAR1", "PARE"].includes(mark) && bytes <= size ? { bytes, encrypted: mark === "PARE" } : undefined;
  } finally {
    await file.close();
  }
}

/** So many bytes before the tail. */
async function readEnd(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return (await file.read(Buffer.alloc(bytes), 0, bytes, size - TAIL_BYTES - bytes)).buffer;
  } finally {
    await file.close();
  }
}
