import { PalateError } from "@palate/host";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import type { Source } from "../sources/source.js";
import { COMPRESSIONS, damageOf, type Compression } from "./compression.js";
import { contentKind, isTyped, type ContentKind } from "./content-kind.js";
import { FileRefused, problemAt } from "./file-problem.js";
import { USUAL_READING, type FileReading } from "./file-reading.js";
import { jsonRows } from "./json-rows.js";
import { endsLinesInReturn } from "./line-ends.js";
import { normalisedLineEnds, normaliseFile, type ValueMarks } from "./normalise-line-ends.js";
import { Staging, type StageLimits } from "./staging.js";
import { TextChecker } from "./text-checker.js";
import { asUtf8, encodingOf } from "./text-encoding.js";
import { TextProblem } from "./text-problem.js";
import { UnknownType, type TypedColumn } from "./typed-rows.js";

/** A file that is ready to be read by DuckDB. */
export interface StagedFile {
  /** How its rows are written down. */
  readonly format: "csv" | "jsonl" | "parquet" | "typed-json";
  /** The columns of the format "typed-json", whose lines call them by number. */
  readonly typedColumns?: readonly TypedColumn[];
  /** Where the plain bytes are: a local Parquet file as it was given, anything else fetched, decompressed and checked. */
  readonly path: string;
  /** Bytes of it as it was given. */
  readonly bytes: number;
  /** The folders that it came from, outermost first. */
  readonly folders: readonly string[];
  /** What separates the values of a text unless something else was stated. */
  readonly delimiter: string;
}

type Refuse = (line: number, message: string) => FileRefused;

/** Bytes that tell what a file holds, and how a text's lines end. */
const LOOK_BYTES = 64 * 1024;

/** The first bytes of a stream, at least `least` unless it is shorter, and the whole stream with them. */
async function peek(
  body: AsyncIterable<Buffer>,
  least: number,
): Promise<{ head: Buffer; all: AsyncGenerator<Buffer> }> {
  const iterator = body[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  let ended = false;
  while (head.length < least && !ended) {
    const next = await iterator.next();
    if (next.done) ended = true;
    else head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  async function* all(): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head;
    while (!ended) {
      const next = await iterator.next();
      if (next.done) return;
      yield next.value;
    }
  }
  return { head, all: all() };
}

/**
 * Copies a file into `target`, ready to be read: decompressed, as UTF-8, a row of JSON in each line, and records that end in
 * LF (or all of them in CR LF). Checks it on the way: complete and no bomb, no NUL bytes and endless lines, not larger than
 * allowed. Local Parquet files stay where they are.
 * @returns undefined when there is nothing in it
 * @throws FileRefused saying what is wrong and in which line
 */
export async function stageFile(
  label: string,
  source: Source,
  target: string,
  limits: StageLimits,
  reading: FileReading = USUAL_READING,
): Promise<StagedFile | undefined> {
  const refuse: Refuse = (line, message) => new FileRefused(label, [problemAt(line, "", "", message)]);
  const opened = await source.open(limits.signal);
  const staging = new Staging(target, limits, refuse);
  const given = staging.count(opened.body);
  const { head, all } = await peek(given, LOOK_BYTES);
  const whole = Readable.from(all, { objectMode: true });
  const compression = COMPRESSIONS.find(({ begins }) => begins(head));
  try {
    if (head.length === 0) return undefined;
    const isPlain = compression === undefined;
    const plain = await peek(isPlain ? whole : unpacked(whole, compression, refuse), LOOK_BYTES);
    if (plain.head.length === 0) return undefined;
    if (COMPRESSIONS.some(({ begins }) => begins(plain.head))) throw refuse(0, "is compressed twice; unpack it once");
    const encoding = isTyped(plain.head) ? "utf-8" : encodingOf(plain.head, reading.encoding);
    if (encoding === undefined) {
      throw refuse(
        0,
        `cannot be read: there is no encoding "${reading.encoding.slice(0, 100)}"; "utf-8" and "latin1" are some`,
      );
    }
    const text = await peek(encoding === "utf-8" ? plain.all : asUtf8(plain.all, encoding), LOOK_BYTES);
    const kind = contentKind(text.head, opened.name, reading.format);
    if (typeof kind === "object") throw refuse(0, kind.message);
    const folders = source.folders ?? [];
    const delimiter = kind === "tsv" ? "\t" : ",";
    const bytes = () => opened.bytes ?? staging.bytes;
    if (kind === "parquet") {
      const stays = isPlain && source.path !== undefined;
      if (!stays) await staging.write(text.all, undefined);
      const path = stays ? source.path : target;
      return { format: "parquet", path, bytes: bytes(), folders, delimiter };
    }
    if (kind === "avro" || kind === "arrow") {
      await staging.write(text.all, undefined);
      const typedColumns = await stageTyped(kind, target, limits, staging.bytes, refuse);
      return { format: "typed-json", typedColumns, path: target, bytes: bytes(), folders, delimiter };
    }
    const marks = reading.marks(delimiter);
    const checker = new TextChecker();
    await staging.write(rowsOf(kind, text, marks, reading), checker);
    if (checker.blank) return undefined;
    const format = kind === "csv" || kind === "tsv" ? "csv" : "jsonl";
    if (format === "csv" && checker.mixedLineEnds) await normaliseFile(target, marks, limits.signal);
    return { format, path: target, bytes: bytes(), folders, delimiter };
  } catch (thrown) {
    throw asRefusal(thrown, compression, refuse);
  } finally {
    whole.destroy();
    // Lets go of the file or connection, whatever has been read of it; one that stands still is not waited for.
    void given.return(undefined).catch(() => {});
  }
}

/** Turns a file with types into lines that DuckDB reads, in place. */
async function stageTyped(
  kind: "avro" | "arrow",
  target: string,
  limits: StageLimits,
  bytes: number,
  refuse: Refuse,
): Promise<readonly TypedColumn[]> {
  const given = `${target}.given`;
  await rename(target, given);
  try {
    // Few processes ever read such files, so the libraries are loaded on first use.
    const read =
      kind === "avro" ? (await import("./avro-rows.js")).avroRows : (await import("./arrow-rows.js")).arrowRows;
    const { columns, lines, close } = await read(given);
    try {
      if (columns.length === 0) throw refuse(0, "has no columns; write it anew");
      const staging = new Staging(target, { ...limits, progress: undefined }, refuse);
      staging.given = bytes;
      await staging.write(lines, new TextChecker());
      return columns;
    } finally {
      await close();
    }
  } catch (thrown) {
    if (thrown instanceof UnknownType) throw refuse(0, thrown.message);
    if (thrown instanceof PalateError || limits.signal.aborted || (thrown as NodeJS.ErrnoException).code === "ENOSPC")
      throw thrown;
    throw refuse(
      0,
      `cannot be read as ${kind === "avro" ? "Avro" : "Arrow"} (${(thrown as Error).message.slice(0, 300)}); write it anew, or as Parquet`,
    );
  } finally {
    await rm(given, { force: true });
  }
}

function unpacked(file: Readable, { name, unpack }: Compression, refuse: Refuse): AsyncIterable<Buffer> {
  if (unpack !== undefined) return unpack(file as AsyncIterable<Buffer>);
  throw refuse(0, `is compressed with ${name}, which is not read; compress it with gzip, or not at all`);
}

/** A text with a record or row in each line, as far as the lines can be told while it passes. */
function rowsOf(
  kind: ContentKind,
  { head, all }: { head: Buffer; all: AsyncIterable<Buffer> },
  marks: ValueMarks,
  reading: FileReading,
): AsyncIterable<Buffer> {
  // A document on one line looks like a row of JSON lines, unless somebody says where its rows are.
  const isDocument = kind === "json" || (kind === "jsonl" && reading.rowsPath !== "");
  if (isDocument) return jsonRows(all, reading.rowsPath);
  return endsLinesInReturn(head, marks) ? normalisedLineEnds(all, marks, true) : all;
}

function asRefusal(thrown: unknown, compression: Compression | undefined, refuse: Refuse): unknown {
  if (thrown instanceof TextProblem) return refuse(thrown.line, thrown.message);
  const damage = compression && damageOf(thrown, compression.name);
  if (damage !== undefined) return refuse(0, damage);
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === "ENOSPC") return refuse(0, "does not fit on the disk of the datasets service; make room or split it");
  return thrown;
}
