import type { Random } from "@palate/numeric";
import {
  Bool,
  DateDay,
  Decimal,
  Field,
  Float32,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Timestamp,
  TimeUnit,
  Utf8,
  type Data,
  type DataType,
} from "apache-arrow";
import { pick } from "./draw.js";
import type { FileCell, FileTable, FileType } from "./file-table.js";

/** Writes a table as an Arrow IPC file or stream, in one batch or several. */
export function writeArrow(random: Random, table: FileTable): Buffer {
  const fields = table.columns.map(({ name, type }) => new Field(name, typeOf(type), true));
  const schema = new Schema(fields);
  const most = pick(random, [1000, 1000, 3]);
  const batches: RecordBatch[] = [];
  for (let from = 0; from === 0 || from < table.rows; from += most) {
    const length = Math.min(most, table.rows - from);
    const children = table.columns.map(({ type, cells }) => dataOf(type, cells.slice(from, from + length)));
    batches.push(new RecordBatch(schema, makeData({ type: new Struct(fields), length, nullCount: 0, children })));
  }
  return Buffer.from(tableToIPC(new Table(schema, batches), pick(random, ["file", "stream"])));
}

const UNITS = { 1_000: TimeUnit.MILLISECOND, 1_000_000: TimeUnit.MICROSECOND, 1_000_000_000: TimeUnit.NANOSECOND };

function typeOf(type: FileType): DataType {
  switch (type.is) {
    case "boolean":
      return new Bool();
    case "double":
      return new Float64();
    case "float":
      return new Float32();
    case "date":
      return new DateDay();
    case "whole":
      return type.bits === 32 ? new Int32() : new Int64();
    case "decimal":
      return new Decimal(type.scale, type.precision, 128);
    case "moment":
      return new Timestamp(UNITS[type.perSecond], type.zoned ? "UTC" : null);
    case "texts":
      return new List(new Field("item", new Utf8(), true));
    case "object":
      return new Struct(type.fields.map(({ name, type }) => new Field(name, typeOf(type), true)));
    case "text":
    case "literal":
      return new Utf8();
  }
}

function dataOf(type: FileType, cells: readonly FileCell[]): Data {
  const { length } = cells;
  const nullBitmap = bitsOf(cells.map((cell) => cell !== null));
  const nullCount = cells.filter((cell) => cell === null).length;
  const common = { length, nullCount, nullBitmap };
  const arrow = typeOf(type) as never;
  const fixed = (data: unknown) => makeData({ type: arrow, ...common, data } as never) as Data;
  switch (type.is) {
    case "boolean":
      return fixed(bitsOf(cells.map((cell) => cell === true)));
    case "double":
      return fixed(Float64Array.from(cells, Number));
    case "float":
      return fixed(Float32Array.from(cells, Number));
    case "date":
      return fixed(Int32Array.from(cells, Number));
    case "whole":
      return fixed(type.bits === 32 ? Int32Array.from(cells, Number) : bigs(cells));
    case "moment":
      return fixed(bigs(cells));
    case "decimal":
      return fixed(new Uint32Array(BigInt64Array.from(cells.flatMap(words)).buffer));
    case "texts": {
      const lists = cells.map((cell) => (cell ?? []) as readonly (string | null)[]);
      const child = dataOf({ is: "text" }, lists.flat());
      return makeData({
        type: arrow,
        ...common,
        valueOffsets: offsets(lists.map((list) => list.length)),
        child,
      } as never) as Data;
    }
    case "object": {
      const children = type.fields.map((field) =>
        dataOf(
          field.type,
          cells.map((cell) => (cell as Record<string, FileCell> | null)?.[field.name] ?? null),
        ),
      );
      return makeData({ type: arrow, ...common, children } as never) as Data;
    }
    case "text":
    case "literal": {
      const texts = cells.map((cell) => Buffer.from((cell as string | null) ?? ""));
      return makeData({
        type: arrow,
        ...common,
        valueOffsets: offsets(texts.map(({ length }) => length)),
        data: Buffer.concat(texts),
      } as never) as Data;
    }
  }
}

function bigs(cells: readonly FileCell[]): BigInt64Array {
  return BigInt64Array.from(cells, (cell) => (cell as bigint | null) ?? 0n);
}

/** A number of 128 bits as two of 64, the lower first. */
function words(cell: FileCell): bigint[] {
  const value = (cell as bigint | null) ?? 0n;
  return [BigInt.asIntN(64, value), BigInt.asIntN(64, value >> 64n)];
}

function offsets(lengths: readonly number[]): Int32Array {
  let sum = 0;
  return Int32Array.from([0, ...lengths.map((length) => (sum += length))]);
}

function bitsOf(values: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(values.length / 8));
  for (const [at, value] of values.entries()) if (value) bytes[at >> 3]! |= 1 << (at & 7);
  return bytes;
}
