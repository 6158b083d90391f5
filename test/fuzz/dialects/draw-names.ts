import type { Random } from "@palate/numeric";
import { chance, pick } from "./draw.js";
import type { Family, FileColumn, FileField, FileCell } from "./file-table.js";
import type { FilledColumn } from "./fill-column.js";

/** Where a mapping finds a column of the file: by a reference, and by a name in SQL. */
export interface Named {
  readonly reference: string;
  readonly sql: string;
}

/** Columns of a file with their names, and how each of those that were given is found there. */
export interface NamedTable {
  readonly columns: readonly FileColumn[];
  readonly found: ReadonlyMap<FileColumn, Named>;
  /** Names of columns that nothing uses. */
  readonly unused: readonly string[];
  /** Whether two of them have the same name. */
  readonly namedTwice: boolean;
}

/** How columns are named. */
interface Naming {
  readonly family: Family;
  /** Whether each is called as the dataset calls it, and no other is there. */
  readonly plain: boolean;
  /** Whether names have letters, digits and underscores only. */
  readonly simple: boolean;
  /** Whether the file says no names, so that columns are found by their positions. */
  readonly unnamed: boolean;
  /** Rows of the file. */
  readonly rows: number;
}

const NAMES = [
  "user",
  "Item Id",
  "ts",
  "event type",
  "a.b",
  "größe",
  "漢字",
  'q"x',
  "it's",
  "back\\slash",
  "x;y",
  "a,b",
  "#no",
  "$v",
  "select",
  "rowid",
  "c0",
  "line",
  "%",
  "id|x",
];
const FIELDS = ["sku", "the name", "größe", 'q"x', "n"];

/** The name that SQL calls a column by. */
function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Spellings of a schema's column that mean it, too. */
function spelling(random: Random, name: string, simple: boolean): string {
  const words = name.toLowerCase().split("_");
  const camel = words.map((word, at) => (at === 0 ? word : `${word[0]!.toUpperCase()}${word.slice(1)}`)).join("");
  return pick(random, [name, name, name.toLowerCase(), camel, words.join(simple ? "_" : " ")]);
}

/**
 * Names a file's columns, some of them parts of objects where the format has such, and puts them in a random order with
 * others that nothing uses.
 */
export function nameColumns(
  random: Random,
  filled: readonly FilledColumn[],
  extra: readonly FileColumn[],
  { family, plain, simple, unnamed, rows }: Naming,
): NamedTable {
  const columns: { column: FileColumn; given?: FileColumn; path?: string }[] = [];
  let count = 0;
  const fresh = (names = NAMES) => {
    const name = `${pick(random, names)}${count++}`;
    return simple ? name.replace(/^[^A-Za-z_]|[^A-Za-z0-9_]/g, "_") : name;
  };
  const parts: { given: FileColumn; field: FileField }[] = [];
  for (const { column, files, expression } of filled) {
    for (const given of files) {
      const isField = !plain && family !== "text" && expression === undefined && chance(random, 0.15);
      if (isField) parts.push({ given, field: { name: fresh(FIELDS), type: given.type } });
      else {
        const own = plain || (files.length === 1 && chance(random, 0.4));
        columns.push({ given, column: { ...given, name: own ? spelling(random, column.name, simple) : fresh() } });
      }
    }
  }
  for (const given of extra)
    columns.push({ given, column: { ...given, name: given.name === "" ? fresh() : given.name } });
  const object = parts.length === 0 ? undefined : objectColumn(`props${count}`, parts);
  if (object) columns.push({ column: object });
  const unused = plain ? [] : unusedColumns(random, rows, columns.length === 0 ? 1 : 0, fresh);
  columns.push(...unused.map((column) => ({ column })));
  random.shuffle(columns);
  const twice = family === "text" && !plain && !unnamed && chance(random, 0.1) ? nameTwice(columns) : undefined;
  const found = new Map<FileColumn, Named>();
  for (const [place, { given, column }] of columns.entries()) {
    if (given === undefined) continue;
    const byPlace = unnamed || twice?.includes(place) === true || (!plain && family !== "json" && chance(random, 0.1));
    const sql = unnamed || twice?.[1] === place ? `"#${place + 1}"` : quotedName(column.name);
    found.set(given, { reference: byPlace ? `#${place + 1}` : column.name, sql });
  }
  for (const { given, field } of parts) {
    found.set(given, { reference: `${object!.name}.${field.name}`, sql: "" });
  }
  const named = columns.map(({ column }) => column);
  const unusedNames = unused.map((column) => (unnamed ? `#${named.indexOf(column) + 1}` : column.name));
  return { columns: named, found, unused: unusedNames, namedTwice: twice !== undefined };
}

/** Gives two columns the same name; returns their places. */
function nameTwice(columns: { column: FileColumn; given?: FileColumn }[]): [number, number] | undefined {
  const [first, second] = columns.flatMap(({ given }, place) => (given === undefined ? [] : [place]));
  if (first === undefined || second === undefined) return undefined;
  columns[second] = { ...columns[second]!, column: { ...columns[second]!.column, name: columns[first]!.column.name } };
  return [first, second];
}

function objectColumn(name: string, parts: readonly { given: FileColumn; field: FileField }[]): FileColumn {
  const rows = parts[0]!.given.cells.length;
  const cells = Array.from({ length: rows }, (_, row): FileCell => {
    const values = parts.map(({ given, field }) => [field.name, given.cells[row]!] as const);
    return values.every(([, value]) => value === null) ? null : Object.fromEntries(values);
  });
  return { name, type: { is: "object", fields: parts.map(({ field }) => field) }, cells };
}

function unusedColumns(random: Random, rows: number, least: number, fresh: () => string): FileColumn[] {
  return Array.from({ length: Math.max(least, random.integer(3)) }, () => {
    const cells = Array.from({ length: rows }, () => pick(random, [null, "", "x", "1,5", 'say "no"', "a|b"]));
    return { name: fresh(), type: { is: "text" as const }, cells };
  });
}
