import { open } from "node:fs/promises";

const LINE_FEED = 0x0a;

/** Longest header line. */
export const MAX_HEADER_BYTES = 1024 * 1024;

/** Splits one CSV record into its values. Quotes may enclose a value; a doubled quote inside means one. */
export function splitRecord(record: string): string[] {
  const values: string[] = [];
  let at = 0;
  for (;;) {
    let value = "";
    if (record[at] === '"') {
      at++;
      for (;;) {
        const end = record.indexOf('"', at);
        value += record.slice(at, end === -1 ? undefined : end);
        if (end === -1 || record[end + 1] !== '"') {
          at = end === -1 ? record.length : end + 1;
          break;
        }
        value += '"';
        at = end + 2;
      }
    }
    const comma = record.indexOf(",", at);
    value += record.slice(at, comma === -1 ? undefined : comma);
    values.push(value);
    if (comma === -1) return values;
    at = comma + 1;
  }
}

/** The values of a CSV file's first line; undefined when it is longer than {@link MAX_HEADER_BYTES}. */
export async function readHeader(path: string): Promise<string[] | undefined> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_HEADER_BYTES), 0, MAX_HEADER_BYTES, 0);
    const text = buffer.subarray(0, bytesRead);
    const end = text.indexOf(LINE_FEED);
    if (end === -1 && bytesRead === MAX_HEADER_BYTES) return undefined;
    return splitRecord(text.toString("utf8", 0, end === -1 ? bytesRead : end).replace(/\r$/, ""));
  } finally {
    await file.close();
  }
}
