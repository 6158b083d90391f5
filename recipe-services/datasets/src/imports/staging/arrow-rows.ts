import {
  Binary,
  BinaryView,
  compressionRegistry,
  CompressionType,
  DataType,
  DateUnit,
  LargeBinary,
  RecordBatchReader,
  TimeUnit,
  Vector,
  type Data,
  type Field,
  type Map_,
  type RecordBatch,
  type Struct,
} from "apache-arrow";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { needWhole, withoutLoops } from "./arrow-guard.js";
import { BOOL8, extensionOf, UUID } from "./arrow-extensions.js";
import { arrowType, entryField, isBytes, isList, isText } from "./arrow-types.js";
import { MAX_PART_BYTES, unzstdAtOnce } from "./compression.js";
import { unlz4 } from "./lz4-frame.js";
import { periodJson, periodOf } from "./pandas-period.js";
import {
  bytesJson,
  dateJson,
  decimalJson,
  durationJson,
  floatJson,
  lineColumn,
  timeJson,
  timestampJson,
  UnknownType,
  uuidJson,
  zonedTimestampJson,
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
compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: (bytes) => unlz4(bytes, MAX_PART_BYTES) });

/** The value of a row as JSON text. */
type RowJson = (row: number) => string;

/**
 * The rows of an Arrow IPC file (Feather version 2) or stream.
 * @throws UnknownType, and the library's errors for damaged files
 */
export async function arrowRows(path: string): Promise<TypedRows> {
  const handle = await open(path);
  let reader: RecordBatchReader | undefined;
  const close = async () => {
    await reader?.cancel();
    await handle.close().catch(() => {}); // The reader may have closed it.
  };
  try {
    const { buffer } = await handle.read(Buffer.alloc(FILE_MARK.length), 0, FILE_MARK.length, 0);
    const isFile = buffer.toString("latin1") === FILE_MARK;
    reader = isFile
      ? await RecordBatchReader.from(withoutLoops(handle))
      : await RecordBatchReader.from(createReadStream(path));
    await reader.open();
    return { columns: reader.schema.fields.map(columnOf), lines: linesOfAll(reader), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function* linesOfAll(batches: AsyncIterable<RecordBatch>): AsyncGenerator<Buffer> {
  for await (const batch of batches) yield* linesOf(batch);
}

function columnOf(field: Field): TypedColumn {
  try {
    return { name: field.name, type: arrowType(field) };
  } catch (thrown) {
    if (thrown instanceof UnknownType) thrown.message = `has a column ${field.name} that ${thrown.message}`;
    throw thrown;
  }
}

function* linesOf(batch: RecordBatch): Generator<Buffer> {
  for (const child of batch.data.children) needWhole(child);
  const values = batch.data.children.map((child, index) => {
    const json = jsonOf(child, batch.schema.fields[index]!);
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

/** How the values of some data become JSON. */
function jsonOf(data: Data, field: Field): RowJson {
  if (DataType.isNull(data.type)) return () => "null";
  const json = valueJsonOf(data, field);
  return (row) => (data.getValid(row) ? json(row) : "null");
}

function valueJsonOf(data: Data, field: Field): RowJson {
  const type = data.type as DataType;
  const vector = new Vector([data]);
  const get = (row: number): unknown => vector.get(row);
  if (isText(type)) return textJson(data);
  if (isBytes(type)) {
    const json = extensionOf(field) === UUID ? uuidJson : bytesJson;
    return (row) => json(get(row) as Uint8Array);
  }
  if (DataType.isInt(type)) {
    const period = periodOf(field);
    if (period) return (row) => periodJson(period, wholeAt(data, row));
    const values = data.values as ArrayLike<number | bigint>;
    return extensionOf(field) === BOOL8 ? (row) => String(values[row] !== 0) : (row) => String(values[row]);
  }
  if (DataType.isBool(type)) return (row) => String(get(row));
  if (DataType.isFloat(type)) return (row) => floatJson(get(row) as number);
  if (DataType.isDecimal(type)) {
    return (row) => decimalJson(signedWords(data.values as Uint32Array, row, type.bitWidth), type.scale);
  }
  if (DataType.isDictionary(type)) return dictionaryJson(data, field);
  return timeJsonOf(data) ?? nestedJsonOf(data);
}

/** Days, times and durations; undefined for other types. */
function timeJsonOf(data: Data): RowJson | undefined {
  const type = data.type as DataType;
  if (DataType.isDate(type)) {
    if (type.unit === DateUnit.DAY) return (row) => dateJson(Number(wholeAt(data, row)));
    return (row) => timestampJson(wholeAt(data, row), MS_PER_DAY / 86_400n);
  }
  if (DataType.isTimestamp(type)) {
    const json = type.timezone ? zonedTimestampJson : timestampJson;
    return (row) => json(wholeAt(data, row), PER_SECOND[type.unit]);
  }
  if (DataType.isTime(type)) return (row) => timeJson(wholeAt(data, row), PER_SECOND[type.unit]);
  if (DataType.isDuration(type)) return (row) => durationJson(wholeAt(data, row), PER_SECOND[type.unit]);
  return undefined;
}

/** Lists, maps and structs. Throws UnknownType for other types. */
function nestedJsonOf(data: Data): RowJson {
  const type = data.type as DataType;
  if (isList(type)) return listJson(data);
  if (DataType.isMap(type)) return mapJson(data);
  if (!DataType.isStruct(type)) throw new UnknownType(String(type));
  const fields = type.children.map(
    (field, index) => [JSON.stringify(field.name), jsonOf(data.children[index]!, field)] as const,
  );
  return (row) => `{${fields.map(([name, json]) => `${name}:${json(row)}`).join(",")}}`;
}

/** Texts by their bytes: the library leaves out what it takes for a byte order mark in front of each. */
function textJson(data: Data): RowJson {
  const binary = DataType.isUtf8View(data.type)
    ? new BinaryView()
    : DataType.isLargeUtf8(data.type)
      ? new LargeBinary()
      : new Binary();
  const vector = new Vector([data.clone(binary as never)]) as Vector<Binary>;
  return (row) => {
    const bytes = vector.get(row)!;
    return JSON.stringify(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  };
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
function dictionaryJson(data: Data, field: Field): RowJson {
  const entries = (data.dictionary?.data ?? []).flatMap((part) => {
    const json = jsonOf(part, entryField(field));
    return Array.from({ length: part.length }, (_, row) => json(row));
  });
  return (row) => entries[Number((data.values as ArrayLike<number | bigint>)[row])] ?? "null";
}

function listJson(data: Data): RowJson {
  const type = data.type as DataType;
  const json = jsonOf(data.children[0]!, type.children[0] as Field);
  const fixed = DataType.isFixedSizeList(type) ? type.listSize : undefined;
  const offsets = data.valueOffsets as ArrayLike<number | bigint>;
  return (row) => {
    const from = fixed === undefined ? Number(offsets[row]) : row * fixed;
    const to = fixed === undefined ? Number(offsets[row + 1]) : from + fixed;
    return `[${Array.from({ length: to - from }, (_, index) => json(from + index)).join(",")}]`;
  };
}

/** A map whose keys are texts. */
function mapJson(data: Data): RowJson {
  const { children } = (data.type as Map_).children[0]!.type as Struct;
  const entries = data.children[0]!.children;
  const key = jsonOf(entries[0]!, children[0]!);
  const value = jsonOf(entries[1]!, children[1]!);
  const offsets = data.valueOffsets;
  return (row) => {
    const from = offsets[row]!;
    const each = Array.from({ length: offsets[row + 1]! - from }, (_, i) => `${key(from + i)}:${value(from + i)}`);
    return `{${each.join(",")}}`;
  };
}
