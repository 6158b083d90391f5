import { createReadStream, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { isUtf8 } from "node:buffer";
import { once } from "node:events";
import { createGunzip } from "node:zlib";
import { finished } from "node:stream/promises";
import { FileRefused, problemAt } from "./file-problem.js";

/** How the rows of a file are written down. */
export type FileFormat = "csv" | "jsonl" | "parquet";

/** A file that is ready to be read by DuckDB. */
export interface StagedFile {
  /** How its rows are written down. */
  readonly format: FileFormat;
  /** Where the plain bytes are: a Parquet file as it was given, text decompressed and checked. */
  readonly path: string;
}

const GZIP = Buffer.from([0x1f, 0x8b]);
const PARQUET = Buffer.from("PAR1");
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const LINE_FEED = 0x0a;

/** Reads the first bytes of a file. */
async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The format that a file's name says, or undefined. */
export function formatOfName(name: string): FileFormat | undefined {
  const plain = name.toLowerCase().replace(/\.gz$/, "");
  if (plain.endsWith(".csv")) return "csv";
  if (plain.endsWith(".jsonl") || plain.endsWith(".ndjson") || plain.endsWith(".json")) return "jsonl";
  return plain.endsWith(".parquet") ? "parquet" : undefined;
}

/** Bytes at the end of `chunk` that begin a character which goes on in the next chunk. */
function incompleteTail(chunk: Buffer): number {
  for (let back = 1; back <= Math.min(3, chunk.length); back++) {
    const byte = chunk[chunk.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

/** Counts lines and finds the first byte that is not UTF-8. */
class TextChecker {
  #line = 1;
  #carried: Buffer = Buffer.alloc(0);

  /** Takes the next bytes; returns the line of the first broken character, or undefined. */
  take(chunk: Buffer, last: boolean): number | undefined {
    let bytes = this.#carried.length > 0 ? Buffer.concat([this.#carried, chunk]) : chunk;
    const held = last ? 0 : incompleteTail(bytes);
    this.#carried = Buffer.from(bytes.subarray(bytes.length - held));
    bytes = bytes.subarray(0, bytes.length - held);
    const valid = isUtf8(bytes);
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(LINE_FEED, at);
      const next = end === -1 ? bytes.length : end + 1;
      if (!valid && !isUtf8(bytes.subarray(at, next))) return this.#line;
      if (end !== -1) this.#line++;
      at = next;
    }
    return undefined;
  }
}

/**
 * Copies a file into `target`, decompressed, and checks it on the way: not empty, gzip complete, valid UTF-8, not
 * larger than allowed. Parquet files stay where they are.
 * @param name the file's name, whose ending tells the format where the content does not
 * @param maxBytes most bytes after decompression
 * @param sampleBytes stop after about so many bytes, at the end of a line: for looking at the beginning of a large file
 * @throws FileRefused saying what is wrong and in which line
 */
export async function stageFile(
  label: string,
  source: string,
  name: string,
  target: string,
  maxBytes: number,
  sampleBytes: number = Infinity,
): Promise<StagedFile> {
  const refuse = (line: number, message: string) => new FileRefused(label, [problemAt(line, "", "", message)]);
  const head = await firstBytes(source);
  if (head.length === 0) throw refuse(0, "is empty; it needs a header line and rows");
  if (head.equals(PARQUET)) return { format: "parquet", path: source };
  const format = formatOfName(name);
  if (format === undefined) {
    throw refuse(0, `"${name}" has an unknown ending; .csv, .csv.gz, .jsonl, .jsonl.gz and .parquet are right`);
  }
  if (format === "parquet") throw refuse(0, "is named .parquet but is no Parquet file");
  const zipped = head.subarray(0, 2).equals(GZIP);
  const file = createReadStream(source, { highWaterMark: 1024 * 1024 });
  const plain = zipped ? file.pipe(createGunzip({ chunkSize: 1024 * 1024 })) : file;
  if (zipped) file.on("error", (error) => plain.destroy(error));
  const out = createWriteStream(target, { highWaterMark: 4 * 1024 * 1024 });
  const checker = new TextChecker();
  let bytes = 0;
  let started = false;
  try {
    for await (let chunk of plain as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      const enough = bytes >= sampleBytes;
      if (enough) chunk = chunk.subarray(0, chunk.lastIndexOf(LINE_FEED) + 1);
      if (bytes > maxBytes) throw refuse(0, `is larger than ${maxBytes} bytes after decompression; split it`);
      if (!started && chunk.subarray(0, 3).equals(BYTE_ORDER_MARK)) chunk = chunk.subarray(3);
      started = true;
      const broken = checker.take(chunk, false);
      if (broken !== undefined) throw refuse(broken, "is not valid UTF-8; save the file as UTF-8");
      if (!out.write(chunk)) await once(out, "drain");
      if (enough) break;
    }
    const broken = checker.take(Buffer.alloc(0), true);
    if (broken !== undefined) throw refuse(broken, "ends in the middle of a UTF-8 character");
    out.end();
    await finished(out);
  } catch (thrown) {
    file.destroy();
    out.destroy();
    throw asRefusal(thrown, refuse);
  }
  if (bytes === 0) throw refuse(0, "is empty; it needs a header line and rows");
  return { format, path: target };
}

function asRefusal(thrown: unknown, refuse: (line: number, message: string) => FileRefused): unknown {
  const code = (thrown as NodeJS.ErrnoException).code ?? "";
  if (code === "Z_BUF_ERROR") return refuse(0, "ends before its gzip data is complete; copy it again");
  if (code.startsWith("Z_")) return refuse(0, `is damaged gzip data (${(thrown as Error).message}); compress it again`);
  return thrown;
}
