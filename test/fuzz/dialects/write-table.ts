import type { Random } from "@palate/numeric";
import { chance, pick } from "./draw.js";
import type { TextEncoding } from "./encodings.js";
import type { FileTable } from "./file-table.js";
import { PACKERS } from "./pack.js";
import { drawDialect, type TextDialect } from "./text-dialect.js";
import { writeArrow } from "./write-arrow.js";
import { writeAvro } from "./write-avro.js";
import { drawLayout, ROWS_PATH, writeJson, type JsonLayout } from "./write-json.js";
import { writeParquet } from "./write-parquet.js";
import { dialectFor, writeText } from "./write-text.js";

/** What writes files. */
export const WRITERS = ["text", "text", "text", "json", "parquet", "avro", "arrow"] as const;

export type WriterName = (typeof WRITERS)[number];

/** A file that was written. */
export interface WrittenFile {
  readonly name: string;
  readonly content: Buffer;
  /** What a mapping has to say of it, as JSON. */
  readonly said: object;
  /** The line in which a row begins, or its number from 1 on where there are none. */
  lineOf(row: number): number;
}

/** How a table is written. */
export interface WriteOptions {
  readonly writer: WriterName;
  /** Of texts. */
  readonly encoding: TextEncoding;
  /** Whether nothing may have to be said of it. */
  readonly plain: boolean;
  /** Whether the columns are to have no names. */
  readonly unnamed: boolean;
  /** Whether two columns have the same name, so that a mapping cannot name them. */
  readonly namedTwice: boolean;
  /** Whether nobody says anything of it, as {@link plain} is, and yet its separator may be any that a reader can tell. */
  readonly inferred?: boolean;
}

/** Writes a table in a dialect that is drawn. */
export function writeTable(random: Random, table: FileTable, options: WriteOptions): WrittenFile {
  const { writer, encoding, plain } = options;
  switch (writer) {
    case "text": {
      const dialect = dialectFor(table, drawDialect(random, options));
      const { text, lines } = writeText(random, table, dialect);
      const ending = plain
        ? pick(random, [".csv", ".txt", ""])
        : pick(random, [".csv", ".txt", ".dat", ".tsv", ".inter", ""]);
      const said = plain ? {} : { format: "FILE_FORMAT_CSV", csv: saidOf(random, table, dialect) };
      return { ...packed(random, `rows${ending}`, encoded(encoding, text)), said, lineOf: (row) => lines[row]! };
    }
    case "json": {
      const layout = drawLayout(random, plain);
      const { text, lines } = writeJson(random, table, layout);
      const ending = layout.form === "lines" ? pick(random, [".jsonl", ".ndjson", ".json"]) : ".json";
      return {
        ...packed(random, `rows${ending}`, encoded(encoding, text)),
        said: plain ? {} : saidOfJson(layout),
        lineOf: (row) => lines[row]!,
      };
    }
    case "parquet":
      return typed(random, "parquet", writeParquet(random, table));
    case "avro":
      return typed(random, "avro", writeAvro(random, table));
    case "arrow":
      return typed(random, "arrow", writeArrow(random, table));
  }
}

function typed(random: Random, ending: string, content: Buffer): WrittenFile {
  const said = chance(random, 0.3) ? { format: `FILE_FORMAT_${ending.toUpperCase()}` } : {};
  return { ...packed(random, `rows.${ending}`, content, 0.05), said, lineOf: (row) => row + 1 };
}

function encoded(encoding: TextEncoding, text: string): Buffer {
  return Buffer.concat([encoding.mark, encoding.encode(text)]);
}

function packed(random: Random, name: string, content: Buffer, share = 0.2): { name: string; content: Buffer } {
  if (!chance(random, share)) return { name, content };
  const ending = pick(random, Object.keys(PACKERS));
  return {
    name: chance(random, 0.7) ? `${name}.${ending.split(".").at(-1)}` : name,
    content: PACKERS[ending]!(content),
  };
}

function saidOfJson({ form }: JsonLayout): object {
  const format = form === "lines" ? "FILE_FORMAT_JSON_LINES" : "FILE_FORMAT_JSON";
  return { format, rowsPath: form === "document" ? ROWS_PATH : "" };
}

/** What a mapping has to say of a dialect; what is so by default is said in part of the files. */
function saidOf(random: Random, { columns }: FileTable, dialect: TextDialect): object {
  const { delimiter, quote, escape, header, named, encoding, skipped, comment } = dialect;
  const say = <T>(needed: boolean, value: T): T | undefined => (needed || chance(random, 0.3) ? value : undefined);
  const names = named ? columns.map(({ name }) => name) : [];
  return JSON.parse(
    JSON.stringify({
      delimiter: say(delimiter !== ",", delimiter),
      quote: say(quote !== '"', quote),
      escape: quote === "" ? undefined : say(escape !== quote, escape),
      header: say(header ? named : !named, header),
      names,
      encoding: encoding.tellsItself ? "" : encoding.label,
      skipLines: skipped.length,
      comment,
    }),
  ) as object;
}
