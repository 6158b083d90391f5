import avro from "avsc";
import {
  Binary,
  Bool,
  compressionRegistry,
  CompressionType,
  DateDay,
  Decimal,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  LargeUtf8,
  List,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  Table,
  tableToIPC,
  TimestampNanosecond,
  Uint64,
  Utf8,
  Vector,
  vectorFromArray,
  type DataType,
} from "apache-arrow";
import { compress } from "lz4js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { arrowRows } from "./arrow-rows.js";
import { avroRows } from "./avro-rows.js";
import {
  dateJson,
  decimalJson,
  durationJson,
  lineType,
  timeJson,
  timestampJson,
  zonedTimestampJson,
  type TypedRows,
} from "./typed-rows.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "palate-typed-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function linesOf(rows: TypedRows): Promise<string[]> {
  const parts: Buffer[] = [];
  for await (const part of rows.lines) parts.push(part);
  await rows.close();
  return Buffer.concat(parts).toString().split("\n").slice(0, -1);
}

describe("values as JSON text are exact", () => {
  test.each<[string, string]>([
    [decimalJson(-1234567890123456789012345n, 5), '"-12345678901234567890.12345"'],
    [decimalJson(7n, 3), '"0.007"'],
    [decimalJson(-5n, 0), '"-5"'],
    [decimalJson(12n, -2), '"1200"'],
    [timestampJson(1700000000123456789n, 1_000_000_000n), '"2023-11-14 22:13:20.123456789"'],
    [timestampJson(-1n, 1_000n), '"1969-12-31 23:59:59.999"'],
    [timestampJson(1700000000n, 1n), '"2023-11-14 22:13:20"'],
    [timeJson(80_000_500_000n, 1_000_000n), '"22:13:20.5"'],
    [zonedTimestampJson(-1n, 1_000_000_000n), '"1969-12-31 23:59:59.999999"'],
    [durationJson(-1n, 1_000_000_000n), '"-1 microseconds"'],
    [durationJson(90n, 1n), '"90000000 microseconds"'],
    [dateJson(-1), '"1969-12-31"'],
  ])("%s", (json, right) => {
    expect(json).toBe(right);
  });
});

test("bytes and durations are text in the lines", () => {
  expect(lineType('STRUCT("BLOB" BLOB[], "a ""BLOB" MAP(VARCHAR, INTERVAL))')).toBe(
    'STRUCT("BLOB" VARCHAR[], "a ""BLOB" MAP(VARCHAR, VARCHAR))',
  );
});

describe("Avro", () => {
  const LONG = avro.types.LongType.__with({
    fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
    toBuffer: (value: bigint) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(value);
      return bytes;
    },
    fromJSON: BigInt,
    toJSON: String,
    isValid: (value: unknown) => typeof value === "bigint",
    compare: () => 0,
  });

  async function write(fields: object[], rows: object[], codec = "null"): Promise<string> {
    const file = path.join(folder, `${Math.random()}.avro`);
    const schema = { type: "record", name: "Row", namespace: "shop", fields } as avro.Schema;
    const isLong = (each: unknown) => each === "long" || (each as { type?: string }).type === "long";
    const typeHook = (each: unknown) => (isLong(each) ? LONG : undefined);
    const type = avro.Type.forSchema(schema, { wrapUnions: "always", typeHook });
    const writeHeader = rows.length === 0 ? "always" : "auto";
    const encoder = new avro.streams.BlockEncoder(type, { codec, writeHeader });
    Object.assign(encoder, { _schema: schema }); // A type forgets logical types, which belong into the header.
    const parts: Buffer[] = [];
    encoder.on("data", (part: Buffer) => parts.push(part));
    for (const row of rows) encoder.write(row);
    encoder.end();
    await once(encoder, "end");
    await writeFile(file, Buffer.concat(parts));
    return file;
  }

  test.each(["null", "deflate"])("keeps every type exactly (codec %s)", async (codec) => {
    const kind = { type: "enum", name: "Kind", symbols: ["view", "buy"] };
    const fields = [
      { name: "id", type: ["null", "string"] },
      { name: "big", type: "long" },
      { name: "at", type: { type: "long", logicalType: "timestamp-micros" } },
      { name: "day", type: ["null", { type: "int", logicalType: "date" }] },
      { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 10, scale: 2 } },
      { name: "kind", type: kind },
      { name: "kind2", type: ["null", "Kind"] },
      { name: "tags", type: { type: "array", items: "string" } },
      { name: "mixed", type: ["null", "long", "string"] },
      { name: "inner", type: { type: "record", name: "Inner", fields: [{ name: "x", type: "double" }] } },
    ];
    const row = {
      id: { string: "ü" },
      big: 9223372036854775807n,
      at: 1700000000123456n,
      day: { int: 19675 },
      price: Buffer.from([0xff, 0x85]),
      kind: "buy",
      kind2: { "shop.Kind": "view" },
      tags: ["a", "b"],
      mixed: { long: 9007199254740993n },
      inner: { x: 0.1 },
    };
    const none = { ...row, id: null, day: null, kind2: null, mixed: { string: "m" }, tags: [] };
    const rows = await avroRows(await write(fields, [row, none], codec));
    expect(rows.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      "id VARCHAR",
      "big BIGINT",
      "at TIMESTAMPTZ",
      "day DATE",
      "price DECIMAL(10, 2)",
      "kind VARCHAR",
      "kind2 VARCHAR",
      "tags VARCHAR[]",
      "mixed VARCHAR",
      'inner STRUCT("x" DOUBLE)',
    ]);
    expect(await linesOf(rows)).toEqual([
      '{"c0":"ü","c1":9223372036854775807,"c2":"2023-11-14 22:13:20.123456","c3":"2023-11-14","c4":"-1.23","c5":"buy","c6":"view","c7":["a","b"],"c8":"9007199254740993","c9":{"x":0.1}}',
      '{"c0":null,"c1":9223372036854775807,"c2":"2023-11-14 22:13:20.123456","c3":null,"c4":"-1.23","c5":"buy","c6":null,"c7":[],"c8":"m","c9":{"x":0.1}}',
    ]);
  });

  test("without rows has its columns, and damaged files end in an error", async () => {
    const file = await write([{ name: "id", type: "string" }], []);
    const rows = await avroRows(file);
    expect(rows.columns).toEqual([{ name: "id", type: "VARCHAR" }]);
    expect(await linesOf(rows)).toEqual([]);
    await writeFile(file, "Obj\x01 and so on");
    await expect(avroRows(file)).rejects.toThrow("it is cut off");
    const whole = await readFile(await write([{ name: "id", type: "string" }], [{ id: "a" }, { id: "b" }]));
    await writeFile(file, whole.subarray(0, -5));
    await expect(avroRows(file)).rejects.toThrow("it is cut off");
    const self = [{ name: "next", type: ["null", "shop.Row"] }];
    await expect(avroRows(await write(self, [{ next: null }]))).rejects.toThrow(
      /a record that holds itself|holds itself/,
    );
  });
});

describe("Arrow", () => {
  function table(columns: Readonly<Record<string, Vector>>): Table {
    const names = Object.keys(columns);
    const fields = names.map((name) => new Field(name, columns[name]!.type as DataType, true));
    const children = names.map((name) => columns[name]!.data[0]!);
    const struct = makeData({ type: new Struct(fields), length: columns[names[0]!]!.length, nullCount: 0, children });
    return new Table([new RecordBatch(new Schema(fields), struct)]);
  }

  test("keeps a mark in front of a text, which is no byte order mark", async () => {
    const text = ["\ufeffu", "\ufeff"];
    const made = table({
      plain: vectorFromArray(text, new Utf8()),
      large: vectorFromArray(text, new LargeUtf8()),
      word: vectorFromArray(text, new Dictionary(new Utf8(), new Int32())),
    });
    const file = path.join(folder, "marks.arrow");
    await writeFile(file, tableToIPC(made, "file"));
    const lines = await linesOf(await arrowRows(file));
    expect(lines.map((line) => Object.values(JSON.parse(line) as object))).toEqual(text.map((one) => [one, one, one]));
  });

  test.each(["file", "stream"] as const)("keeps every type exactly (%s)", async (kind) => {
    const decimal = new Decimal(2, 10, 128);
    const words = new Uint32Array([0xffffff85, 0xffffffff, 0xffffffff, 0xffffffff, 5, 0, 0, 0]);
    const nano = new TimestampNanosecond();
    const made = table({
      id: vectorFromArray(["ü", null], new Utf8()),
      big: vectorFromArray([9223372036854775807n, -1n], new Int64()),
      unsigned: vectorFromArray([18446744073709551615n, null], new Uint64()),
      at: new Vector([makeData({ type: nano, length: 2, data: BigInt64Array.of(1700000000123456789n, -1n) as never })]),
      day: vectorFromArray([new Date("2023-11-14"), null], new DateDay()),
      price: new Vector([makeData({ type: decimal, length: 2, data: words })]),
      kind: vectorFromArray(["buy", "view"], new Dictionary(new Utf8(), new Int32())),
      tags: vectorFromArray([["a", "b"], []], new List(new Field("item", new Utf8(), true))),
      yes: vectorFromArray([true, false], new Bool()),
      ratio: vectorFromArray([0.1, NaN], new Float64()),
      raw: vectorFromArray([Uint8Array.of(255, 0), null], new Binary()),
    });
    const file = path.join(folder, `a.${kind}`);
    await writeFile(file, tableToIPC(made, kind));
    const rows = await arrowRows(file);
    expect(rows.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      "id VARCHAR",
      "big BIGINT",
      "unsigned UBIGINT",
      "at TIMESTAMP_NS",
      "day DATE",
      "price DECIMAL(10, 2)",
      "kind VARCHAR",
      "tags VARCHAR[]",
      "yes BOOLEAN",
      "ratio DOUBLE",
      "raw BLOB",
    ]);
    expect(await linesOf(rows)).toEqual([
      '{"c0":"ü","c1":9223372036854775807,"c2":18446744073709551615,"c3":"2023-11-14 22:13:20.123456789","c4":"2023-11-14","c5":"-1.23","c6":"buy","c7":["a","b"],"c8":true,"c9":0.1,"c10":"\\\\xff\\\\x00"}',
      '{"c0":null,"c1":-1,"c2":null,"c3":"1969-12-31 23:59:59.999999999","c4":null,"c5":"0.05","c6":"view","c7":[],"c8":false,"c9":"NaN","c10":null}',
    ]);
  });

  test("compressed with lz4 is read", async () => {
    const readOnly = { decode: compressionRegistry.get(CompressionType.LZ4_FRAME)!.decode! };
    compressionRegistry.set(CompressionType.LZ4_FRAME, { encode: (bytes) => compress(bytes), ...readOnly });
    const values = Array.from({ length: 1000 }, (_, i) => `item ${i % 10}`);
    const writer = new RecordBatchFileWriter({ compressionType: CompressionType.LZ4_FRAME });
    writer.writeAll(table({ id: vectorFromArray(values, new Utf8()) }).batches).finish();
    const file = path.join(folder, "lz4.arrow");
    await writeFile(file, await writer.toUint8Array());
    compressionRegistry.set(CompressionType.LZ4_FRAME, readOnly);
    expect(await linesOf(await arrowRows(file))).toEqual(values.map((value) => `{"c0":"${value}"}`));
  });

  test("damaged files end in an error", async () => {
    const file = path.join(folder, "damaged.arrow");
    await writeFile(file, Buffer.concat([Buffer.from("ARROW1\0\0"), Buffer.alloc(40, 7), Buffer.from("ARROW1")]));
    await expect(arrowRows(file)).rejects.toThrow();
  });
});
