import type { Random } from "@palate/numeric";
import { chance, pick } from "./draw.js";
import type { FileCell, FileType } from "./file-table.js";
import { Thrift } from "./thrift.js";
import { bigEndian } from "./write-avro.js";

/** How Parquet stores values of a type. */
export interface Physical {
  /** The number of the physical type. */
  readonly type: number;
  /** The schema's element. */
  element(name: string, repetition: number): Buffer;
  /** Values one after the other. */
  plain(values: readonly FileCell[]): Buffer;
}

const [BOOLEAN, INT32, INT64, INT96, FLOAT, DOUBLE, BYTE_ARRAY, FIXED] = [0, 1, 2, 3, 4, 5, 6, 7];
const [UTF8, DECIMAL, DATE, TIMESTAMP_MILLIS, TIMESTAMP_MICROS] = [0, 5, 6, 9, 10];

/** The day from which Julian days count, in days before 1970. */
const JULIAN = 2_440_588;

/** Draws how values of a type are stored, where Parquet has several ways. */
export function physicalOf(random: Random, type: FileType): Physical {
  switch (type.is) {
    case "boolean":
      return stored(BOOLEAN, {}, packedBits);
    case "whole":
      return type.bits === 32 ? stored(INT32, {}, each(int32)) : stored(INT64, {}, each(int64));
    case "double":
      return stored(
        DOUBLE,
        {},
        each((value) => number(value, 8)),
      );
    case "float":
      return stored(
        FLOAT,
        {},
        each((value) => number(value, 4)),
      );
    case "date":
      return stored(INT32, { converted: DATE }, each(int32));
    case "moment":
      return momentOf(random, type);
    case "decimal":
      return decimalOf(random, type);
    default:
      return stored(
        BYTE_ARRAY,
        { converted: type.is !== "text" || chance(random, 0.9) ? UTF8 : undefined },
        each((value) => sized(Buffer.from(value as string))),
      );
  }
}

interface Annotation {
  readonly length?: number;
  readonly converted?: number | undefined;
  readonly scale?: number;
  readonly precision?: number;
  /** The logical type's union. */
  readonly logical?: Buffer;
}

function stored(
  type: number,
  { length, converted, scale, precision, logical }: Annotation,
  plain: Physical["plain"],
): Physical {
  const element = (name: string, repetition: number) => {
    const struct = new Thrift().i32(1, type);
    if (length !== undefined) struct.i32(2, length);
    struct.i32(3, repetition).text(4, name);
    if (converted !== undefined) struct.i32(6, converted);
    if (scale !== undefined) struct.i32(7, scale);
    if (precision !== undefined) struct.i32(8, precision);
    if (logical !== undefined) struct.struct(10, logical);
    return struct.end();
  };
  return { type, element, plain };
}

const each = (write: (value: FileCell) => Buffer) => (values: readonly FileCell[]) => Buffer.concat(values.map(write));

function momentOf(random: Random, { perSecond, zoned }: FileType & { is: "moment" }): Physical {
  if (!zoned && chance(random, 0.3))
    return stored(
      INT96,
      {},
      each((value) => int96((value as bigint) * BigInt(1_000_000_000 / perSecond))),
    );
  const unit = { 1_000: 1, 1_000_000: 2, 1_000_000_000: 3 }[perSecond];
  const timestamp = new Thrift().boolean(1, zoned).struct(2, new Thrift().struct(unit, new Thrift().end()).end()).end();
  const logical = new Thrift().struct(8, timestamp).end();
  const converted = zoned
    ? { 1_000: TIMESTAMP_MILLIS, 1_000_000: TIMESTAMP_MICROS, 1_000_000_000: undefined }[perSecond]
    : undefined;
  return stored(INT64, { converted, logical }, each(int64));
}

function decimalOf(random: Random, { precision, scale }: FileType & { is: "decimal" }): Physical {
  const annotation = { converted: DECIMAL, precision, scale };
  const ways = [
    stored(
      BYTE_ARRAY,
      annotation,
      each((value) => sized(bigEndian(value as bigint))),
    ),
    stored(
      FIXED,
      { ...annotation, length: 16 },
      each((value) => fixed(value as bigint)),
    ),
    ...(precision <= 18 ? [stored(INT64, annotation, each(int64))] : []),
  ];
  return pick(random, ways);
}

function int32(value: FileCell): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(Number(value));
  return bytes;
}

function int64(value: FileCell): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value as bigint);
  return bytes;
}

function int96(nanos: bigint): Buffer {
  const perDay = 86_400_000_000_000n;
  const rest = ((nanos % perDay) + perDay) % perDay;
  const bytes = Buffer.alloc(12);
  bytes.writeBigInt64LE(rest);
  bytes.writeInt32LE(Number((nanos - rest) / perDay) + JULIAN, 8);
  return bytes;
}

function number(value: FileCell, size: 4 | 8): Buffer {
  const bytes = Buffer.alloc(size);
  if (size === 8) bytes.writeDoubleLE(value as number);
  else bytes.writeFloatLE(value as number);
  return bytes;
}

function sized(value: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(value.length);
  return Buffer.concat([length, value]);
}

function fixed(value: bigint): Buffer {
  return Buffer.from(BigInt.asUintN(128, value).toString(16).padStart(32, "0"), "hex");
}

function packedBits(values: readonly FileCell[]): Buffer {
  const bytes = Buffer.alloc(Math.ceil(values.length / 8));
  for (const [at, value] of values.entries()) if (value === true) bytes[at >> 3]! |= 1 << (at & 7);
  return bytes;
}
