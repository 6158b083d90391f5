import { isAscii } from "node:buffer";
import { FileFormat } from "@palate/proto/dataset";
import type { ContentSample } from "./content-sample.js";
import { beginsLikeJson, readJson, type NotJson } from "./json-sample.js";
import { decoded, likelyEncoding } from "./likely-encoding.js";
import { readTextTable } from "./text-table.js";

/** Rows that are looked at to recognise a file. */
export const SAMPLED_ROWS = 1_000;

/** A file that means to be JSON, and its first lines. */
export type BrokenJson = NotJson & Pick<ContentSample, "lines">;

/** Values in a row from which on nobody could look at rows. */
const MAX_WIDTH = 20_000;

/** Lines that are kept as they are. */
const KEPT_LINES = 50;

/**
 * Looks at the beginning of a text file.
 * @param head its first bytes, decompressed
 * @param complete whether they are all of it
 */
export function sampleText(head: Buffer, complete: boolean): ContentSample | BrokenJson {
  const encoding = likelyEncoding(head);
  const all = decoded(head, encoding);
  // The last line may be cut off.
  const end = complete ? -1 : Math.max(all.lastIndexOf("\n"), all.lastIndexOf("\r"));
  const text = end === -1 ? all : all.slice(0, end + 1);
  const lines = text.split(/\r\n|\n|\r/, KEPT_LINES);
  if (beginsLikeJson(text)) {
    const json = readJson(text, complete, SAMPLED_ROWS);
    return "message" in json ? { ...json, lines } : { ...json, encoding, isAscii: isAscii(head), lines };
  }
  const table = readTextTable(text, SAMPLED_ROWS);
  const columns = Array.from({ length: table.width }, (_, index) => table.names[index] ?? `#${index + 1}`);
  const rows = (table.width > MAX_WIDTH ? [] : table.rows).map((row) =>
    Object.fromEntries(row.map((value, index) => [columns[index] ?? "", value])),
  );
  return {
    format: FileFormat.FILE_FORMAT_CSV,
    encoding,
    isAscii: isAscii(head),
    table,
    lines,
    rowsPath: "",
    columns,
    rows,
  };
}
