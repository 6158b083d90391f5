import type { Random } from "@palate/numeric";
import { pick } from "./draw.js";
import type { WrittenFile } from "./write-table.js";

/** What was done to a file, and what it is then. */
export interface Damage {
  readonly kind: string;
  readonly content: Buffer;
}

type Harm = (random: Random, content: Buffer) => Buffer;

const at = (random: Random, content: Buffer) => random.integer(Math.max(content.length, 1));

const HARMS: Readonly<Record<string, Harm>> = {
  "cut off": (random, content) => content.subarray(0, at(random, content)),
  "a bit flipped": (random, content) => {
    const place = at(random, content);
    return changed(content, place, 1, Buffer.from([content[place]! ^ (1 << random.integer(8))]));
  },
  "a byte replaced": (random, content) => changed(content, at(random, content), 1, Buffer.from([random.integer(256)])),
  "a byte left out": (random, content) => changed(content, at(random, content), 1, Buffer.alloc(0)),
  "a mark put in": (random, content) => {
    const mark = pick(random, [
      '"',
      ",",
      "\n",
      "\r",
      "\0",
      "{",
      "}",
      "[",
      "]",
      "\\",
      "\u00e9",
      "\ufeff",
      "'",
      ";;",
      "|",
    ]);
    return changed(content, at(random, content), 0, Buffer.from(mark));
  },
  "a part doubled": (random, content) => {
    const from = at(random, content);
    return changed(content, from, 0, content.subarray(from, from + random.integer(40)));
  },
  "a part zeroed": (random, content) => {
    const from = at(random, content);
    return changed(content, from, 8, Buffer.alloc(8));
  },
  "a line doubled": (_random, content) => Buffer.concat([content, content.subarray(content.indexOf("\n") + 1)]),
  "its beginning lost": (random, content) => content.subarray(Math.min(at(random, content), 30)),
  "its bytes in pairs swapped": (_random, content) => Buffer.from(content.subarray(0, content.length & ~1)).swap16(),
  "read as Latin-1 and written as UTF-8": (_random, content) => Buffer.from(content.toString("latin1"), "utf8"),
  "read as UTF-8 and written as Latin-1": (_random, content) => Buffer.from(content.toString("utf8"), "latin1"),
};

function changed(content: Buffer, from: number, length: number, by: Buffer): Buffer {
  return Buffer.concat([content.subarray(0, from), by, content.subarray(from + length)]);
}

/** Damages a file. */
export function damaged(random: Random, { content }: WrittenFile): Damage {
  const kind = pick(random, Object.keys(HARMS));
  return { kind, content: content.length === 0 ? content : HARMS[kind]!(random, content) };
}
