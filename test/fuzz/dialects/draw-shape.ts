import { chance, many, pick } from "./draw.js";
import type { Family, FileCell, FileColumn } from "./file-table.js";
import type { FilledColumn } from "./fill-column.js";
import type { Ground, StoredCell } from "./planned-column.js";
import { randomId, randomText } from "./random-texts.js";

/** Columns of a file whose rows are not the dataset's one by one. */
export interface Shaped {
  readonly filled: readonly FilledColumn[];
  /** Columns of the file that lists and conditions need, without names. */
  readonly extra: readonly FileColumn[];
  /** Rows of the file. */
  readonly fileRows: number;
  /** For each row of the dataset, the row that its columns expect. */
  readonly origins: readonly number[];
  /** Values by the dataset's columns, in place of those that the columns expect; one for each row of the dataset. */
  readonly replaced: ReadonlyMap<FilledColumn, readonly StoredCell[]>;
  /** What columns are taken from, where that is no column of the file. */
  readonly from: ReadonlyMap<FilledColumn, (name: (column: FileColumn) => string) => string>;
  /** The mapping's explode. */
  readonly explode?: (name: (column: FileColumn) => string) => object;
  /** The mapping's condition. */
  readonly filter?: (name: (column: FileColumn) => string) => string;
}

/** Rows as they are. */
export function unshaped(filled: readonly FilledColumn[], rows: number): Shaped {
  return { filled, extra: [], fileRows: rows, origins: many(rows, (row) => row), replaced: new Map(), from: new Map() };
}

const text = (cells: readonly FileCell[]): FileColumn => ({ name: "", type: { is: "text" }, cells });

/** Texts that are lists, and as such no bytes of which nobody says what they are. */
const listed = (cells: readonly FileCell[], family: Family): FileColumn => ({
  name: "",
  type: { is: family === "typed" ? "literal" : "text" },
  cells,
});

/** Makes each row of a file a list of items. */
export function exploded(ground: Ground, filled: readonly FilledColumn[]): Shaped {
  const { random, rows, family, alphabet } = ground;
  const items = filled.find(({ column }) => column.name === "ITEM_ID")!;
  const kinds = filled.find(({ column }) => column.name === "EVENT_TYPE");
  const [separator, part] = pick(random, [
    ["", ""],
    [",", ""],
    [" ", "-"],
    ["::", "="],
    [";", ""],
  ] as const);
  const clean = (value: string) => value.replace(/[,;:=\s\-[\]"]/g, "_");
  const lists = many(rows, () => many(random.integer(4), () => clean(randomId(random, alphabet)) + "i"));
  const types = lists.map((list) => list.map(() => `${clean(randomText(random, alphabet))}k`));
  const write = (all: readonly (readonly string[])[]): FileColumn => {
    if (separator === "" && family !== "text")
      return {
        name: "",
        type: { is: "texts" },
        cells: all.map((list) => (list.length === 0 ? pick(random, [null, []]) : list)),
      };
    return listed(
      all.map((list) => (separator === "" ? JSON.stringify(list) : list.length === 0 ? null : list.join(separator))),
      family,
    );
  };
  const inParts = part !== "" && kinds !== undefined;
  const main = write(
    inParts ? lists.map((list, row) => list.map((item, at) => `${item}${part}${types[row]![at]}`)) : lists,
  );
  const along = kinds !== undefined && !inParts && chance(random, 0.6) ? write(types) : undefined;
  const replaced = new Map<FilledColumn, StoredCell[]>([[items, lists.flat()]]);
  const from: Shaped["from"] = new Map([
    [items, () => (inParts ? "element.#1" : "element")],
    ...(kinds && inParts ? ([[kinds, () => "element.#2"]] as const) : []),
    ...(kinds && along ? ([[kinds, (name: (column: FileColumn) => string) => name(along)]] as const) : []),
  ]);
  if (kinds && (inParts || along)) replaced.set(kinds, types.flat());
  const plain = (each: FilledColumn): FilledColumn =>
    from.has(each) ? { column: each.column, expected: each.expected, files: [], words: {} } : each;
  const kept = new Map(filled.map((each) => [each, plain(each)]));
  const renamed = <T>(map: ReadonlyMap<FilledColumn, T>) =>
    new Map([...map].map(([each, value]) => [kept.get(each)!, value]));
  return {
    filled: filled.map((each) => kept.get(each)!),
    extra: [main, ...(along ? [along] : [])],
    fileRows: rows,
    origins: lists.flatMap((list, row) => list.map(() => row)),
    replaced: renamed(replaced),
    from: renamed(from),
    explode: (name) => ({
      list: name(main),
      separator,
      partSeparator: inParts ? part : "",
      parallel: along ? [name(along)] : [],
    }),
  };
}

/** Puts rows between the others that a condition leaves out; some of them are no rows at all. */
export function filtered({ random, family }: Ground, shaped: Shaped): Shaped {
  const rows = shaped.fileRows;
  const places = many(rows + 1 + random.integer(3), () => 0).map((_, at) => at);
  random.shuffle(places);
  /** The row that each row of the file shows; those beyond are to be left out. */
  const order = places.map((place) => (place < rows ? place : -1));
  const sorted = order.filter((place) => place !== -1).sort((a, b) => a - b);
  let next = 0;
  const shown = order.map((place) => (place === -1 ? -1 : sorted[next++]!));
  const stretched = (column: FileColumn): FileColumn => ({
    ...column,
    cells: shown.map((row) => column.cells[row === -1 ? random.integer(Math.max(rows, 1)) : row] ?? null),
  });
  const byNumber = family !== "typed" && chance(random, 0.5);
  const keep = text(shown.map((row) => (row === -1 ? (byNumber ? "2" : "no") : byNumber ? "10" : "yes")));
  const made = new Map<FileColumn, FileColumn>();
  const columnOf = (column: FileColumn) => made.get(column) ?? made.set(column, stretched(column)).get(column)!;
  const filled = new Map(shaped.filled.map((each) => [each, { ...each, files: each.files.map(columnOf) }]));
  const moved = <T>(map: ReadonlyMap<FilledColumn, T>) =>
    new Map([...map].map(([each, value]) => [filled.get(each)!, value]));
  const { explode } = shaped;
  const renamed = (name: (column: FileColumn) => string) => (column: FileColumn) => name(columnOf(column));
  return {
    filled: [...filled.values()],
    extra: [...shaped.extra.map(columnOf), keep],
    fileRows: shown.length,
    origins: shaped.origins,
    replaced: moved(shaped.replaced),
    from: new Map([...moved(shaped.from)].map(([each, make]) => [each, (name) => make(renamed(name))])),
    ...(explode && { explode: (name) => explode(renamed(name)) }),
    filter: (name) => (byNumber ? `TRY_CAST(${name(keep)} AS INTEGER) >= 3` : `${name(keep)} = 'yes' -- those only`),
  };
}
