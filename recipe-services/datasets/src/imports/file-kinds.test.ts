import { Column, DatasetType } from "@palate/proto/dataset";
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
async function importFiles(files: Readonly<Record<string, string | Buffer>>) {
  const work = path.join(folder, String(count++));
  await mkdir(work);
  const names = Object.keys(files);
  for (const name of names) await writeFile(path.join(work, name), files[name]!);
  const target = path.join(work, "out.parquet");
  const sources = names.map((name) => localSource(path.join(work, name), name));
  const type = DatasetType.DATASET_TYPE_INTERACTIONS;
  const { signal } = new AbortController();
  try {
    const { files: done } = await convertFiles({ sources, type, columns: COLUMNS, work, target, limits: limits(), signal });
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
      refused: ["0 : has no rows below its header"],
    });
    expect(await importFiles({ "0.csv": "\n\n" })).toEqual({
      refused: ["0 : is empty; it needs a header line and rows"],
    });
    expect(await importFiles({ "0.csv": HEADER, "1.jsonl": "" })).toEqual({
      refused: [expect.stringMatching(/^0 : ".*0\.csv" and the other 1 have no rows$/)],
    });
  });
});
