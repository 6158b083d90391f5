import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { formatOfName, isNoTable, KNOWN_ENDINGS } from "../sources/file-format.js";
import { FileRefused, problemAt } from "./file-problem.js";
import { endsLinesInReturn } from "./line-ends.js";
import { normalisedLineEnds, normaliseFile, type ValueMarks } from "./normalise-line-ends.js";
import type { Source } from "../sources/source.js";
import { Staging, type StageLimits } from "./staging.js";
import { TextChecker } from "./text-checker.js";

/** A file that is ready to be read by DuckDB. */
export interface StagedFile {
  /** How its rows are written down. */
  readonly format: "csv" | "jsonl" | "parquet";
  /** Where the plain bytes are: a local Parquet file as it was given, anything else fetched, decompressed and checked. */
  readonly path: string;
  /** Bytes of it as it was given. */
  readonly bytes: number;
  /** The folders that it came from, outermost first. */
  readonly folders: readonly string[];
}

const GZIP = Buffer.from([0x1f, 0x8b]);
/** How Parquet files begin; the second kind is encrypted. */
const PARQUET = ["PAR1", "PARE"];

/** Separated values as RFC 4180 has them. */
const USUAL_MARKS: ValueMarks = { delimiter: ",", quote: '"', escape: '"', skipLines: 0, comment: "" };

/** Bytes that tell how a text's lines end. */
const LOOK_BYTES = 64 * 1024;

/** First bytes that tell an encoding which is not taken. */
const OTHER_ENCODINGS: readonly (readonly [Buffer, string])[] = [
  [Buffer.from([0xff, 0xfe]), "UTF-16"],
  [Buffer.from([0xfe, 0xff]), "UTF-16"],
  [Buffer.from("PK\x03\x04", "latin1"), "a zip archive"],
  [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), "compressed with zstd"],
  [Buffer.from([0xfd, 0x37, 0x7a, 0x58]), "compressed with xz"],
];

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
 * Copies a file into `target`, decompressed, and checks it on the way: gzip complete and no bomb, UTF-8 without
 * NUL bytes and endless lines, not larger than allowed. Local Parquet files stay where they are. Records end in LF then, or
 * all of them in CR LF.
 * @param marks what tells the values of a text file apart
 * @returns undefined when there is nothing in it
 * @throws FileRefused saying what is wrong and in which line
 */
export async function stageFile(
  label: string,
  source: Source,
  target: string,
  limits: StageLimits,
  marks: ValueMarks = USUAL_MARKS,
): Promise<StagedFile | undefined> {
  const refuse = (line: number, message: string) => new FileRefused(label, [problemAt(line, "", "", message)]);
  const { folders = [] } = source;
  const opened = await source.open(limits.signal);
  const staging = new Staging(target, limits, refuse);
  const given = staging.count(opened.body);
  const { head, all } = await peek(given, 4);
  const whole = Readable.from(all);
  try {
    if (head.length === 0) return undefined;
    if (PARQUET.includes(head.toString("latin1", 0, 4))) {
      if (source.path !== undefined) return { format: "parquet", path: source.path, bytes: opened.bytes ?? 0, folders };
      await staging.write(whole, undefined);
      return { format: "parquet", path: target, bytes: staging.bytes, folders };
    }
    const format = needTextFormat(opened.name, head, refuse);
    const zipped = head.subarray(0, 2).equals(GZIP);
    const checker = new TextChecker();
    await staging.write(await withLineFeeds(zipped ? unzip(whole) : whole, marks), checker);
    if (format === "csv" && checker.mixedLineEnds) await normaliseFile(target, marks, limits.signal);
    if (checker.blank) return undefined;
    return { format, path: target, bytes: opened.bytes ?? staging.bytes, folders };
  } catch (thrown) {
    throw asRefusal(thrown, refuse);
  } finally {
    whole.destroy();
    // Lets go of the file or connection, whatever has been read of it; one that stands still is not waited for.
    void given.return(undefined).catch(() => {});
  }
}

/** A text whose lines end in CR alone gets LF. */
async function withLineFeeds(text: AsyncIterable<Buffer>, marks: ValueMarks): Promise<AsyncIterable<Buffer>> {
  const { head, all } = await peek(text, LOOK_BYTES);
  return endsLinesInReturn(head) ? normalisedLineEnds(all, marks, true) : all;
}

function needTextFormat(
  name: string,
  head: Buffer,
  refuse: (line: number, message: string) => FileRefused,
): "csv" | "jsonl" {
  if (isNoTable(name)) throw refuse(0, `"${name}" has an unknown ending; ${KNOWN_ENDINGS} are right`);
  const named = formatOfName(name);
  if (named === "parquet") throw refuse(0, "is named .parquet but is no Parquet file");
  const other = OTHER_ENCODINGS.find(([bytes]) => head.subarray(0, bytes.length).equals(bytes));
  if (other) throw refuse(0, `is ${other[1]}; save it as UTF-8 text, plain or compressed with gzip`);
  return named === "json" || named === "jsonl" ? "jsonl" : "csv";
}

function unzip(file: Readable): AsyncIterable<Buffer> {
  const plain = file.pipe(createGunzip({ chunkSize: 1024 * 1024 }));
  file.on("error", (error) => plain.destroy(error));
  return plain as AsyncIterable<Buffer>;
}

function asRefusal(thrown: unknown, refuse: (line: number, message: string) => FileRefused): unknown {
  const code = (thrown as NodeJS.ErrnoException).code ?? "";
  if (code === "Z_BUF_ERROR") return refuse(0, "ends before its gzip data is complete; copy it again");
  if (code.startsWith("Z_")) return refuse(0, `is damaged gzip data (${(thrown as Error).message}); compress it again`);
  if (code === "ENOSPC") return refuse(0, "does not fit on the disk of the datasets service; make room or split it");
  return thrown;
}
