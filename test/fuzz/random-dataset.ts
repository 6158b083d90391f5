import type { Random } from "@palate/numeric";

/** A value as a client would give it: a list as a list, whole numbers beyond 2^53 as bigint. */
export type Cell = string | number | bigint | boolean | readonly string[] | null;

/** One field of an Avro schema. */
interface RandomField {
  readonly name: string;
  readonly type: string | readonly string[];
  readonly categorical?: true;
  readonly textual?: true;
  readonly default?: string | number | boolean;
}

/** A dataset with a schema and rows that a seed draws. */
export interface RandomDataset {
  /** The Avro record's name. */
  readonly label: Label;
  /** The fields of its schema. */
  readonly fields: readonly RandomField[];
  /** Event columns that rows hold although the schema does not name them. */
  readonly undeclared: readonly RandomField[];
  /** Values by column name; null where a row has none. */
  readonly rows: readonly Readonly<Record<string, Cell>>[];
}

/** Names of the Avro records. */
export type Label = "Interactions" | "Items" | "Users" | "Actions" | "ActionInteractions";

const LABELS: readonly Label[] = ["Interactions", "Items", "Users", "Actions", "ActionInteractions"];

const text = (name: string): RandomField => ({ name, type: "string" });
const TIMESTAMP: RandomField = { name: "TIMESTAMP", type: "long" };

const REQUIRED: Readonly<Record<Label, readonly RandomField[]>> = {
  Interactions: [text("USER_ID"), text("ITEM_ID"), TIMESTAMP],
  Items: [text("ITEM_ID")],
  Users: [text("USER_ID")],
  Actions: [text("ACTION_ID")],
  ActionInteractions: [text("USER_ID"), text("ACTION_ID"), text("EVENT_TYPE"), TIMESTAMP],
};

/** Columns with a meaning of their own that a schema may have or not. */
const OPTIONAL: Readonly<Record<Label, readonly (readonly [name: string, type: string])[]>> = {
  Interactions: [
    ["EVENT_TYPE", "string"],
    ["EVENT_VALUE", "float"],
    ["RECOMMENDATION_ID", "string"],
    ["IMPRESSION", "string"],
  ],
  Items: [["CREATION_TIMESTAMP", "long"]],
  Users: [],
  Actions: [
    ["VALUE", "long"],
    ["REPEAT_FREQUENCY", "int"],
    ["ACTION_EXPIRATION_TIMESTAMP", "long"],
  ],
  ActionInteractions: [
    ["RECOMMENDATION_ID", "string"],
    ["IMPRESSION", "string"],
  ],
};

const TYPES = ["string", "string", "string", "int", "long", "float", "double", "boolean"] as const;
const ACTION_EVENTS = ["TAKEN", "NOT_TAKEN", "VIEWED"];

/** What texts are put together from: all that a format writes in a way of its own, or that reads as something else. */
const PIECES = [
  ...[
    '"',
    '""',
    "'",
    ",",
    ";",
    "\t",
    "\n",
    "\r\n",
    "\r",
    " ",
    "  ",
    "|",
    "\\",
    "/",
    "#",
    "-",
    "$",
    "%",
    "{}",
    "[1, 2]",
    "::",
  ],
  ...["NULL", "null", "nan", "\\N", "NA", "true", "0012", "007", "1e5", "1E+05", "1.0", "+5", "-0", "9007199254740993"],
  ...[
    "a",
    "Ü",
    "é",
    "e\u0301",
    "ß",
    "😀",
    "\u200b",
    "\u00a0",
    "\ufeff",
    "\u2028",
    "漢字",
    "\u0001",
    "\u001f",
    "<b>",
    "=1+1",
  ],
];

/** Parts of ids, which are what a person would call one. */
const ID_PIECES = [
  "a",
  "B",
  "0",
  "00",
  "7",
  "-",
  "_",
  ".",
  "é",
  '"',
  "'",
  ",",
  ";",
  "#",
  "NULL",
  "1e5",
  ":",
  "/",
  "漢",
  "😀",
];

const WHOLE: Readonly<Record<string, readonly bigint[]>> = {
  int: [0n, 1n, -1n, 2_147_483_647n, -2_147_483_648n],
  long: [
    0n,
    -1n,
    9_007_199_254_740_991n,
    9_007_199_254_740_993n,
    9_223_372_036_854_775_807n,
    -9_223_372_036_854_775_808n,
  ],
};
const DECIMALS = [
  0, 1, -1, 0.1, 15.3, 1e21, 1e-7, 5e-324, -1.7976931348623157e308, 123456789.12345679, 0.30000000000000004,
];

/** Draws one of some values. */
function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.integer(values.length)]!;
}

const some = <T>(random: Random, most: number, one: () => T) => Array.from({ length: random.integer(most + 1) }, one);
const chance = (random: Random, share: number) => random.uniform() < share;

/** Draws a dataset of any type, with a schema and at most `most` rows. */
export function randomDataset(random: Random, most: number): RandomDataset {
  const label = pick(random, LABELS);
  const optional = OPTIONAL[label].map(([name, type]): RandomField => ({ name, type: [type, "null"] }));
  const declared = optional.filter(() => chance(random, 0.5));
  const isEvents = label === "Interactions" || label === "ActionInteractions";
  const undeclared = isEvents ? optional.filter((field) => !declared.includes(field) && chance(random, 0.7)) : [];
  const own = Array.from({ length: 1 + random.integer(5) }, (_, i) => randomField(random, `COLUMN_${i}`, label));
  const fields = [...REQUIRED[label], ...declared, ...own];
  random.shuffle(fields);
  const all = [...fields, ...undeclared];
  const rows = Array.from({ length: 1 + random.integer(most) }, () =>
    Object.fromEntries(all.map((field) => [field.name, randomCell(random, field, label)])),
  );
  return { label, fields, undeclared, rows };
}

function randomField(random: Random, name: string, label: Label): RandomField {
  const type = pick(random, TYPES);
  const kind = type === "string" ? random.integer(3) : 0;
  return {
    name,
    type: chance(random, 0.8) ? [type, "null"] : type,
    ...(kind === 1 && { categorical: true }),
    ...(kind === 2 && label === "Items" && { textual: true }),
    ...(chance(random, 0.1) && { default: { string: "n/a", boolean: true }[type as string] ?? 3 }),
  };
}

function randomCell(random: Random, field: RandomField, label: Label): Cell {
  const { name } = field;
  const nullable = typeof field.type !== "string";
  if (nullable && chance(random, 0.25)) return null;
  if (name === "VALUE") return 1 + random.integer(10);
  if (name === "REPEAT_FREQUENCY") return random.integer(31);
  if (name.endsWith("TIMESTAMP")) return pick(random, [1, 1_600_000_000, 99_999_999_999]);
  if (name === "EVENT_TYPE" && label === "ActionInteractions") return pick(random, ACTION_EVENTS);
  if (name === "IMPRESSION") return [randomId(random), ...some(random, 3, () => randomId(random))];
  if (name.endsWith("_ID") || name === "EVENT_TYPE") return randomId(random);
  const type = nullable ? field.type[0]! : (field.type as string);
  switch (type) {
    case "int":
    case "long":
      return pick(random, WHOLE[type]!);
    case "float":
    case "double":
      return chance(random, 0.5) ? pick(random, DECIMALS) : random.normal() * 10 ** random.integer(12);
    case "boolean":
      return chance(random, 0.5);
    default:
      return randomTexts(random, field, nullable);
  }
}

/** A text, or a list of texts where the column is categorical: empty ones too where it may have no value. */
function randomTexts(random: Random, field: RandomField, nullable: boolean): Cell {
  const least = nullable ? 0 : 1;
  const one = () => Array.from({ length: least + random.integer(5) }, () => pick(random, PIECES)).join("");
  if (!field.categorical || chance(random, 0.3)) return one();
  return Array.from({ length: least + random.integer(4) }, one);
}

function randomId(random: Random): string {
  return Array.from({ length: 1 + random.integer(4) }, () => pick(random, ID_PIECES)).join("");
}
