import { FileFormat } from "@palate/proto/dataset";
import { formatOfName, isNoTable, KNOWN_ENDINGS } from "../sources/file-format.js";
import { isJsonDocument } from "./json-rows.js";

/** How the content of a file is written down. */
export type ContentKind = "csv" | "tsv" | "jsonl" | "json" | "parquet" | "avro" | "arrow";

/** First bytes of formats with types that are read. */
const TYPED: readonly (readonly [string, "parquet" | "avro" | "arrow"])[] = [
  ["PAR1", "parquet"],
  ["PARE", "parquet"], // An encrypted one.
  ["Obj\x01", "avro"],
  ["ARROW1", "arrow"],
  ["\xff\xff\xff\xff", "arrow"],
];

/** First bytes of what is not read, what it is, and what would be right. */
const OTHERS: readonly (readonly [string, string])[] = [
  ["ORC", "is an ORC file, which is not read; write the table as Parquet"],
  ["FEA1", "is a file of Feather version 1, which is not read; write the table as Parquet"],
  ["PK\x03\x04", "is a zip archive (or a workbook of a spreadsheet); unpack it, or save the sheet as CSV"],
  ["\xd0\xcf\x11\xe0", "is a document of an office program; save the sheet as CSV"],
  ["SQLite format 3", "is an SQLite database; export the table as CSV"],
  ["%PDF", "is a PDF document; a table as CSV, JSON or Parquet is right"],
  ["\x89HDF", "is an HDF5 file; write the table as Parquet"],
  ["\x80\x04\x95", "is a Python pickle; write the table as Parquet"],
  ["7z\xbc\xaf", "is a 7z archive; unpack it"],
];

const STATED: Readonly<Partial<Record<FileFormat, ContentKind>>> = {
  [FileFormat.FILE_FORMAT_CSV]: "csv",
  [FileFormat.FILE_FORMAT_JSON_LINES]: "jsonl",
  [FileFormat.FILE_FORMAT_JSON]: "json",
  [FileFormat.FILE_FORMAT_PARQUET]: "parquet",
  [FileFormat.FILE_FORMAT_AVRO]: "avro",
  [FileFormat.FILE_FORMAT_ARROW]: "arrow",
};

const NAME_OF: Readonly<Record<"parquet" | "avro" | "arrow", string>> = {
  parquet: "Parquet",
  avro: "Avro",
  arrow: "Arrow",
};

/** Content that cannot be read, in words: what it is, and what would be right. */
interface NotRead {
  readonly message: string;
}

/** Whether a file that begins so is of a format with types, and no text in any encoding. */
export function isTyped(head: Buffer): boolean {
  const latin = head.toString("latin1", 0, 16);
  return TYPED.some(([bytes]) => latin.startsWith(bytes));
}

/**
 * Tells what a file holds: by its first bytes where they are those of a format with types, else by what was stated, its
 * name, and its text.
 * @param head first bytes of the plain content; text in UTF-8
 */
export function contentKind(head: Buffer, name: string, stated: FileFormat): ContentKind | NotRead {
  const latin = head.toString("latin1", 0, 16);
  const typed = TYPED.find(([bytes]) => latin.startsWith(bytes))?.[1];
  const wanted = STATED[stated];
  if (typed) {
    if (wanted === undefined || wanted === typed) return typed;
    return {
      message: `is an ${NAME_OF[typed]} file, which is not the format that the mapping says; take the format out of it`,
    };
  }
  const other = OTHERS.find(([bytes]) => latin.startsWith(bytes));
  if (other) return { message: other[1] };
  if (stated === FileFormat.FILE_FORMAT_ORC)
    return { message: "is to be read as ORC, which is not; write the table as Parquet" };
  if (wanted === "parquet" || wanted === "avro" || wanted === "arrow") {
    return {
      message: `is no ${NAME_OF[wanted]} file, which the mapping says it is; copy it again, or take the format out of the mapping`,
    };
  }
  return wanted ?? textKind(head, name);
}

function textKind(head: Buffer, name: string): ContentKind | NotRead {
  if (isNoTable(name)) return { message: `"${name}" has an unknown ending; ${KNOWN_ENDINGS} are right` };
  const named = formatOfName(name);
  const text = head.toString("utf8", 0, 1024).replace(/^\ufeff?\s*/, "");
  if (/^<(!doctype html|html)/i.test(text)) return { message: "is a web page, not a file to import" };
  const isJson = /^(\{\s*["}]|\[\s*[{\]])/.test(text);
  switch (named) {
    case "csv":
    case "tsv":
      return isJson
        ? { message: `is named .${named} but holds JSON; name it .json, or say its format in a mapping` }
        : named;
    case "json":
      return isJsonDocument(head) ? "json" : "jsonl";
    case "jsonl":
      return text.startsWith("[") ? "json" : "jsonl";
    case "parquet":
    case "avro":
    case "arrow":
    case "orc":
      return {
        message: `is named .${named} but is no ${named === "orc" ? "ORC" : NAME_OF[named]} file; copy it again, or name it as what it is`,
      };
    default:
      if (!isJson) return "csv";
      return isJsonDocument(head) ? "json" : "jsonl";
  }
}
