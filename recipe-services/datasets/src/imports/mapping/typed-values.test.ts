import { Column, DatasetType } from "@palate/proto/dataset";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DuckDb, literal } from "../../storage/duckdb.js";
import { convertRows, decisionsOf, refusalOf } from "../testing/convert.js";

const COLUMNS = [
  Column.create({ name: "ITEM_ID", type: "string" }),
  Column.create({ name: "GENRES", type: "string", nullable: true, categorical: true }),
  Column.create({ name: "CREATION_TIMESTAMP", type: "long", nullable: true }),
];

let folder: string;
let duckdb: DuckDb;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "palate-typed-"));
  duckdb = await DuckDb.open({ memoryMb: 256, threads: 1, folder });
});
afterAll(async () => {
  duckdb?.close();
  await rm(folder, { recursive: true, force: true });
});

let count = 0;

/** A Parquet file of items, whose rows a query has. */
async function parquet(query: string, mapping?: object) {
  const file = path.join(folder, `${count++}.parquet`);
  await duckdb.with((connection) => connection.run(`COPY (${query}) TO ${literal(file)} (FORMAT parquet)`));
  return { ...items("a.parquet", await readFile(file)), ...(mapping && { mapping }) };
}

function items(name: string, content: string | Buffer) {
  return { name, content, type: DatasetType.DATASET_TYPE_ITEMS, columns: COLUMNS };
}

describe("times whose type says what they are", () => {
  test.each<[sql: string, seconds: number, note: string | undefined]>([
    ["TIMESTAMP '2023-11-14 22:13:20.999999'", 1_700_000_000, "times without a zone; they were taken as UTC"],
    ["TIMESTAMP_S '2023-11-14 22:13:20'", 1_700_000_000, "times without a zone; they were taken as UTC"],
    ["TIMESTAMP_MS '1969-12-31 23:59:59.5'", -1, "times without a zone; they were taken as UTC"],
    ["TIMESTAMP_NS '1969-12-31 23:59:59.999999999'", -1, "times without a zone; they were taken as UTC"],
    ["TIMESTAMPTZ '2023-11-14 23:13:20.5+01:00'", 1_700_000_000, undefined],
    ["DATE '2023-11-14'", 1_699_920_000, "days; each was taken as its midnight in UTC"],
    ["1700000000.999::DECIMAL(18, 3)", 1_700_000_000, undefined],
    ["-0.5::DECIMAL(18, 3)", -1, undefined],
    ["1700000000::DOUBLE", 1_700_000_000, undefined],
    ["1700000000::UBIGINT", 1_700_000_000, undefined],
  ])("%s is taken without a mapping", async (sql, seconds, note) => {
    const file = await parquet(`SELECT 'i' AS "ITEM_ID", ${sql} AS "creationTimestamp"`);
    expect((await convertRows(file)).map((row) => Number(row["CREATION_TIMESTAMP"]))).toEqual([seconds]);
    const { notes } = await decisionsOf(file);
    expect(notes).toEqual(note === undefined ? [] : [`creationTimestamp has ${note}.`]);
  });

  test("are of the zone that is said", async () => {
    const columns = [{ name: "CREATION_TIMESTAMP", from: ["t"], time: { zone: "Europe/Berlin" } }];
    const file = await parquet(`SELECT 'i' AS "ITEM_ID", TIMESTAMP_NS '2023-11-14 23:13:20.9' AS t`, { columns });
    expect((await convertRows(file))[0]).toMatchObject({ CREATION_TIMESTAMP: "1700000000" });
    expect((await decisionsOf(file)).notes).toEqual([]);
    const early = await parquet(`SELECT 'i' AS "ITEM_ID", TIMESTAMP_NS '1969-12-31 23:59:58.999999999' AS t`, {
      columns,
    });
    expect((await convertRows(early))[0]).toMatchObject({ CREATION_TIMESTAMP: "-3602" });
    const days = await parquet(`SELECT 'i' AS "ITEM_ID", DATE '2023-07-01' AS t`, { columns });
    expect((await convertRows(days))[0]).toMatchObject({ CREATION_TIMESTAMP: "1688162400" });
  });

  test("are refused with a unit or a format", async () => {
    const columns = [{ name: "CREATION_TIMESTAMP", from: ["t"], time: { unit: "TIME_UNIT_MILLISECONDS" } }];
    const file = await parquet(`SELECT 'i' AS "ITEM_ID", DATE '2023-11-14' AS t`, { columns });
    expect(await refusalOf(file)).toEqual([
      "0 CREATION_TIMESTAMP: is a DATE, which says what times it has; leave the unit and the formats of its time out",
    ]);
  });
});

describe("lists", () => {
  const jsonl = (...genres: unknown[]) =>
    items("a.jsonl", genres.map((each, i) => `${JSON.stringify({ ITEM_ID: `${i}`, GENRES: each })}\n`).join(""));

  test("become the same text in all formats, and nothing when there is nothing in them", async () => {
    const lists = [["Drama", "Sci-Fi"], [], ["Drama", null, ""], null, [""]];
    const stored = ["Drama|Sci-Fi", null, "Drama", null, null];
    const values = lists.map(
      (list, i) => `('${i}', ${list === null ? "NULL" : JSON.stringify(list).replaceAll('"', "'")}::VARCHAR[])`,
    );
    const query = `SELECT * FROM (VALUES ${values.join(", ")}) v("ITEM_ID", "GENRES")`;
    const genres = async (file: Parameters<typeof convertRows>[0]) =>
      (await convertRows(file)).map((row) => row["GENRES"]);
    expect(await genres(await parquet(query))).toEqual(stored);
    expect(await genres(jsonl(...lists))).toEqual(stored);
  });

  test("are refused when a value holds the bar that separates them", async () => {
    const bar = expect.stringMatching(/^2 GENRES: has a value that holds "\|", which separates/);
    const query = `SELECT unnest(['1', '2']) AS "ITEM_ID", unnest([['a'], ['O|Brien', 'b']]) AS "GENRES"`;
    expect(await refusalOf(await parquet(query))).toEqual([bar]);
    expect(await refusalOf(jsonl(["a"], ["O|Brien", "b"]))).toEqual([bar]);
  });

  test.each<[sql: string, message: string]>([
    ["{'brand': 'x', 'y': 1}", 'is nested; a mapping can take a part of it, such as from: ["GENRES.brand"]'],
    ["map {'k': 'v'}", 'is nested; a mapping can take a part of it, such as from: ["GENRES.KEY"]'],
    ["[['a', 'b'], ['c']]", "is a list of lists or other nested values; make it a list of texts or numbers"],
    ["[{'name': 'x'}]", 'is a list of nested values; a mapping can take a part of each, such as from: ["GENRES.name"]'],
    ["INTERVAL 1 DAY", 'is a duration; write it as a number, or take its seconds by the expression: epoch("GENRES")'],
    ["[INTERVAL 1 DAY]", "is a list of durations; make it a list of numbers"],
  ])("and other nested values are refused: %s", async (sql, message) => {
    expect(await refusalOf(await parquet(`SELECT '1' AS "ITEM_ID", ${sql} AS "GENRES"`))).toEqual([
      `0 GENRES: ${message}`,
    ]);
  });

  test("and objects of JSON are refused, row by row", async () => {
    expect(await refusalOf(jsonl("a", { brand: "x" }, [["a"]]))).toEqual([
      '2 GENRES: is nested; a mapping can take a part of it, such as from: ["GENRES.NAME"]',
      '3 GENRES: is a list of nested values; a mapping can take a part of each, such as from: ["GENRES.NAME"]',
    ]);
  });

  test("give a part of each of their elements, as structs and maps give one", async () => {
    const take = (from: string) => ({ columns: [{ name: "GENRES", from: [from] }] });
    const query = (sql: string) => `SELECT '1' AS "ITEM_ID", ${sql} AS "info"`;
    const genres = async (sql: string, from: string) =>
      (await convertRows(await parquet(query(sql), take(from))))[0]?.["GENRES"];
    expect(await genres("[{'name': 'x'}, {'name': 'y'}]", "info.name")).toBe("x|y");
    expect(await genres("{'Brand': {'the name': 'x'}}", "INFO.brand.the name")).toBe("x");
    expect(await genres("map {'k': 'v'}", "info.k")).toBe("v");
    expect(await genres("[7, 8]", "info.#2")).toBe("8");
    const lines = {
      ...items("a.jsonl", '{"ITEM_ID":1,"info":[{"name":"x"},{"name":"y"}]}\n'),
      mapping: take("info.name"),
    };
    expect((await convertRows(lines))[0]?.["GENRES"]).toBe("x|y");
  });
});

describe("ids", () => {
  test.each<[sql: string, id: string]>([
    ["1.0::DOUBLE", "1"],
    ["9007199254740991::DOUBLE", "9007199254740991"],
    ["-16777215::FLOAT", "-16777215"],
    ["18446744073709551615::UBIGINT", "18446744073709551615"],
    ["7::DECIMAL(18, 0)", "7"],
    ["'ü'::VARCHAR::BLOB", "ü"],
    ["UUID '4ac7a9e9-607c-4c8a-84f3-843f0191e3fd'", "4ac7a9e9-607c-4c8a-84f3-843f0191e3fd"],
  ])("%s is %s", async (sql, id) => {
    expect(
      await convertRows(await parquet(`SELECT ${sql.replace("'ü'::VARCHAR::BLOB", "encode('ü')")} AS "ITEM_ID"`)),
    ).toEqual([{ ITEM_ID: id, GENRES: null, CREATION_TIMESTAMP: null }]);
  });

  test.each<[sql: string, message: RegExp]>([
    ["9007199254740993::DOUBLE", /^1 ITEM_ID: is a floating-point number and no whole one below 9007199254740992/],
    ["1.5::DOUBLE", /^1 ITEM_ID: is a floating-point number/],
    ["'nan'::DOUBLE", /^1 ITEM_ID: is a floating-point number/],
    ["-16777217::FLOAT", /^1 ITEM_ID: is a floating-point number and no whole one below 16777216/],
    ["'\\xFF\\xFE'::BLOB", /^1 ITEM_ID: is binary and no UTF-8 text/],
  ])("%s is refused", async (sql, message) => {
    expect(await refusalOf(await parquet(`SELECT ${sql} AS "ITEM_ID"`))).toEqual([expect.stringMatching(message)]);
  });

  test("in JSON are the same", async () => {
    const lines = (...ids: string[]) => items("a.jsonl", ids.map((id) => `{"ITEM_ID":${id}}\n`).join(""));
    const rows = await convertRows(lines("1.0", "123456789012345678901234567890", '"1.0"', "true"));
    expect(rows.map((row) => row["ITEM_ID"])).toEqual(["1", "123456789012345678901234567890", "1.0", "true"]);
    expect(await refusalOf(lines("1", "1e16"))).toEqual([expect.stringMatching(/^2 ITEM_ID: is a floating-point/)]);
  });
});
