import type { Random } from "@palate/numeric";
import { chance, many, pick } from "./draw.js";

/** What the texts of a file are made of. */
export interface Alphabet {
  /** Pieces of texts. */
  readonly pieces: readonly string[];
  /** Words for "no value", which no text of the file is. */
  readonly nullWords: readonly string[];
  /** Whether white space around texts is cut off, so that none begins or ends with it. */
  readonly trim: boolean;
  /** Blanks that a file may have around its values. */
  readonly blanks: readonly string[];
}

const LETTERS = ["a", "b", "Q", "x1", "7", "0", "-", "_", "."];
const NASTY = [
  ...[
    '"',
    '""',
    "'",
    ",",
    ";",
    "\t",
    "|",
    "||",
    "::",
    ":",
    "~",
    "^",
    "\\",
    "\\\\",
    "/",
    "#",
    "//",
    "%",
    "$",
    "[",
    "]",
    "{}",
  ],
  ...["\n", "\r\n", "\r", "\n\n", " ", "  ", "\u00a0", "\u2028", "\u200b", "\ufeff", "\u0085"],
  ...[
    "é",
    "e\u0301",
    "ß",
    "漢字",
    "😀",
    "\u0001",
    "\u001f",
    "\u007f",
    "NULL",
    "null",
    "NaN",
    "true",
    "0012",
    "1e5",
    "1.0",
    "=1+1",
    "<b>",
  ],
];
const WORDS = ["Drama", "Sci Fi", "shoes", "Rock & Roll", "x", "a b"];

/** Pieces of texts that only a careful writer gets through a text format. */
export function nastyPieces(random: Random): readonly string[] {
  return [...many(3, () => pick(random, LETTERS)), ...many(2 + random.integer(6), () => pick(random, NASTY))];
}

/** Pieces of texts that every format holds as they are. */
export function plainPieces(): readonly string[] {
  return [...LETTERS, ...WORDS];
}

/** A text that is a value: not empty, no word for "no value". */
export function randomText(random: Random, alphabet: Alphabet): string {
  const text = many(1 + random.integer(4), () => pick(random, alphabet.pieces)).join("");
  return asValue(text, alphabet);
}

/** A text that is a value, made of any text. */
export function asValue(text: string, { nullWords, trim }: Alphabet): string {
  const blank = trim && /^[\s\u200b]|[\s\u200b]$/.test(text);
  return text === "" || blank || nullWords.includes(text) ? `(${text})` : text;
}

/** An id: no control characters, and something that can be seen. */
export function randomId(random: Random, alphabet: Alphabet): string {
  const text = randomText(random, alphabet).replace(/\p{Cc}/gu, "-");
  const seen = /[^\p{Z}\p{Cc}\p{Cf}]/u.test(text) ? text : `i${text}`;
  return asValue(chance(random, 0.3) ? `${seen}${random.integer(1000)}` : seen, alphabet);
}

/** Values of a list, none of which holds what lists are separated by where they are stored. */
export function randomList(random: Random, alphabet: Alphabet): string[] {
  return many(random.integer(4), () => asValue(randomText(random, alphabet).replaceAll("|", "/"), alphabet));
}

/** Blanks around a value that is to be trimmed. */
export function randomBlanks(random: Random, { blanks }: Alphabet): string {
  return chance(random, 0.5) ? "" : pick(random, blanks);
}
