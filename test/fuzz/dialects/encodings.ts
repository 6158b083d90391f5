/** A text encoding: the label by which a mapping names it, and how its characters are written. */
export interface TextEncoding {
  readonly label: string;
  /** The bytes that the file begins with. */
  readonly mark: Buffer;
  /** Whether nothing has to say what it is. */
  readonly tellsItself: boolean;
  /** Characters beyond ASCII that it has, of those that are tried; undefined is all. */
  readonly has?: string;
  /** The bytes of a text. */
  encode(text: string): Buffer;
}

const NOTHING = Buffer.alloc(0);

/** Characters of encodings of one byte, with their bytes as Python's codecs write them. */
const SINGLE: readonly (readonly [label: string, characters: string, hex: string])[] = [
  ["latin1", "é€ÄñßŸ—", "e980c4f1df9f97"],
  ["iso-8859-1", "ÀéÿœŠ", "c0e9ff9c8a"],
  ["windows-1252", "€žÿ“”½", "809eff9394bd"],
  ["iso-8859-2", "ąŁżőČß", "b1a3bff5c8df"],
  ["iso-8859-5", "Жя№ёѓ", "b6eff0f1f3"],
  ["iso-8859-7", "Ωαώ€", "d9e1fea4"],
  ["iso-8859-9", "ğİşÇ", "f0ddfec7"],
  ["iso-8859-15", "€œŸŽé", "a4bdbeb4e9"],
  ["windows-1250", "ąŁőČ€", "b9a3f5c880"],
  ["windows-1251", "Жя№ё€", "c6ffb9b888"],
  ["windows-1253", "Ωαώ€", "d9e1fe80"],
  ["windows-1254", "ğİşÇ€", "f0ddfec780"],
  ["windows-1255", "אבת₪", "e0e1faa4"],
  ["windows-1256", "عبپ€", "dac88180"],
  ["windows-1257", "ąžŠ€", "e0fed080"],
  ["windows-1258", "ăđơ₫", "e3f0f5fe"],
  ["koi8-r", "Жяё", "f6d1a3"],
];

function single(label: string, characters: string, hex: string): TextEncoding {
  const bytes = Buffer.from(hex, "hex");
  const codes = new Map([...characters].map((character, at) => [character, bytes[at]!]));
  return {
    ...{ label, mark: NOTHING, tellsItself: false, has: characters },
    encode: (text) => Buffer.from([...text].map((character) => codes.get(character) ?? character.charCodeAt(0))),
  };
}

function bigEndian(text: string): Buffer {
  return Buffer.from(text, "utf16le").swap16();
}

const utf8 = (text: string) => Buffer.from(text, "utf8");
const utf16 = (text: string) => Buffer.from(text, "utf16le");

/** The encodings of Unicode, with and without a byte order mark. */
export const UNICODE: readonly TextEncoding[] = [
  { label: "utf-8", mark: NOTHING, tellsItself: true, encode: utf8 },
  { label: "utf-8", mark: Buffer.from("efbbbf", "hex"), tellsItself: true, encode: utf8 },
  { label: "utf-16", mark: Buffer.from("fffe", "hex"), tellsItself: true, encode: utf16 },
  { label: "utf-16", mark: Buffer.from("feff", "hex"), tellsItself: true, encode: bigEndian },
  { label: "utf-16le", mark: NOTHING, tellsItself: false, encode: utf16 },
  { label: "utf-16be", mark: NOTHING, tellsItself: false, encode: bigEndian },
];

/** Encodings of one byte a character. */
export const ONE_BYTE: readonly TextEncoding[] = SINGLE.map((each) => single(...each));
