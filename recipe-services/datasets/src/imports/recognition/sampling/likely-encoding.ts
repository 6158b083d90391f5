import { isUtf8 } from "node:buffer";

/** How a text is written in bytes, by the WHATWG's label. */
export type TextEncoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** Share of bytes that are NUL, at odd or at even places, from which on a text without a mark is UTF-16. */
const NUL_SHARE = 0.3;

/** Bytes at the end of a sample that may be the beginning of a character which was cut off. */
const MAX_CUT = 3;

/**
 * Tells the encoding of a text by its first bytes: by its byte order mark, by its NUL bytes, by whether it is UTF-8. What is
 * neither is taken for Windows-1252, which holds all of Latin-1 as well.
 */
export function likelyEncoding(head: Buffer): TextEncoding {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const nuls = [0, 0];
  for (const [place, byte] of head.entries()) if (byte === 0) nuls[place % 2]!++;
  const least = (NUL_SHARE * head.length) / 2;
  if (nuls[1]! > least && nuls[1]! > nuls[0]!) return "utf-16le";
  if (nuls[0]! > least) return "utf-16be";
  for (let cut = 0; cut <= Math.min(MAX_CUT, head.length); cut++) {
    if (isUtf8(head.subarray(0, head.length - cut))) return "utf-8";
  }
  return "windows-1252";
}

/** The text of some bytes, without a byte order mark. */
export function decoded(bytes: Buffer, encoding: TextEncoding): string {
  return new TextDecoder(encoding).decode(bytes);
}
