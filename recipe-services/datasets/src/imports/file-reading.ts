import type { ImportMapping } from "@palate/proto/dataset";
import { csvFormat } from "./load/csv-dialect.js";
import { USUAL_READING, type FileReading } from "./staging/file-reading.js";

/** How a mapping says that a file's bytes are read. */
export function readingOf(mapping: ImportMapping | undefined): FileReading {
  if (mapping === undefined) return USUAL_READING;
  const { format, csv, rowsPath } = mapping;
  return { format, encoding: csv?.encoding ?? "", rowsPath, marks: (delimiter) => csvFormat(csv, delimiter) };
}
