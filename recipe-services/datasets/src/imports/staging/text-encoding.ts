import { TextProblem } from "./text-problem.js";

const BYTE_ORDER_MARKS: readonly (readonly [Buffer, string])[] = [
  [Buffer.from([0xef, 0xbb, 0xbf]), "utf-8"],
  [Buffer.from([0xff, 0xfe]), "utf-16le"],
  [Buffer.from([0xfe, 0xff]), "utf-16be"],
];

/** Windows-1252 from 0x80 on, where Node.js 20 gives control characters. The five that it leaves out are those. */
const WINDOWS_1252 = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

/**
 * The encoding of a text by the WHATWG's name: what its byte order mark tells, else what was stated.
 * @param stated a label, such as "latin1"; "" is UTF-8
 * @returns undefined when there is no such encoding
 */
export function encodingOf(head: Buffer, stated: string): string | undefined {
  const marked = BYTE_ORDER_MARKS.find(([mark]) => head.subarray(0, mark.length).equals(mark));
  if (marked) return marked[1];
  try {
    return new TextDecoder(stated === "" ? "utf-8" : stated).encoding;
  } catch {
    return undefined;
  }
}

/**
 * A text as UTF-8, without a byte order mark where it was not UTF-8 before.
 * @throws TextProblem at bytes that have no meaning in the encoding
 */
export async function* asUtf8(text: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  if (encoding === "utf-8") return yield* text;
  const decoder = new TextDecoder(encoding, { fatal: true });
  let line = 1;
  const decode = (bytes: Buffer, last: boolean): Buffer => {
    let decoded: string;
    try {
      decoded = decoder.decode(bytes, { stream: !last });
    } catch {
      const shown = new TextDecoder(encoding).decode(bytes);
      const before = shown.slice(0, Math.max(shown.indexOf("\ufffd"), 0));
      const message = `holds bytes that mean nothing in ${encoding}; say the file's encoding in a mapping, or save it as UTF-8`;
      throw new TextProblem(line + lineFeeds(before), message);
    }
    line += lineFeeds(decoded);
    const right = encoding === "windows-1252" ? decoded.replace(/[\x80-\x9f]/g, fromWindows1252) : decoded;
    return Buffer.from(right);
  };
  for await (const chunk of text) yield decode(chunk, false);
  yield decode(Buffer.alloc(0), true);
}

function fromWindows1252(character: string): string {
  return WINDOWS_1252[character.charCodeAt(0) - 0x80]!;
}

function lineFeeds(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
