import { chance, decimalText, many, pick, wholeOf } from "./draw.js";
import type { FileCell } from "./file-table.js";
import type { Ground, SchemaColumn, Written } from "./planned-column.js";
import { asValue, randomId, randomList, randomText } from "./random-texts.js";

const MARKED = [
  [",", "."],
  [",", " "],
  [",", "'"],
  [",", ""],
  [".", ","],
  [".", "\u00a0"],
] as const;

const INT_MAX = 2_147_483_647n;
const LONG_MAX = 9_223_372_036_854_775_807n;

/** Draws a column of numbers or truth values. */
export function drawNumbers(ground: Ground, { type, nullable }: SchemaColumn): Written {
  if (type === "boolean") return drawBooleans(ground, nullable);
  return type === "int" || type === "long" ? drawWholes(ground, type, nullable) : drawReals(ground, nullable);
}

function drawWholes(ground: Ground, type: "int" | "long", nullable: boolean): Written {
  const { random, rows, family, plain } = ground;
  const [bits, most] = type === "int" ? ([32, INT_MAX] as const) : ([64, LONG_MAX] as const);
  const numbers = many(rows, () => {
    if (nullable && chance(random, 0.2)) return null;
    return chance(random, 0.1) ? pick(random, [0n, most, -most - 1n, 1n]) : wholeOf(random, bits);
  });
  const expected = numbers.map((number) => (number === null ? null : type === "int" ? Number(number) : String(number)));
  const wrong = pick(random, [String(most + 1n), "12.5", "many", "0x10", "1_000"]);
  if (family === "typed") {
    const other = type === "long" && chance(random, 0.2);
    if (other) return { expected, type: { is: "decimal", precision: 38, scale: 0 }, cells: numbers };
    return { expected, type: { is: "whole", bits }, cells: numbers };
  }
  if (family === "json") {
    const literal = chance(random, 0.7);
    const cells = numbers.map((number) => (number === null ? null : String(number)));
    return { expected, type: { is: literal ? "literal" : "text" }, cells, wrong: literal ? "12.5" : wrong };
  }
  if (!plain && chance(random, 0.3))
    return {
      ...marked(
        ground,
        numbers.map((number) => number && ([number, 0] as const)),
      ),
      expected,
    };
  const cells = numbers.map((number) => (number === null ? null : wholeText(ground, number)));
  return { expected, type: { is: "text" }, cells, wrong };
}

/** A whole number as programs write it: with a sign, zeros in front, or a point behind. */
function wholeText({ random }: Ground, number: bigint): string {
  const text = String(number);
  if (chance(random, 0.7)) return text;
  return pick(random, [
    `${text}.0`,
    `${text}.`,
    text.startsWith("-") ? text : `+${text}`,
    text.replace(/\d+/, (digits) => digits.padStart(Math.min(19, digits.length + 2), "0")),
  ]);
}

/** Numbers with a decimal mark and separated thousands; each is a count of its last digits, and how many are behind the mark. */
function marked(
  { random, alphabet }: Ground,
  numbers: readonly (readonly [unscaled: bigint, scale: number] | null | 0n)[],
): Omit<Written, "expected"> {
  // Encodings of one byte have another no-break blank, or none.
  const able = MARKED.filter(([, between]) => between !== "\u00a0" || alphabet.blanks.includes(between));
  const [mark, thousands] = pick(random, able);
  const cells = numbers.map((number) => {
    if (number === null) return null;
    const [whole = "", fraction] = decimalText(...(number === 0n ? ([0n, 0] as const) : number)).split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thousands);
    return fraction === undefined ? grouped : `${grouped}${mark}${fraction}`;
  });
  return { type: { is: "text" }, cells, words: { decimalMark: mark }, wrong: "1..2" };
}

function drawReals(ground: Ground, nullable: boolean): Written {
  const { random, rows, family, plain } = ground;
  const empty = () => nullable && chance(random, 0.2);
  if (family === "text" && !plain && chance(random, 0.3)) {
    const scale = random.integer(4);
    const numbers = many(rows, () => (empty() ? null : ([wholeOf(random, 32), scale] as const)));
    const expected = numbers.map((number) => (number === null ? null : Number(decimalText(...number))));
    return { ...marked(ground, numbers), expected };
  }
  if (family === "typed" && chance(random, 0.3)) {
    const scale = random.integer(5);
    const numbers = many(rows, () => (empty() ? null : wholeOf(random, 32)));
    const expected = numbers.map((number) => (number === null ? null : Number(decimalText(number, scale))));
    return { expected, type: { is: "decimal", precision: 12, scale }, cells: numbers };
  }
  const isFloat = family === "typed" && chance(random, 0.3);
  const numbers = many(rows, () => {
    if (empty()) return null;
    const drawn = pick(random, [
      random.normal() * 10 ** (random.integer(40) - 20),
      random.integer(100) / 10,
      random.integer(1000),
    ]);
    // As many digits as 32 bits hold of any number, before the point too.
    return isFloat ? Number((drawn % 1e6).toPrecision(6)) : drawn;
  });
  if (isFloat)
    return {
      expected: numbers,
      type: { is: "float" },
      cells: numbers,
    };
  if (family === "typed") return { expected: numbers, type: { is: "double" }, cells: numbers };
  const forms = [String, (value: number) => value.toExponential(), (value: number) => value.toPrecision(17)];
  const form = pick(random, forms);
  const type = { is: family === "json" && chance(random, 0.7) ? ("literal" as const) : ("text" as const) };
  return {
    expected: numbers,
    type,
    cells: numbers.map((number) => (number === null ? null : form(number))),
    wrong: type.is === "literal" ? '"NaN"' : pick(random, ["NaN", "1,5", "inf", "a"]),
  };
}

const TRUTHS = [
  ["true", "false"],
  ["TRUE", "False"],
] as const;

function drawBooleans({ random, rows, family, plain }: Ground, nullable: boolean): Written {
  const expected = many(rows, () => (nullable && chance(random, 0.2) ? null : chance(random, 0.5)));
  if (family !== "text" && chance(random, 0.7)) return { expected, type: { is: "boolean" }, cells: expected };
  const said = plain || chance(random, 0.4);
  const [yes, no] = said
    ? pick(random, TRUTHS)
    : pick(random, [
        ["1", "0"],
        ["yes", "no"],
        ["Ja", "Nein"],
        ["5", "2.5"],
      ] as const);
  const cells = expected.map((value) => (value === null ? null : value ? yes : no));
  if (said) return { expected, type: { is: "text" }, cells, wrong: "perhaps" };
  const rules =
    yes === "5"
      ? [
          { atLeast: 4, value: "true" },
          { atLeast: 0, value: "false" },
        ]
      : [
          { equals: yes, value: "true" },
          { equals: no, value: "false" },
        ];
  return { expected, type: { is: "text" }, cells, words: { rules }, wrong: "perhaps" };
}

/** Draws a column of ids. */
export function drawIds({ random, rows, alphabet, family }: Ground): Written {
  const asNumbers = chance(random, 0.15);
  if (asNumbers && family !== "text") {
    const numbers = many(rows, () => BigInt(random.bits()) * 1_000_003n);
    const expected = numbers.map(String);
    if (family === "json") return { expected, type: { is: "literal" }, cells: expected };
    return { expected, type: { is: "whole", bits: 64 }, cells: numbers };
  }
  const expected = many(rows, () => randomId(random, alphabet));
  return { expected, type: { is: "text" }, cells: expected, wrong: pick(random, ["a\u0001b", "x".repeat(257)]) };
}

/** Draws a column of texts: some are lists. */
export function drawTexts(ground: Ground, column: SchemaColumn): Written {
  const { random, rows, alphabet, family, plain } = ground;
  const empty = () => column.nullable && chance(random, 0.2);
  if (column.categorical && chance(random, 0.5)) return drawLists(ground, column);
  if (!plain && chance(random, 0.2)) return drawTranslated(ground, column.nullable, empty);
  if (family !== "text" && chance(random, 0.2)) return typedTexts(ground, empty);
  const expected = many(rows, () => (empty() ? null : randomText(random, alphabet)));
  return { expected, type: { is: "text" }, cells: expected };
}

/** Texts that numbers and truth values of the file are. */
function typedTexts({ random, rows, family }: Ground, empty: () => boolean): Written {
  if (chance(random, 0.3)) {
    const cells = many(rows, () => (empty() ? null : chance(random, 0.5)));
    return { expected: cells.map((cell) => (cell === null ? null : String(cell))), type: { is: "boolean" }, cells };
  }
  const scale = random.integer(4);
  const numbers = many(rows, () => (empty() ? null : wholeOf(random, 32)));
  const texts = numbers.map((number) => (number === null ? null : decimalText(number, family === "json" ? 0 : scale)));
  if (family === "json") return { expected: texts, type: { is: "literal" }, cells: texts };
  return { expected: texts, type: { is: "decimal", precision: 14, scale }, cells: numbers };
}

/** Texts that rules make of others; what none fits stays. */
function drawTranslated({ random, rows, alphabet }: Ground, nullable: boolean, empty: () => boolean): Written {
  const words = many(3, (index) => asValue(`${randomText(random, alphabet)}${index}`, alphabet));
  const rules = [
    { equals: words[0]!, value: randomText(random, alphabet) },
    { equals: words[1]!, value: nullable ? "" : "other" },
  ];
  const cells = many(rows, () => (empty() ? null : pick(random, words)));
  const expected = cells.map((cell) => {
    if (cell === words[0]) return rules[0]!.value;
    return cell === words[1] ? rules[1]!.value || null : cell;
  });
  return { expected, type: { is: "text" }, cells, words: { rules } };
}

/** Lists in a text, with a separator or as JSON and Python print them; as lists in formats that have such. */
function drawLists(ground: Ground, { nullable }: SchemaColumn): Written {
  const { random, rows, alphabet, family, plain } = ground;
  const lists = many(rows, () => {
    const list = randomList(random, alphabet);
    return list.length === 0 && !nullable ? ["x"] : list;
  });
  const stored = (all: readonly (readonly string[])[]) =>
    all.map((list) => (list.length === 0 ? null : list.join("|")));
  if (family !== "text" && (plain || chance(random, 0.6))) {
    const cells: FileCell[] = lists.map((list) => {
      if (list.length === 0) return pick(random, [null, [], [null, ""]]);
      return chance(random, 0.1) ? [...list, null, ""] : list;
    });
    return { expected: stored(lists), type: { is: "texts" }, cells, wrong: ["a|b"] };
  }
  if (plain || chance(random, 0.2)) {
    // Joined as they are stored, they need no word about it.
    return { expected: stored(lists), type: { is: "text" }, cells: stored(lists) };
  }
  const separator = pick(random, [", ", ";", " ", "::", "|", "[]", "[]"]);
  if (separator === "[]") return printedLists(ground, lists, stored(lists));
  const split = lists.map((list) => list.map((one) => asValue(without(one, separator), alphabet)));
  const whole = split.map((list) => (list.length === 0 ? null : list.join(separator)));
  return {
    expected: stored(split),
    type: { is: "text" },
    cells: whole,
    words: { separator },
    ...(separator !== "|" && { wrong: `a${separator}b|c` }),
  };
}

/** A text without what separates it from others, and without parts of that. */
function without(text: string, separator: string): string {
  return [...(separator.trim() || " ")].reduce((rest, character) => rest.replaceAll(character, "_"), text);
}

function printedLists({ random }: Ground, lists: readonly (readonly string[])[], expected: (string | null)[]): Written {
  const old = (list: readonly string[]) => pythonList(list).replaceAll("😀", "\\U0001f600");
  const print = pick(random, [(list: readonly string[]) => JSON.stringify(list), pythonList, old]);
  return { expected, type: { is: "text" }, cells: lists.map(print), words: { separator: "[]" }, wrong: "[a" };
}

/** A list as Python prints it: quotes that the text does not hold, where it can; the backslash before what needs it. */
function pythonList(list: readonly string[]): string {
  const quoted = list.map((text) => {
    const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
    const inner = text.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`).replace(UNPRINTED, pythonEscape);
    return `${quote}${inner}${quote}`;
  });
  return `[${quoted.join(", ")}]`;
}

/** Characters that Python prints by their number. */
const UNPRINTED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0\u2003]/gu;

function pythonEscape(character: string): string {
  const named = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[character];
  const hex = character.codePointAt(0)!.toString(16);
  return named ?? (hex.length <= 2 ? `\\x${hex.padStart(2, "0")}` : `\\u${hex.padStart(4, "0")}`);
}
