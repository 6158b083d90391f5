import { Column, DatasetType, ImportMapping } from "@palate/proto/dataset";
import { Binary, DurationSecond, Field, Int64, Schema, Table, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDb, execute, literal, queryRows } from "../storage/duckdb.js";
import { convertFiles } from "./convert-files.js";
import { localSource } from "./sources/local-files.js";
import { FileRefused } from "./staging/file-problem.js";

const column = (name: string, type: string, more: Partial<Column> = {}) => Column.create({ name, type, ...more });
const COLUMNS = [
  column("USER_ID", "string"),
  column("ITEM_ID", "string"),
  column("TIMESTAMP", "long"),
  column("EVENT_TYPE", "string", { nullable: true }),
];

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "palate-kinds-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const limits = () => ({ memoryMb: 256, threads: 1, folder, maxBytes: 10_000_000 });

/** Runs statements on an empty DuckDB database. */
async function withDuckDb<T>(use: Parameters<DuckDb["with"]>[0]): Promise<T> {
  const duckdb = await DuckDb.open(limits());
  try {
    return (await duckdb.with(use)) as T;
  } finally {
    duckdb.close();
  }
}

/** The bytes of a Parquet file that DuckDB writes. */
async function parquet(select: string, options = "", before = ""): Promise<Buffer> {
  const file = path.join(folder, `made-${count++}.parquet`);
  await withDuckDb(async (connection) => {
    if (before !== "") await execute(connection, before);
    await execute(connection, `COPY (${select}) TO ${literal(file)} (FORMAT parquet${options})`);
  });
  return readFile(file);
}

/** Imports files as one job; the rows as they were stored, or for what the files are refused. */
async function importFiles(files: Readonly<Record<string, string | Buffer>>, mapping?: object) {
  const work = path.join(folder, String(count++));
  await mkdir(work);
  const names = Object.keys(files);
  for (const name of names) await writeFile(path.join(work, name), files[name]!);
  const target = path.join(work, "out.parquet");
  const sources = names.map((name) => localSource(path.join(work, name), name));
  const type = DatasetType.DATASET_TYPE_INTERACTIONS;
  const { signal } = new AbortController();
  try {
    const { files: done } = await convertFiles({
      sources,
      type,
      columns: COLUMNS,
      mapping: mapping && ImportMapping.fromJSON(mapping),
      work,
      target,
      limits: limits(),
      signal,
    });
    const rows = await withDuckDb<Record<string, unknown>[]>((connection) =>
      queryRows(connection, `SELECT * FROM read_parquet(${literal(target)})`),
    );
    return { files: done.map(({ rows: each }) => each), rows: rows.map((row) => Object.values(row)) };
  } catch (thrown) {
    if (!(thrown instanceof FileRefused)) throw thrown;
    return { refused: thrown.problems.map(({ line, column: name, message }) => `${line} ${name}: ${message}`) };
  }
}

describe("Parquet files that DuckDB cannot read are refused with what it says and what helps", () => {
  const ROWS = "SELECT 'u' AS USER_ID, 'i' AS ITEM_ID, range AS TIMESTAMP FROM range(3)";

  test("encrypted", async () => {
    const secret = "PRAGMA add_parquet_key('k', '0123456789112345'); SET force_mbedtls_unsafe = 'true'";
    const encrypted = await parquet(ROWS, ", ENCRYPTION_CONFIG {footer_key: 'k'}", secret);
    expect(await importFiles({ "a.parquet": encrypted })).toEqual({
      refused: ["0 : is encrypted; save it without encryption"],
    });
  });

  test("an encoding that it does not know for the type", async () => {
    const plain = await parquet(ROWS, ", COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1");
    // The header of the data page of TIMESTAMP: three values, encoded PLAIN (0). 9, written twice as high, is BYTE_STREAM_SPLIT.
    const header = plain.indexOf(Buffer.from([0x2c, 0x15, 0x06, 0x15, 0x00, 0x15, 0x06, 0x15, 0x06, 0x00]));
    plain[header + 4] = 18;
    expect(await importFiles({ "a.parquet": plain })).toEqual({
      refused: [
        expect.stringMatching(
          /^0 : cannot be read \(Invalid Error: BYTE_STREAM_SPLIT .*\); write the column with PLAIN/,
        ),
      ],
    });
  });
});

describe("durations, which Parquet has not, are none of its numbers and times", () => {
  const ROW = (type: string) =>
    `SELECT 'u' AS USER_ID, 'i' AS ITEM_ID, 1::BIGINT AS TIMESTAMP, ${type} AS "EVENT_TYPE"`;
  const told = (key: string, value: string) => `, KV_METADATA {${literal(key)}: ${literal(value)}}`;
  const schema = new Schema([new Field("EVENT_TYPE", new DurationSecond(), true)]);
  const arrow = told("ARROW:schema", Buffer.from(tableToIPC(new Table(schema), "stream")).toString("base64"));
  const pandas = told("pandas", '{"columns": [{"name": "EVENT_TYPE", "numpy_type": "timedelta64[ns]"}]}');
  const SECONDS = { columns: [{ name: "EVENT_TYPE", expression: 'epoch("EVENT_TYPE")' }] };

  test.each([
    ["by the schema of Arrow", "90::BIGINT", arrow],
    ["by what pandas says", "TIME '00:01:30'", pandas],
  ])("%s", async (_what, value, options) => {
    const file = { "a.parquet": await parquet(ROW(value), options) };
    const refused =
      '0 EVENT_TYPE: is a duration; write it as a number, or take its seconds by the expression: epoch("EVENT_TYPE")';
    expect(await importFiles(file)).toEqual({ refused: [refused] });
    expect((await importFiles(file, SECONDS)).rows).toEqual([["u", "i", "1", "90"]]);
  });

  test("and stay what they are where the schema says something else than the file", async () => {
    const file = { "a.parquet": await parquet(ROW("'text'"), arrow) };
    expect((await importFiles(file)).rows).toEqual([["u", "i", "1", "text"]]);
    const damaged = { "a.parquet": await parquet(ROW("'text'"), told("ARROW:schema", "/////w==")) };
    expect((await importFiles(damaged)).rows).toEqual([["u", "i", "1", "text"]]);
  });
});

describe("lines may end in LF, CR LF or CR", () => {
  const HEADER = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE";
  const ROWS = [
    ["u", "a", "1", "x\ry"],
    ["u", "b", "2", "p\r\nq"],
    ["u", "c", "3", null],
  ];
  test.each<[string, string]>([
    ["a header in CR LF, rows in LF", `${HEADER}\r\nu,a,1,"x\ry"\nu,b,2,"p\r\nq"\nu,c,3,\n`],
    ["one CR LF among LF", `${HEADER}\nu,a,1,"x\ry"\r\nu,b,2,"p\r\nq"\nu,c,3,`],
    ["a CR inside a value without quotes", `${HEADER}\nu,a,1,x\ry\nu,b,2,"p\r\nq"\nu,c,3,\n`],
    ["CR twice before LF", `${HEADER}\r\r\nu,a,1,"x\ry"\r\r\nu,b,2,"p\r\nq"\r\r\nu,c,3,\r\r\n`],
    ["CR only", `${HEADER}\ru,a,1,"x\ry"\ru,b,2,"p\r\nq"\ru,c,3,\r`.replace("p\r\nq", "p\r\rq")],
  ])("%s", async (_what, content) => {
    const rows = content.includes("p\r\rq")
      ? ROWS.map((row) => row.map((v) => v?.replace("\r\n", "\r\r") ?? null))
      : ROWS;
    expect(await importFiles({ "a.csv": content })).toEqual({ files: [3], rows });
  });

  test("and a problem is said at the line of the given file", async () => {
    const content = `${HEADER}\r\nu,a,1,"x\r\ny"\nu,b,soon,\r\n`;
    expect(await importFiles({ "a.csv": content })).toEqual({ refused: ['4 TIMESTAMP: "soon" is not Unix seconds'] });
    expect(await importFiles({ "a.csv": `${HEADER}\ru,a,1,\ru,b,soon,\r` })).toEqual({
      refused: ['3 TIMESTAMP: "soon" is not Unix seconds'],
    });
  });

  test("in JSON lines too", async () => {
    const line = (n: number) => `{"USER_ID":"u","ITEM_ID":"i","TIMESTAMP":${n}}`;
    const rows = [1, 2, 3].map((n) => ["u", "i", String(n), null]);
    for (const content of [`${line(1)}\r\n${line(2)}\n${line(3)}`, `${line(1)}\r${line(2)}\r${line(3)}\r`]) {
      expect(await importFiles({ "a.jsonl": content })).toEqual({ files: [3], rows });
    }
  });
});

describe("files without rows", () => {
  const HEADER = "USER_ID,ITEM_ID,TIMESTAMP\n";
  const NO_ROWS = "SELECT 'u' AS USER_ID, 'i' AS ITEM_ID, 1::BIGINT AS TIMESTAMP WHERE false";

  test("are passed over when another one of the job has some, and listed with 0 rows", async () => {
    const files = {
      "0.csv": HEADER,
      "1.csv": "",
      "2.jsonl": "",
      "3.csv": `${HEADER}u,i,1\n`,
      "4.parquet": await parquet(NO_ROWS),
      "5.parquet": "",
      "6.jsonl": "\n \n",
      "7.csv.gz": gzipSync(""),
    };
    expect(await importFiles(files)).toEqual({ files: [0, 0, 0, 1, 0, 0, 0, 0], rows: [["u", "i", "1", null]] });
  });

  test("must have the right columns where they have any", async () => {
    const files = { "0.csv": "USER_ID,TIMESTAMP\n", "1.csv": `${HEADER}u,i,1\n` };
    expect(await importFiles(files)).toEqual({ refused: ["1 ITEM_ID: is missing; the file has USER_ID, TIMESTAMP"] });
  });

  test("are refused when there are no others", async () => {
    expect(await importFiles({ "0.parquet": await parquet(NO_ROWS) })).toEqual({
      refused: ["0 : has no rows; leave it out, or write it anew"],
    });
    expect(await importFiles({ "0.csv": "\n\n" })).toEqual({
      refused: ["0 : is empty; it needs a header line and rows"],
    });
    expect(await importFiles({ "0.csv": HEADER, "1.jsonl": "" })).toEqual({
      refused: [expect.stringMatching(/^0 : ".*0\.csv" and the other 1 have no rows$/)],
    });
  });
});

describe("content tells the format", () => {
  const HEADER = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n";
  const CSV = `${HEADER}u,ä€,1,x\n`;
  const ROW = ["u", "ä€", "1", "x"];
  const OBJECT = { USER_ID: "u", ITEM_ID: "ä€", TIMESTAMP: 1, EVENT_TYPE: "x" };
  // `printf 'USER_ID,…\nu,ä€,1,x\n' | bzip2` and `| zstd`.
  const BZIP2 = Buffer.from(
    "QlpoOTFBWSZTWabJStkAABJe1QAQAAQgACYjXyCCQBAABAQIABAAIAAxQaNGgyA0Io9Q/SGppo9qh6QPnojGmHQL530CnCti6AqdahqxAcuu7TP+05F3JFOFCQpslK2Q",
    "base64",
  );
  const ZSTD = Buffer.from(
    "KLUv/QRYiQEAVVNFUl9JRCxJVEVNX0lELFRJTUVTVEFNUCxFVkVOVF9UWVBFCnUsw6TigqwsMSx4ChTNAq0=",
    "base64",
  );

  test.each<[string, string, string | Buffer, object?]>([
    ["CSV in .txt", "a.txt", CSV],
    ["CSV without an ending", "part-00000", CSV],
    ["tabs in .tsv", "a.tsv", CSV.replaceAll(",", "\t")],
    ["JSON lines in .data", "a.data", JSON.stringify(OBJECT)],
    ["a JSON array", "a.json", JSON.stringify([OBJECT])],
    ["a JSON array over lines in .jsonl", "a.jsonl", JSON.stringify([OBJECT], null, 2)],
    ["an object over lines", "a.json", JSON.stringify(OBJECT, null, 2)],
    [
      "an array inside of a document",
      "a.json",
      JSON.stringify({ data: { rows: [OBJECT] } }),
      { rowsPath: "data.rows", format: "FILE_FORMAT_JSON" },
    ],
    ["CSV in a file of any name", "a.md", CSV, { format: "FILE_FORMAT_CSV" }],
    ["bzip2", "a.csv.bz2", BZIP2],
    ["zstd", "a.csv.zst", ZSTD],
    ["zstd under another name", "a.csv", ZSTD],
    ["several frames of zstd", "a.csv", Buffer.concat([ZSTD, Buffer.from("KLUv/SQAAQAAmenYUQ==", "base64")])],
    ["UTF-16 with a mark", "a.csv", Buffer.from(`\ufeff${CSV}`, "utf16le")],
    ["UTF-16 in big endian, compressed", "a.csv.gz", gzipSync(Buffer.from(`\ufeff${CSV}`, "utf16le").swap16())],
    ["UTF-16 that is stated", "a.csv", Buffer.from(CSV, "utf16le"), { csv: { encoding: "utf-16le" } }],
    ["Windows-1252", "a.csv", Buffer.from(CSV.replace("€", "\x80"), "latin1"), { csv: { encoding: "latin1" } }],
    ["ISO-8859-15", "a.csv", Buffer.from(CSV.replace("€", "\xa4"), "latin1"), { csv: { encoding: "iso-8859-15" } }],
  ])("%s", async (_what, name, content, mapping) => {
    expect(await importFiles({ [name]: content }, mapping)).toEqual({ files: [1], rows: [ROW] });
  });

  test.each<[string, string, string | Buffer, string, object?]>([
    [
      "damaged bzip2",
      "a.csv",
      Buffer.concat([BZIP2.subarray(0, 30), Buffer.alloc(60, 7)]),
      "0 : is damaged bzip2 data",
    ],
    ["bzip2 that is cut off", "a.csv", BZIP2.subarray(0, 60), "0 : is damaged bzip2 data"],
    [
      "zstd in which a length is wrong",
      "a.csv",
      // Four bytes are said to be in it, and ten in its only part.
      Buffer.from("28b52ffda00400000051000061616161616161616161", "hex"),
      "0 : is damaged zstd data",
    ],
    ["zstd that is cut off", "a.csv", ZSTD.subarray(0, 30), "0 : ends before its zstd data is complete; copy it again"],
    [
      "xz",
      "a.csv.xz",
      Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0]),
      "0 : is compressed with xz, which is not read; compress it with gzip",
    ],
    ["gzip in gzip", "a.csv.gz", gzipSync(gzipSync(CSV)), "0 : is compressed twice"],
    [
      "JSON by columns",
      "a.json",
      '{"USER_ID":{"0":"u","1":"v"},"ITEM_ID":{"0":"i","1":"j"}}',
      "1 : holds an object for each column, as pandas writes JSON by default; write one for each row",
    ],
    [
      "an object in each column, but of another kind",
      "a.json",
      '{"USER_ID":{"id":"u"},"ITEM_ID":{"0":"i"}}',
      "1 TIMESTAMP: is missing",
    ],
    ["JSON in .csv", "a.csv", '[{"a":1}]', "0 : is named .csv but holds JSON"],
    ["ORC", "a.orc", "ORC\x01\x02", "0 : is an ORC file, which is not read; write the table as Parquet"],
    ["a web page", "a.csv", "<!DOCTYPE html><html>", "0 : is a web page"],
    [
      "bytes that an encoding does not have",
      "a.csv",
      Buffer.concat([Buffer.from(`${HEADER}u,i,1,x\nu,`), Buffer.from([0xd2, 0x0a])]),
      "3 : holds bytes that mean nothing in windows-1253",
      { csv: { encoding: "windows-1253" } },
    ],
    [
      "an encoding that there is none of",
      "a.csv",
      CSV,
      '0 : cannot be read: there is no encoding "klingon"',
      { csv: { encoding: "klingon" } },
    ],
    [
      "another format than stated",
      "a.csv",
      CSV,
      "0 : is no Parquet file, which the mapping says it is; copy it again, or take the format out of the mapping",
      { format: "FILE_FORMAT_PARQUET" },
    ],
    [
      "a problem in a row of an array",
      "a.json",
      '[\n{"USER_ID":"u","ITEM_ID":"i","TIMESTAMP":1},\n{"USER_ID":"u","ITEM_ID":"i",\n"TIMESTAMP":"soon"}\n]',
      '3 TIMESTAMP: "soon" is not Unix seconds',
    ],
  ])("%s is refused", async (_what, name, content, message, mapping) => {
    const { refused } = await importFiles({ [name]: content }, mapping);
    expect(refused?.[0]).toContain(message);
  });
});

describe("Arrow and Avro files", () => {
  test("are imported with their types: ids, times, and 64-bit integers as text", async () => {
    const ids = vectorFromArray(["u", "ü"], new Utf8());
    const items = vectorFromArray([9007199254740993n, -1n], new Int64());
    const times = vectorFromArray([1n, 2n], new Int64());
    const bytes = Buffer.from(tableToIPC(new Table({ USER_ID: ids, ITEM_ID: items, TIMESTAMP: times }), "file"));
    const rows = [
      ["u", "9007199254740993", "1", null],
      ["ü", "-1", "2", null],
    ];
    expect(await importFiles({ "a.arrow": bytes })).toEqual({ files: [2], rows });
    expect(await importFiles({ "a.feather.gz": gzipSync(bytes) })).toEqual({ files: [2], rows });
  });

  test("have texts in bytes, and bytes that are none are refused in their row", async () => {
    const of = (last: Uint8Array) => {
      const bytes = vectorFromArray([Buffer.from("ü"), last], new Binary());
      const times = vectorFromArray([1n, 2n], new Int64());
      return {
        "a.arrow": Buffer.from(tableToIPC(new Table({ USER_ID: bytes, ITEM_ID: bytes, TIMESTAMP: times }), "file")),
      };
    };
    const { rows } = await importFiles(of(Buffer.from("\\x41")));
    expect(rows).toEqual([
      ["ü", "ü", "1", null],
      ["\\x41", "\\x41", "2", null],
    ]);
    const { refused } = await importFiles(of(Uint8Array.of(255, 254)));
    expect(refused?.[0]).toBe("2 USER_ID: is binary and no UTF-8 text; write it as text, in hexadecimal for instance");
  });

  test("that are damaged are refused with what helps", async () => {
    const refused = (name: string) => [
      expect.stringMatching(new RegExp(`^0 : cannot be read as ${name} \\(.*\\); write it anew, or as Parquet$`)),
    ];
    expect(await importFiles({ "a.avro": "Obj\x01 and so on" })).toEqual({ refused: refused("Avro") });
    expect(await importFiles({ "a.arrow": "ARROW1\0\0 and so on, for a while" })).toEqual({
      refused: refused("Arrow"),
    });
    const empty = Buffer.from(tableToIPC(new Table(new Schema([])), "file"));
    expect(await importFiles({ "a.arrow": empty })).toEqual({ refused: ["0 : has no columns; write it anew"] });
    expect(await importFiles({ "a.avro": "text" })).toEqual({
      refused: ["0 : is named .avro but is no Avro file; copy it again, or name it as what it is"],
    });
  });
});
