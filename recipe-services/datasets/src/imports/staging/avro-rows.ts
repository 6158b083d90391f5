import avro, { type Type } from "avsc";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { crc32, inflateRawSync } from "node:zlib";
import { uncompress } from "snappyjs";
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
  uuidJson,
  zonedTimestampJson,
  type ToJson,
  type TypedColumn,
  type TypedRows,
} from "./typed-rows.js";

/** A schema as Avro files hold it. */
type Schema = string | readonly Schema[] | SchemaObject;

interface SchemaObject {
  readonly type: Schema;
  readonly name?: string;
  readonly namespace?: string;
  readonly fields?: readonly { readonly name: string; readonly type: Schema }[];
  readonly items?: Schema;
  readonly values?: Schema;
  readonly size?: number;
  readonly logicalType?: string;
  readonly precision?: number;
  readonly scale?: number;
}

/** What a schema becomes: a DuckDB type, and how a decoded value is written as JSON. */
interface Written {
  readonly type: string;
  readonly toJson: ToJson<unknown>;
}

/** Deepest nesting of a schema. */
const MAX_DEPTH = 32;

/** Bytes of the file that are read at a time; each time the library copies what it has of a block. */
const READ_BYTES = 4 * 1024 * 1024;

/** Bytes of lines that are given at a time. */
const LINES_BYTES = 256 * 1024;

/** 64-bit integers as bigint: numbers hold 53 bits only. */
const LONG: Type = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === "bigint",
  compare: (one: bigint, other: bigint) => (one < other ? -1 : one > other ? 1 : 0),
});

type Codec = (block: Buffer, done: (error: Error | null, plain?: Buffer) => void) => void;

/** Unpacks a block, in bounds. */
const codec =
  (unpack: (block: Buffer) => Uint8Array): Codec =>
  (block, done) => {
    try {
      done(null, Buffer.from(unpack(block)));
    } catch (thrown) {
      done(thrown as Error);
    }
  };

const CODECS: Readonly<Record<string, Codec>> = {
  null: (block, done) => done(null, block),
  deflate: codec((block) => inflateRawSync(block, { maxOutputLength: MAX_PART_BYTES })),
  zstandard: codec(unzstdAtOnce),
  snappy: codec((block) => {
    const plain = uncompress(block.subarray(0, -4), MAX_PART_BYTES);
    if (crc32(plain) !== block.readUInt32BE(block.length - 4)) throw new Error("a block's checksum is wrong");
    return plain;
  }),
};

/** The rows of an Avro object container file. Throws UnknownType, and the library's errors for damaged files. */
export async function avroRows(path: string): Promise<TypedRows> {
  let written: Written[] = [];
  let names: string[] = [];
  const parseHook = (schema: unknown): Type => {
    const columns = columnsOf(withoutEmptyNames(schema as Schema));
    names = columns.map(({ name }) => name);
    written = columns.map((column) => column.written);
    return avro.Type.forSchema(withoutEmptyNames(schema as Schema) as avro.Schema, {
      wrapUnions: "always",
      typeHook: (each) => (isLong(each as unknown as Schema) ? LONG : undefined),
    });
  };
  const file = createReadStream(path, { highWaterMark: READ_BYTES });
  const decoder = file.pipe(
    new avro.streams.BlockDecoder({ parseHook: parseHook as (schema: avro.Schema) => Type, codecs: CODECS }),
  );
  file.on("error", (error) => decoder.destroy(error));
  let marker: Buffer | undefined;
  decoder.on("metadata", (_type: Type, _codec: string, header: { readonly sync: Buffer }) => (marker = header.sync));
  const close = async () => {
    decoder.destroy();
    file.destroy();
  };
  try {
    const iterator = decoder[Symbol.asyncIterator]() as AsyncIterator<Record<string, unknown>>;
    const first = await iterator.next(); // The header has been read then.
    // The library takes a file that is cut off for one that ends there.
    if (marker === undefined || !(await endOf(path, marker.length)).equals(marker)) throw new Error("it is cut off");
    const columns = names.map((name, index): TypedColumn => ({ name, type: written[index]!.type }));
    return { columns, lines: linesOf(first, iterator, names, written), close };
  } catch (thrown) {
    await close();
    const unknown = /unknown codec: (\S+)/.exec((thrown as Error).message)?.[1];
    if (unknown === undefined) throw thrown;
    throw new Error(`its blocks are compressed with ${unknown}; ${Object.keys(CODECS).join(", ")} are read`, {
      cause: thrown,
    });
  }
}

/** The last bytes of a file. */
async function endOf(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return (await file.read(Buffer.alloc(bytes), 0, bytes, Math.max(size - bytes, 0))).buffer;
  } finally {
    await file.close();
  }
}

async function* linesOf(
  first: IteratorResult<Record<string, unknown>>,
  iterator: AsyncIterator<Record<string, unknown>>,
  names: readonly string[],
  written: readonly Written[],
): AsyncGenerator<Buffer> {
  let text = "";
  for (let next = first; !next.done; next = await iterator.next()) {
    const values = names.map((name, index) => `"${lineColumn(index)}":${written[index]!.toJson(next.value[name])}`);
    text += `{${values.join(",")}}\n`;
    if (text.length < LINES_BYTES) continue;
    yield Buffer.from(text);
    text = "";
  }
  if (text !== "") yield Buffer.from(text);
}

/** A schema whose types have no name where theirs is empty, as polars writes them: the library refuses such names. */
function withoutEmptyNames(schema: Schema): Schema {
  if (typeof schema === "string") return schema;
  if (isUnion(schema)) return schema.map(withoutEmptyNames);
  const { name, ...others } = schema;
  const { type, fields, items, values } = schema;
  return {
    ...(name === "" ? others : schema),
    type: withoutEmptyNames(type),
    ...(fields && { fields: fields.map((field) => ({ ...field, type: withoutEmptyNames(field.type) })) }),
    ...(items !== undefined && { items: withoutEmptyNames(items) }),
    ...(values !== undefined && { values: withoutEmptyNames(values) }),
  };
}

function isLong(schema: Schema): boolean {
  return schema === "long" || (typeof schema === "object" && "type" in schema && schema.type === "long");
}

function columnsOf(schema: Schema): { name: string; written: Written }[] {
  const record = schema as SchemaObject;
  if (record.type !== "record" || record.fields === undefined) throw new UnknownType("rows that are no records");
  const writer = new SchemaWriter();
  writer.remember(record, "");
  return record.fields.map(({ name, type }) => ({
    name,
    written: withName(name, () => writer.write(type, record.namespace ?? "", 1)),
  }));
}

function withName<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof UnknownType) thrown.message = `has a column ${name} that ${thrown.message}`;
    throw thrown;
  }
}

const number = (type: string): Written => ({ type, toJson: String });
const text: Written = { type: "VARCHAR", toJson: (value) => JSON.stringify(value) };
const float = (type: string): Written => ({ type, toJson: (value) => floatJson(value as number) });
const moment = (perSecond: bigint): Written => ({
  type: "TIMESTAMPTZ",
  toJson: (value) => zonedTimestampJson(value as bigint, perSecond),
});
const localMoment = (type: string, perSecond: bigint): Written => ({
  type,
  toJson: (value) => timestampJson(value as bigint, perSecond),
});

const PRIMITIVES: Readonly<Record<string, Written>> = {
  null: { type: "VARCHAR", toJson: () => "null" },
  boolean: number("BOOLEAN"),
  int: number("INTEGER"),
  long: number("BIGINT"),
  float: float("FLOAT"),
  double: float("DOUBLE"),
  bytes: { type: "BLOB", toJson: (value) => bytesJson(value as Buffer) },
  string: text,
};

/** Logical types, by the type that they are of. */
const LOGICAL: Readonly<Record<string, Written>> = {
  "fixed uuid": { type: "UUID", toJson: (value) => uuidJson(value as Buffer) },
  "fixed duration": { type: "INTERVAL", toJson: (value) => monthsJson(value as Buffer) },
  "int date": { type: "DATE", toJson: (value) => dateJson(value as number) },
  "int time-millis": { type: "TIME", toJson: (value) => timeJson(BigInt(value as number), 1_000n) },
  "long time-micros": { type: "TIME", toJson: (value) => timeJson(value as bigint, 1_000_000n) },
  "long timestamp-millis": moment(1_000n),
  "long timestamp-micros": moment(1_000_000n),
  "long timestamp-nanos": moment(1_000_000_000n),
  "long local-timestamp-millis": localMoment("TIMESTAMP", 1_000n),
  "long local-timestamp-micros": localMoment("TIMESTAMP", 1_000_000n),
  "long local-timestamp-nanos": localMoment("TIMESTAMP_NS", 1_000_000_000n),
};

/** Turns schemas into DuckDB types, and says how their values are written. */
class SchemaWriter {
  readonly #named = new Map<string, SchemaObject>();
  readonly #open = new Set<SchemaObject>();

  /** Takes note of a type that later ones may name. */
  remember(schema: SchemaObject, namespace: string): void {
    if (schema.name !== undefined) this.#named.set(fullName(schema.name, schema.namespace ?? namespace), schema);
  }

  write(schema: Schema, namespace: string, depth: number): Written {
    if (depth > MAX_DEPTH) throw new UnknownType("a deeply nested one");
    if (typeof schema === "string") {
      const named = this.#named.get(fullName(schema, namespace)) ?? this.#named.get(schema);
      return PRIMITIVES[schema] ?? this.#complex(named ?? { type: schema }, namespace, depth);
    }
    return isUnion(schema) ? this.#union(schema, namespace, depth) : this.#complex(schema, namespace, depth);
  }

  #complex(schema: SchemaObject, namespace: string, depth: number): Written {
    const { type, logicalType = "", precision = 0, scale = 0 } = schema;
    if (typeof type !== "string") return this.write(type, namespace, depth + 1);
    if (logicalType === "decimal" && (type === "bytes" || type === "fixed")) {
      this.remember(schema, namespace);
      return { type: decimalType(precision, scale), toJson: (value) => decimalJson(signed(value as Buffer), scale) };
    }
    const inner = (each: Schema) => this.write(each, schema.namespace ?? namespace, depth + 1);
    switch (type) {
      case "enum":
        this.remember(schema, namespace);
        return text;
      case "fixed":
        this.remember(schema, namespace);
        return LOGICAL[`fixed ${logicalType}`] ?? PRIMITIVES["bytes"]!;
      case "array": {
        const item = inner(schema.items ?? "null");
        const toJson = (value: unknown) => `[${(value as unknown[]).map(item.toJson).join(",")}]`;
        return { type: `${item.type}[]`, toJson };
      }
      case "map": {
        const item = inner(schema.values ?? "null");
        const entry = ([key, value]: [string, unknown]) => `${JSON.stringify(key)}:${item.toJson(value)}`;
        const toJson = (value: unknown) =>
          `{${Object.entries(value as object)
            .map(entry)
            .join(",")}}`;
        return { type: `MAP(VARCHAR, ${item.type})`, toJson };
      }
      case "record":
        return this.#record(schema, inner, namespace);
      default: {
        const found = LOGICAL[`${type} ${logicalType}`] ?? PRIMITIVES[type];
        if (found === undefined) throw new UnknownType(type);
        return found;
      }
    }
  }

  #record(schema: SchemaObject, inner: (each: Schema) => Written, namespace: string): Written {
    if (this.#open.has(schema)) throw new UnknownType("a record that holds itself");
    this.remember(schema, namespace);
    this.#open.add(schema);
    const fields = (schema.fields ?? []).map(({ name, type }) => ({ name, ...inner(type) }));
    this.#open.delete(schema);
    if (fields.length === 0) throw new UnknownType("a record without fields");
    const types = fields.map(({ name, type }) => `"${name}" ${type}`);
    const toJson = (value: unknown) => {
      const values = value as Record<string, unknown>;
      return `{${fields.map((field) => `"${field.name}":${field.toJson(values[field.name])}`).join(",")}}`;
    };
    return { type: `STRUCT(${types.join(", ")})`, toJson };
  }

  /** A union's value is null, or an object whose one key names the branch. */
  #union(branches: readonly Schema[], namespace: string, depth: number): Written {
    const others = branches.filter((branch) => branch !== "null").map((each) => this.write(each, namespace, depth + 1));
    const [first = PRIMITIVES["null"]!] = others;
    const type = others.every((other) => other.type === first.type) ? first.type : commonType(others);
    const keys = new Map(
      branches
        .filter((branch) => branch !== "null")
        .map((branch, index) => [branchKey(branch, namespace), others[index]!] as const),
    );
    const toJson = (value: unknown): string => {
      if (value === null) return "null";
      const [key, inside] = Object.entries(value as object)[0] as [string, unknown];
      const json = (keys.get(key) ?? first).toJson(inside);
      return type === "VARCHAR" && !json.startsWith('"') ? JSON.stringify(json) : json;
    };
    return { type, toJson };
  }
}

function isUnion(schema: Schema): schema is readonly Schema[] {
  return Array.isArray(schema);
}

/** What values of several types have in common: whole numbers stay numbers, other single values become text. */
function commonType(written: readonly Written[]): string {
  const types = written.map(({ type }) => type);
  if (types.every((type) => type === "INTEGER" || type === "BIGINT")) return "BIGINT";
  if (types.every((type) => /^(VARCHAR|BOOLEAN|INTEGER|BIGINT|FLOAT|DOUBLE)$/.test(type))) return "VARCHAR";
  throw new UnknownType(`a union of ${types.join(" and ")}`);
}

/** How the library names a branch of a union. */
function branchKey(branch: Schema, namespace: string): string {
  if (typeof branch === "string") return PRIMITIVES[branch] ? branch : fullName(branch, namespace);
  const { type, name, namespace: own } = branch as SchemaObject;
  return name === undefined ? String(type) : fullName(name, own ?? namespace);
}

function fullName(name: string, namespace: string): string {
  return name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;
}

/** Bytes in big endian as a whole number. */
function signed(bytes: Buffer): bigint {
  return bytes.length === 0 ? 0n : BigInt.asIntN(8 * bytes.length, BigInt(`0x${bytes.toString("hex")}`));
}

/** Months, days and milliseconds as JSON text of a DuckDB INTERVAL. */
function monthsJson(bytes: Buffer): string {
  const [months, days, milliseconds] = [0, 4, 8].map((at) => bytes.readUInt32LE(at));
  return `"${months} months ${days} days ${milliseconds} milliseconds"`;
}
