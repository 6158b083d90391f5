import {
  compressionRegistry,
  CompressionType,
  DataType,
  DateUnit,
  RecordBatchReader,
  TimeUnit,
  Vector,
  type Data,
  type RecordBatch,
} from "apache-arrow";
import { decompress, decompressBound } from "lz4js";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { MAX_PART_BYTES, unzstdAtOnce } from "./compression.js";
import {
  bytesJson,
  dateJson,
  decimalJson,
  decimalType,
  floatJson,
  lineColumn,
  timeJson,
  timestampJson,
  UnknownType,
  type TypedColumn,
  type TypedRows,
} from "./typed-rows.js";

/** How a file of the format begins that can be read from anywhere; else it is a stream. */
const FILE_MARK = "ARROW1";

/** Rows whose lines are given at a time. */
const ROWS_AT_ONCE = 1024;

const PER_SECOND: Readonly<Record<TimeUnit, bigint>> = {
  [TimeUnit.SECOND]: 1n,
  [TimeUnit.MILLISECOND]: 1_000n,
  [TimeUnit.MICROSECOND]: 1_000_000n,
  [TimeUnit.NANOSECOND]: 1_000_000_000n,
};

const MS_PER_DAY = 86_400_000n;

compressionRegistry.set(CompressionType.ZSTD, { decode: unzstdAtOnce });
compressionRegistry.set(CompressionType.LZ4_FRAME, {
  decode: (bytes) => {
    if (decompressBoundOf(bytes) > MAX_PART_BYTES) throw new Error(`a buffer has more than ${MAX_PART_BYTES} bytes`);
    return decompress(bytes);
  },
});

/** Most bytes that an LZ4 frame unpacks to; its types leave out that it says so. */
const decompressBoundOf = decompressBound as unknown as (bytes: Uint8Array) => number;

/** The value of a row as JSON text. */
type RowJson = (row: number) => string;

/**
 * The rows of an Arrow IPC file (Feather version 2) or stream.
 * @throws UnknownType, and the library's errors for damaged files
 */
export async function arrowRows(path: string): Promise<TypedRows> {
  const handle = await open(path);
  const { buffer } = await handle.read(Buffer.alloc(FILE_MARK.length), 0, FILE_MARK.length, 0);
  const isFile = buffer.toString("latin1") === FILE_MARK;
  const reader = isFile ? await RecordBatchReader.from(handle) : await RecordBatchReader.from(createReadStream(path));
  await reader.open();
  const columns = reader.schema.fields.map(({ name, type }): TypedColumn => {
    try {
      return { name, type: duckDbType(type) };
    } catch (thrown) {
      if (thrown instanceof UnknownType) thrown.message = `has a column ${name} that ${thrown.message}`;
      throw thrown;
    }
  });
  async function* lines(): AsyncGenerator<Buffer> {
    try {
      for await (const batch of reader) yield* linesOf(batch);
    } finally {
      await reader.cancel();
      await handle.close().catch(() => {}); // The reader may have closed it.
    }
  }
  return { columns, lines: lines() };
}

function* linesOf(batch: RecordBatch): Generator<Buffer> {
  const values = batch.data.children.map((child, index) => {
    const json = jsonOf(child);
    return (row: number) => `"${lineColumn(index)}":${json(row)}`;
  });
  for (let from = 0; from < batch.numRows; from += ROWS_AT_ONCE) {
    let text = "";
    for (let row = from; row < Math.min(from + ROWS_AT_ONCE, batch.numRows); row++) {
      text += `{${values.map((value) => value(row)).join(",")}}\n`;
    }
    yield Buffer.from(text);
  }
}

/** The DuckDB type of a column. Throws UnknownType. */
function duckDbType(type: DataType): string {
  if (DataType.isNull(type) || isText(type)) return "VARCHAR";
  if (DataType.isBool(type)) return "BOOLEAN";
  if (DataType.isInt(type)) return `${type.isSigned ? "" : "U"}${INTEGERS[type.bitWidth]}`;
  if (DataType.isFloat(type)) return type.precision === 2 ? "DOUBLE" : "FLOAT";
  if (DataType.isDecimal(type)) return decimalType(type.precision, type.scale);
  if (DataType.isDate(type)) return type.unit === DateUnit.DAY ? "DATE" : "TIMESTAMP";
  if (DataType.isTime(type)) return "TIME";
  if (DataType.isTimestamp(type)) {
    if (type.unit === TimeUnit.NANOSECOND) return "TIMESTAMP_NS";
    return type.timezone ? "TIMESTAMPTZ" : "TIMESTAMP";
  }
  if (isBytes(type)) return "BLOB";
  if (DataType.isDictionary(type)) return duckDbType(type.dictionary as DataType);
  if (isList(type)) return `${duckDbType(type.children[0]!.type as DataType)}[]`;
  if (DataType.isStruct(type) && type.children.length > 0) {
    const fields = type.children.map(
      (field) => `"${field.name.replaceAll('"', '""')}" ${duckDbType(field.type as DataType)}`,
    );
    return `STRUCT(${fields.join(", ")})`;
  }
  throw new UnknownType(String(type));
}

const INTEGERS: Readonly<Record<number, string>> = { 8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT" };

function isText(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type);
}

function isBytes(type: DataType): boolean {
  return (
    DataType.isBinary(type) ||
    DataType.isLargeBinary(type) ||
    DataType.isBinaryView(type) ||
    DataType.isFixedSizeBinary(type)
  );
}

function isList(type: DataType): boolean {
  return DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type);
}

/** How the values of some data become JSON. */
function jsonOf(data: Data): RowJson {
  if (DataType.isNull(data.type)) return () => "null";
  const json = valueJsonOf(data);
  return (row) => (data.getValid(row) ? json(row) : "null");
}

function valueJsonOf(data: Data): RowJson {
  const type = data.type as DataType;
  const vector = new Vector([data]);
  const get = (row: number): unknown => vector.get(row);
  if (isText(type)) return (row) => JSON.stringify(get(row));
  if (isBytes(type)) return (row) => bytesJson(get(row) as Uint8Array);
  if (DataType.isInt(type)) return (row) => String((data.values as ArrayLike<number | bigint>)[row]);
  if (DataType.isBool(type)) return (row) => String(get(row));
  if (DataType.isFloat(type)) return (row) => floatJson(get(row) as number);
  if (DataType.isDecimal(type)) {
    return (row) => decimalJson(signedWords(data.values as Uint32Array, row, type.bitWidth), type.scale);
  }
  if (DataType.isDate(type)) {
    if (type.unit === DateUnit.DAY) return (row) => dateJson(Number(wholeAt(data, row)));
    return (row) => timestampJson(wholeAt(data, row), MS_PER_DAY / 86_400n);
  }
  if (DataType.isTimestamp(type)) return (row) => timestampJson(wholeAt(data, row), PER_SECOND[type.unit]);
  if (DataType.isTime(type)) return (row) => timeJson(wholeAt(data, row), PER_SECOND[type.unit]);
  if (DataType.isDictionary(type)) return dictionaryJson(data);
  if (isList(type)) return listJson(data);
  if (DataType.isStruct(type)) {
    const fields = type.children.map(
      (field, index) => [JSON.stringify(field.name), jsonOf(data.children[index]!)] as const,
    );
    return (row) => `{${fields.map(([name, json]) => `${name}:${json(row)}`).join(",")}}`;
  }
  throw new UnknownType(String(type));
}

/** A whole number as it is stored, which the library would make a number with fewer digits. */
function wholeAt(data: Data, row: number): bigint {
  const values = data.values as Int32Array | BigInt64Array;
  if (values instanceof BigInt64Array) return values[row]!;
  if (data.stride === 2) return (BigInt(values[2 * row + 1]!) << 32n) | BigInt(values[2 * row]! >>> 0);
  return BigInt(values[row]!);
}

/** A whole number in words of 32 bits, the lowest first. */
function signedWords(words: Uint32Array, row: number, bits: number): bigint {
  const width = bits / 32;
  let value = 0n;
  for (let word = width - 1; word >= 0; word--) value = (value << 32n) | BigInt(words[row * width + word]! >>> 0);
  return BigInt.asIntN(bits, value);
}

/** Entries of a dictionary are written once. */
function dictionaryJson(data: Data): RowJson {
  const entries = (data.dictionary?.data ?? []).flatMap((part) => {
    const json = jsonOf(part);
    return Array.from({ length: part.length }, (_, row) => json(row));
  });
  return (row) => entries[Number((data.values as ArrayLike<number | bigint>)[row])] ?? "null";
}

function listJson(data: Data): RowJson {
  const json = jsonOf(data.children[0]!);
  const type = data.type as DataType;
  const fixed = DataType.isFixedSizeList(type) ? type.listSize : undefined;
  const offsets = data.valueOffsets as ArrayLike<number | bigint>;
  return (row) => {
    const from = fixed === undefined ? Number(offsets[row]) : row * fixed;
    const to = fixed === undefined ? Number(offsets[row + 1]) : from + fixed;
    return `[${Array.from({ length: to - from }, (_, index) => json(from + index)).join(",")}]`;
  };
}
