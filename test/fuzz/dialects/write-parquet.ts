import type { Random } from "@palate/numeric";
import { gzipSync } from "node:zlib";
import { pick } from "./draw.js";
import type { FileCell, FileTable, FileType } from "./file-table.js";
import { packSnappy, packZstd, varint } from "./pack.js";
import { Thrift } from "./thrift.js";
import { physicalOf, type Physical } from "./parquet-values.js";

const MARK = Buffer.from("PAR1");

/** The codecs' numbers, and what they make of a page. */
const CODECS: readonly (readonly [number, (page: Buffer) => Buffer])[] = [
  [0, (page) => page],
  [1, packSnappy],
  [2, (page) => gzipSync(page, { level: 1 })],
  [6, packZstd],
];

/** A column of values, below any objects and lists. */
interface Leaf {
  readonly path: readonly string[];
  readonly physical: Physical;
  readonly repeated: boolean;
  /** The value of a row, or its values where it is a list: how much of the path is there, and the value behind all of it. */
  entries(row: number): readonly Entry[];
}

interface Entry {
  readonly definition: number;
  readonly repetition: number;
  readonly value?: FileCell;
}

/** Writes a table as Parquet, in plain encoding, with all values optional. */
export function writeParquet(random: Random, table: FileTable): Buffer {
  const [codec, pack] = pick(random, CODECS);
  const groupRows = pick(random, [1000, 1000, 3]);
  const leaves = table.columns.flatMap(({ name, type, cells }) =>
    leavesOf(random, { path: [name], type, cellOf: (row) => cells[row] ?? null, depth: 1, hasParent: () => true }),
  );
  const schema = table.columns.flatMap(({ name, type }) => elementsOf(name, type, leaves, [name]));
  const parts: Buffer[] = [MARK];
  let offset = MARK.length;
  const groups: Buffer[] = [];
  for (let from = 0; from === 0 || from < table.rows; from += groupRows) {
    const rows = Math.min(groupRows, table.rows - from);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for (const leaf of leaves) {
      const entries = Array.from({ length: rows }, (_, row) => leaf.entries(from + row)).flat();
      const page = pageOf(leaf, entries);
      const packed = pack(page);
      const header = pageHeader(page.length, packed.length, entries.length);
      parts.push(header, packed);
      const sizes = { plain: header.length + page.length, packed: header.length + packed.length };
      chunks.push(chunkOf(leaf, codec, entries.length, sizes, offset));
      offset += sizes.packed;
      bytes += sizes.plain;
    }
    groups.push(new Thrift().structs(1, chunks).i64(2, bytes).i64(3, rows).end());
  }
  const root = new Thrift().text(4, "schema").i32(5, table.columns.length).end();
  const footer = new Thrift()
    .i32(1, 2)
    .structs(2, [root, ...schema])
    .i64(3, table.rows)
    .structs(4, groups)
    .text(6, "a fuzzer")
    .end();
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([...parts, footer, length, MARK]);
}

/** A column, or a field of an object. */
interface Member extends Pick<Leaf, "path"> {
  readonly type: FileType;
  readonly cellOf: (row: number) => FileCell;
  /** How many optional values lead to it, itself included. */
  readonly depth: number;
  /** Whether what it is a part of has a value; a column is a part of nothing. */
  readonly hasParent: (row: number) => boolean;
}

function leavesOf(random: Random, { path, type, cellOf, depth, hasParent }: Member): Leaf[] {
  if (type.is === "object") {
    return type.fields.flatMap(({ name, type: each }) =>
      leavesOf(random, {
        path: [...path, name],
        type: each,
        cellOf: (row) => (cellOf(row) as Record<string, FileCell> | null)?.[name] ?? null,
        depth: depth + 1,
        hasParent: (row) => cellOf(row) !== null,
      }),
    );
  }
  /** How much of the path is there when the value is not. */
  const missing = (row: number) => (hasParent(row) ? depth - 1 : 0);
  if (type.is === "texts") {
    const physical = physicalOf(random, { is: "texts" });
    const entries = (row: number): Entry[] => {
      const list = cellOf(row) as readonly (string | null)[] | null;
      if (list === null) return [{ definition: missing(row), repetition: 0 }];
      if (list.length === 0) return [{ definition: depth, repetition: 0 }];
      return list.map((value, at) => {
        const repetition = at === 0 ? 0 : 1;
        return value === null ? { definition: depth + 1, repetition } : { definition: depth + 2, repetition, value };
      });
    };
    return [{ path: [...path, "list", "element"], physical, repeated: true, entries }];
  }
  const entries = (row: number): Entry[] => {
    const value = cellOf(row);
    return [value === null ? { definition: missing(row), repetition: 0 } : { definition: depth, repetition: 0, value }];
  };
  return [{ path, physical: physicalOf(random, type), repeated: false, entries }];
}

const [OPTIONAL, REPEATED] = [1, 2];
const LIST = 3;

/** The schema's elements for a column, in the order in which they are nested. */
function elementsOf(name: string, type: FileType, leaves: readonly Leaf[], path: readonly string[]): Buffer[] {
  const group = (title: string, repetition: number, children: number, converted?: number) => {
    const element = new Thrift().i32(3, repetition).text(4, title).i32(5, children);
    return (converted === undefined ? element : element.i32(6, converted)).end();
  };
  if (type.is === "object") {
    const fields = type.fields.flatMap((field) => elementsOf(field.name, field.type, leaves, [...path, field.name]));
    return [group(name, OPTIONAL, type.fields.length), ...fields];
  }
  const whole = type.is === "texts" ? [...path, "list", "element"] : path;
  const leaf = leaves.find((each) => each.path.join("\0") === whole.join("\0"))!;
  const element = leaf.physical.element(whole.at(-1)!, OPTIONAL);
  return type.is === "texts" ? [group(name, OPTIONAL, 1, LIST), group("list", REPEATED, 1), element] : [element];
}

function pageOf({ physical, repeated }: Leaf, entries: readonly Entry[]): Buffer {
  const definitions = levels(entries.map(({ definition }) => definition));
  const repetitions = repeated ? levels(entries.map(({ repetition }) => repetition)) : Buffer.alloc(0);
  const values = entries.flatMap(({ value }) => (value === undefined ? [] : [value]));
  return Buffer.concat([repetitions, definitions, physical.plain(values)]);
}

/** Levels as runs, each of them one long; all are below 8 bits wide. */
function levels(values: readonly number[]): Buffer {
  const runs: Buffer[] = [];
  for (let at = 0; at < values.length;) {
    let end = at + 1;
    while (end < values.length && values[end] === values[at]) end++;
    runs.push(varint((end - at) << 1), Buffer.from([values[at]!]));
    at = end;
  }
  const all = Buffer.concat(runs);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(all.length);
  return Buffer.concat([length, all]);
}

const [PLAIN, RLE] = [0, 3];

function pageHeader(plain: number, packed: number, values: number): Buffer {
  const data = new Thrift().i32(1, values).i32(2, PLAIN).i32(3, RLE).i32(4, RLE).end();
  return new Thrift().i32(1, 0).i32(2, plain).i32(3, packed).struct(5, data).end();
}

function chunkOf(
  { path, physical }: Leaf,
  codec: number,
  values: number,
  sizes: { plain: number; packed: number },
  offset: number,
): Buffer {
  const meta = new Thrift()
    .i32(1, physical.type)
    .i32s(2, [PLAIN, RLE])
    .texts(3, path)
    .i32(4, codec)
    .i64(5, values)
    .i64(6, sizes.plain)
    .i64(7, sizes.packed)
    .i64(9, offset)
    .end();
  return new Thrift().i64(2, offset).struct(3, meta).end();
}
