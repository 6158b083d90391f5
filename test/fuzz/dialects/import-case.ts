import { Random } from "@palate/numeric";
import type { DatasetType } from "@palate/proto/dataset";
import { damaged, type Damage } from "./damage.js";
import { chance, pick } from "./draw.js";
import { drawColumns, type DrawnColumns } from "./draw-file.js";
import { nameColumns, type Named, type NamedTable } from "./draw-names.js";
import { exploded, filtered, unshaped, type Shaped } from "./draw-shape.js";
import { ONE_BYTE } from "./encodings.js";
import type { Family, FileColumn } from "./file-table.js";
import type { FilledColumn } from "./fill-column.js";
import type { SchemaColumn, StoredCell } from "./planned-column.js";
import { plainPieces } from "./random-texts.js";
import { anyEncoding } from "./text-dialect.js";
import { WRITERS, writeTable, type WriterName, type WrittenFile } from "./write-table.js";

/** A file, how it is to be read, and what is to come of that. */
export interface ImportCase {
  readonly name: string;
  readonly content: Buffer;
  /** The folders that it lies in. */
  readonly folders: readonly string[];
  readonly type: DatasetType;
  readonly schema: readonly SchemaColumn[];
  /** The mapping as JSON; undefined where there is none. */
  readonly mapping: object | undefined;
  readonly expected: readonly Readonly<Record<string, StoredCell>>[];
  /** Rows that the mapping's condition leaves out; undefined where that is not known. */
  readonly filteredRows: number | undefined;
  /** A place with something that is no value, for which the file is to be refused. */
  readonly wrong: { readonly line: number; readonly column: string } | undefined;
  /** What was done to the file after it was written. */
  readonly damage: Damage | undefined;
  readonly writer: WriterName;
}

const FAMILIES: Readonly<Record<WriterName, Family>> = {
  ...{ text: "text", json: "json", parquet: "typed", avro: "typed", arrow: "typed" },
};

/** Share of files that are damaged, and of those with a wrong value. */
const DAMAGED = 0.15;
const WRONG = 0.08;

/** Draws a case. */
export function drawCase(seed: number): ImportCase {
  const random = new Random(seed);
  const writer = pick(random, WRITERS);
  const family = FAMILIES[writer];
  const plain = chance(random, 0.15);
  const single = family === "text" && !plain && chance(random, 0.15) ? pick(random, ONE_BYTE) : undefined;
  const encoding = single ?? anyEncoding(random, plain || family === "json");
  const unnamed = family === "text" && !plain && chance(random, 0.15);
  const rows = pick(random, [1, 2, 3, 5, 8, 8, 30]);
  const pieces = single && [...plainPieces().slice(0, 5), ...single.has!];
  const drawn = drawColumns(random, { family, plain, rows, ...(pieces && { pieces }) });
  const partition = plain || !chance(random, 0.08) ? undefined : partitionOf(random, drawn);
  const shaped = shapeOf(random, drawn, partition);
  // Not by their number: an exploded row may come to as many as a filter leaves out.
  const isRowByRow = shaped.explode === undefined && shaped.filter === undefined;
  const isSpoilt = isRowByRow && chance(random, WRONG);
  const spoilt = isSpoilt ? spoil(random, drawn, shaped) : undefined;
  const table = nameColumns(random, spoilt?.filled ?? shaped.filled, shaped.extra, {
    family,
    plain,
    simple: writer === "avro" || single !== undefined,
    unnamed,
    rows: shaped.fileRows,
  });
  const written = writeTable(
    random,
    { columns: table.columns, rows: shaped.fileRows },
    { writer, encoding, plain, unnamed, namedTwice: table.namedTwice },
  );
  const damage = chance(random, DAMAGED) ? damaged(random, written) : undefined;
  const { schema, type, filled } = drawn;
  const named = new Map(shaped.filled.map((each, at) => [each, spoilt?.filled[at] ?? each]));
  return {
    ...{ name: written.name, type, schema, damage, writer },
    content: damage?.content ?? written.content,
    folders: partition ? [partition.folder] : [],
    mapping: plain ? undefined : mappingOf(random, { drawn, shaped, table, written, named, partition, unnamed }),
    expected: shaped.origins.map((origin, row) => rowOf(schema, filled, shaped, origin, row)),
    filteredRows: shaped.explode ? undefined : shaped.fileRows - shaped.origins.length,
    wrong: spoilt && { line: written.lineOf(spoilt.row), column: spoilt.column },
  };
}

/** A column whose value a folder says. */
interface Partition {
  readonly column: FilledColumn;
  readonly folder: string;
  readonly key: string;
  readonly value: string;
}

function partitionOf(random: Random, { filled }: DrawnColumns): Partition | undefined {
  const column = filled.find(
    ({ column: { name, type }, words }) =>
      type === "string" && !name.endsWith("_ID") && Object.keys(words).length === 0,
  );
  if (column === undefined) return undefined;
  const value = pick(random, ["a b", "x%20y", "größe", "a=b", "2024-01-01", "00042"]);
  const key = pick(random, ["dt", column.column.name, "the day"]);
  return { column, key, value, folder: `${key}=${value.replaceAll("%", "%25").replaceAll(" ", "%20")}` };
}

function shapeOf(random: Random, drawn: DrawnColumns, partition: Partition | undefined): Shaped {
  const { filled, ground } = drawn;
  const own = filled.map((each): FilledColumn =>
    each === partition?.column
      ? { ...each, files: [], words: {}, expected: each.expected.map(() => partition.value) }
      : each,
  );
  const { expression: _, ...without } = partition ? own[filled.indexOf(partition.column)]! : own[0]!;
  if (partition) own[filled.indexOf(partition.column)] = without;
  const isExploded =
    !ground.plain &&
    !partition &&
    drawn.schema.some(({ name }) => name === "USER_ID") &&
    drawn.schema.some(({ name }) => name === "ITEM_ID") &&
    chance(random, 0.1);
  const shaped = isExploded ? exploded(ground, own) : unshaped(own, ground.rows);
  return !ground.plain && chance(random, 0.12) ? filtered(ground, shaped) : shaped;
}

/** Puts something into a cell that is no value of its column. */
function spoil(random: Random, { ground }: DrawnColumns, { filled }: Shaped) {
  const able = filled.filter(
    ({ wrong, files, expression }) => wrong !== undefined && files.length === 1 && expression === undefined,
  );
  if (able.length === 0) return undefined;
  const chosen = pick(random, able);
  const row = random.integer(ground.rows);
  const [file] = chosen.files;
  const cells = file!.cells.map((cell, at) => (at === row ? chosen.wrong! : cell));
  const spoilt = { ...chosen, files: [{ ...file!, cells }] };
  return { row, column: chosen.column.name, filled: filled.map((each) => (each === chosen ? spoilt : each)) };
}

function rowOf(
  schema: readonly SchemaColumn[],
  filled: readonly FilledColumn[],
  shaped: Shaped,
  origin: number,
  row: number,
): Record<string, StoredCell> {
  return Object.fromEntries(
    schema.map(({ name }, at) => {
      const each = shaped.filled[at] ?? filled[at]!;
      return [name, shaped.replaced.get(each)?.[row] ?? each.expected[origin] ?? null];
    }),
  );
}

interface ToMap {
  readonly drawn: DrawnColumns;
  readonly shaped: Shaped;
  readonly table: NamedTable;
  readonly written: WrittenFile;
  /** The columns whose files were written, by those of the shape. */
  readonly named: ReadonlyMap<FilledColumn, FilledColumn>;
  readonly partition: Partition | undefined;
  readonly unnamed: boolean;
}

/** The mapping that fits a file, as JSON. */
function mappingOf(random: Random, { drawn, shaped, table, written, named, partition, unnamed }: ToMap): object {
  const { alphabet } = drawn.ground;
  const reference = (column: FileColumn): string => nameOf(table, column).reference;
  const sqlName = (column: FileColumn): string => nameOf(table, column).sql;
  const columns = shaped.filled.flatMap((each) => {
    const { column, words, expression } = each;
    const files = named.get(each)!.files;
    const from = shaped.from.get(each)?.(reference);
    if (from !== undefined) return [{ name: column.name, from: [from] }];
    if (each.column === partition?.column.column) return [{ name: column.name, from: [partition.key] }];
    // SQL sees columns by their names, not the parts of objects.
    if (expression) return [{ name: column.name, expression: expression(files.map(sqlName)), ...words }];
    if (files.length === 0) return Object.keys(words).length === 0 ? [] : [{ name: column.name, ...words }];
    const isImplied =
      !unnamed &&
      files.length === 1 &&
      words.constant === undefined &&
      sameName(table, files[0]!, column.name) &&
      chance(random, 0.5);
    if (isImplied) return Object.keys(words).length === 0 ? [] : [{ name: column.name, ...words }];
    return [{ name: column.name, from: files.map(reference), ...words }];
  });
  random.shuffle(columns);
  const ignores = chance(random, 0.2);
  return {
    ...written.said,
    columns,
    ...(shaped.explode && { explode: shaped.explode(reference) }),
    ...(shaped.filter && { rowFilter: shaped.filter(sqlName) }),
    ...(partition && { partitionKeys: [partition.key] }),
    ...(chance(random, 0.06) && isPlainToSql(table, drawn.ground.family) && { sql: pick(random, QUERIES) }),
    ...(ignores && { ignoredColumns: table.unused, refuseUnknownColumns: true }),
    nullValues: alphabet.nullWords,
    trim: alphabet.trim,
  };
}

/** Queries that leave a file as it is. */
const QUERIES = [
  "SELECT * FROM file",
  "WITH numbered AS (SELECT * FROM file) SELECT * FROM numbered WHERE row_number > 0",
];

/** Whether SQL sees a file's values as its columns hold them: of JSON it sees the text of lists and objects. */
function isPlainToSql({ columns }: NamedTable, family: Family): boolean {
  return family !== "json" || columns.every(({ type }) => type.is !== "texts" && type.is !== "object");
}

function nameOf(table: NamedTable, column: FileColumn): Named {
  const found = table.found.get(column);
  if (found === undefined) throw new Error("a column of the mapping is not in the file");
  return found;
}

function sameName(table: NamedTable, column: FileColumn, name: string): boolean {
  const plain = (text: string) => text.replace(/[_ ]/g, "").toUpperCase();
  return plain(nameOf(table, column).reference) === plain(name);
}
