import { Column, DatasetType } from "@palate/proto/dataset";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DuckDb, literal } from "../../storage/duckdb.js";
import { convertRows, decisionsOf, refusalOf } from "../testing/convert.js";

const COLUMNS = [
  Column.create({ name: "USER_ID", type: "string" }),
  Column.create({ name: "ITEM_ID", type: "string" }),
  Column.create({ name: "TIMESTAMP", type: "long" }),
  Column.create({ name: "EVENT_TYPE", type: "string", nullable: true }),
];

let folder: string;
let duckdb: DuckDb;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "palate-rows-"));
  duckdb = await DuckDb.open({ memoryMb: 256, threads: 1, folder });
});
afterAll(async () => {
  duckdb?.close();
  await rm(folder, { recursive: true, force: true });
});

const file = (name: string, content: string | Buffer, mapping: object) => ({
  name,
  content,
  type: DatasetType.DATASET_TYPE_INTERACTIONS,
  columns: COLUMNS,
  mapping,
});

async function parquet(query: string): Promise<Buffer> {
  const target = path.join(folder, "made.parquet");
  await duckdb.with((connection) => connection.run(`COPY (${query}) TO ${literal(target)} (FORMAT parquet)`));
  return readFile(target);
}

const valuesOf = async (given: Parameters<typeof convertRows>[0]) =>
  (await convertRows(given)).map((row) => COLUMNS.map(({ name }) => row[name] ?? null));

const MILLISECONDS = { unit: "TIME_UNIT_MILLISECONDS" };
const SESSIONS = [
  {
    session: 1,
    events: [
      { aid: 7, ts: 1000, type: "clicks" },
      { aid: 8, ts: 2999, type: "carts" },
    ],
  },
  { session: 2, events: [] },
  { session: 3, events: [{ aid: 9, ts: 3000, type: "orders" }] },
];
const OTTO = {
  explode: { list: "events" },
  columns: [
    { name: "USER_ID", from: ["session"] },
    { name: "ITEM_ID", from: ["element.aid"] },
    { name: "TIMESTAMP", from: ["element.ts"], time: MILLISECONDS },
    { name: "EVENT_TYPE", from: ["element.type"], rules: [{ equals: "clicks", value: "click" }] },
  ],
};
const OTTO_ROWS = [
  ["1", "7", "1", "click"],
  ["1", "8", "2", "carts"],
  ["3", "9", "3", "orders"],
];

describe("one row becomes several", () => {
  test("of a list of objects, in JSON and in Parquet", async () => {
    const lines = SESSIONS.map((each) => `${JSON.stringify(each)}\n`).join("");
    expect(await valuesOf(file("a.jsonl", lines, OTTO))).toEqual(OTTO_ROWS);
    const rows = SESSIONS.map(({ session, events }) => {
      const list = events.map(({ aid, ts, type }) => `{'aid': ${aid}, 'ts': ${ts}, 'type': '${type}'}`).join(", ");
      return `SELECT ${session} AS session, [${list}]::STRUCT(aid INT, ts BIGINT, type VARCHAR)[] AS events`;
    });
    expect(await valuesOf(file("a.parquet", await parquet(rows.join(" UNION ALL ")), OTTO))).toEqual(OTTO_ROWS);
  });

  test("of a text with separated elements, whose parts are separated too", async () => {
    const mapping = {
      csv: { delimiter: "\t", names: ["id", "user", "time", "history", "shown"] },
      explode: { list: "shown", separator: " ", partSeparator: "-" },
      rowFilter: "split_part(element, '-', 2) = '1'",
      ignoredColumns: ["id", "history"],
      columns: [
        { name: "USER_ID", from: ["user"] },
        { name: "ITEM_ID", from: ["element.#1"] },
        { name: "TIMESTAMP", from: ["time"], time: { formats: ["%m/%d/%Y %I:%M:%S %p"] } },
        { name: "EVENT_TYPE", constant: "click" },
      ],
    };
    const content = "1\tU1\t11/11/2019 9:05:58 AM\tN5\tN1-1 N2-0 N3-1\n2\tU2\t11/11/2019 9:05:58 PM\tN5\tN4-0\n";
    const given = file("a.csv", content, mapping);
    expect(await valuesOf(given)).toEqual([
      ["U1", "N1", "1573463158", "click"],
      ["U1", "N3", "1573463158", "click"],
    ]);
    expect(await decisionsOf(given)).toMatchObject({ filteredRows: 2, ignoredColumns: [] });
  });

  test("of lists that go along, which must be as long", async () => {
    const mapping = {
      explode: { list: "items", separator: " ", parallel: ["times", "kinds"] },
      columns: [
        { name: "USER_ID", from: ["u"] },
        { name: "ITEM_ID", from: ["element"] },
        { name: "TIMESTAMP", from: ["times"] },
        { name: "EVENT_TYPE", expression: "upper(kinds) || '-' || element" },
      ],
    };
    const right = file("a.csv", "u,items,times,kinds\na,x y,1 2,p q\nb,,,\n", mapping);
    expect(await valuesOf(right)).toEqual([
      ["a", "x", "1", "P-x"],
      ["a", "y", "2", "Q-y"],
    ]);
    const wrong = file("a.csv", "u,items,times,kinds\na,x y,1 2,p q\n\nb,x y,1,p q\n", mapping);
    expect(await refusalOf(wrong)).toEqual(["4 items: is no list, or not as long as times, kinds"]);
  });

  test("of a list in JSON text; what is none is refused, and problems name the line", async () => {
    const mapping = {
      explode: { list: "items" },
      columns: [{ name: "ITEM_ID", from: ["element"] }],
    };
    const content = 'USER_ID,TIMESTAMP,items\nu,1,"[""a"", ""b""]"\nu,2,a\nv,x,"[""c"", ""d""]"\n';
    expect(await refusalOf(file("a.csv", content, mapping))).toEqual([
      "3 items: is no list",
      '4 TIMESTAMP: "x" is not Unix seconds',
      '4 TIMESTAMP: "x" is not Unix seconds',
    ]);
  });

  test("not of what is no list", async () => {
    const made = await parquet(`SELECT 'u' AS "USER_ID", 1 AS "TIMESTAMP", 5 AS items`);
    const mapping = { explode: { list: "items" }, columns: [{ name: "ITEM_ID", from: ["element"] }] };
    expect(await refusalOf(file("a.parquet", made, mapping))).toEqual([
      '0 : "items" is no list, but INTEGER; explode a list, or say its separator',
    ]);
  });
});

describe("rows are left out by a filter", () => {
  const content = "USER_ID,ITEM_ID,TIMESTAMP,stars\nu,a,1,5\nu,b,2,\nu,c,x,3\nu,d,4,4\n";

  test("and counted; what is left keeps its lines", async () => {
    const good = file("a.csv", content, { rowFilter: "stars::INT >= 4" });
    expect((await valuesOf(good)).map((row) => row[1])).toEqual(["a", "d"]);
    expect(await decisionsOf(good)).toMatchObject({ filteredRows: 2, ignoredColumns: [] });
    expect(await refusalOf(file("a.csv", content, { rowFilter: "stars IS NOT NULL" }))).toEqual([
      '4 TIMESTAMP: "x" is not Unix seconds',
    ]);
    expect(await refusalOf(file("a.csv", content, { rowFilter: "false" }))).toEqual([
      "0 : has 4 rows, and the row filter keeps none; change it",
    ]);
  });

  test("in Parquet and JSON too", async () => {
    const rows = `SELECT 'u' AS "USER_ID", range::VARCHAR AS "ITEM_ID", range AS "TIMESTAMP" FROM range(1, 5)`;
    const mapping = { rowFilter: '"TIMESTAMP" % 2 = 0' };
    expect((await valuesOf(file("a.parquet", await parquet(rows), mapping))).map((row) => row[1])).toEqual(["2", "4"]);
    const lines = [1, 2].map((n) => `{"USER_ID":"u","ITEM_ID":"${n}","TIMESTAMP":${n},"p":{"q":${n}}}\n`).join("");
    const nested = file("a.jsonl", lines, { rowFilter: "(p->>'q') = '2'" });
    expect((await valuesOf(nested)).map((row) => row[1])).toEqual(["2"]);
  });

  test.each<[mapping: object, problem: RegExp]>([
    [
      { rowFilter: "nothing > 1" },
      /^0 : cannot be mapped by mapping\.row_filter, line 1, column 1, .* \(Binder Error: .*nothing/,
    ],
    [
      { columns: [{ name: "EVENT_TYPE", expression: "stars + 'x'::DATE" }] },
      /mapping\.columns\[0\]\.expression, line 1, column 7, /,
    ],
    [
      { columns: [{ name: "EVENT_TYPE", expression: '"TIMESTAMP"::INT' }] },
      /mapping\.columns\[0\]\.expression, line 1, column 12, .* \(Conv/,
    ],
    [{ sql: "SELECT nothing FROM file" }, /mapping\.sql, line 1, column 8, .* \(Binder Error/],
  ])("%j is refused where it does not fit the file", async (mapping, problem) => {
    expect(await refusalOf(file("a.csv", content, mapping))).toEqual([expect.stringMatching(problem)]);
  });
});

describe("a query stands for the file", () => {
  test("and may join, group and count its rows", async () => {
    const content = "when,item,property,value\n5,i,kind,a\n7,i,kind,b\n6,j,kind,c\n6,j,other,d\n";
    const mapping = {
      sql: `SELECT item AS "ITEM_ID", max("when"::BIGINT) AS "TIMESTAMP", arg_max(value, "when"::BIGINT) AS "EVENT_TYPE",
              'u' AS user, count(*) AS n FROM file WHERE property = 'kind' GROUP BY item ORDER BY item`,
      columns: [{ name: "USER_ID", from: ["user"] }],
    };
    const given = file("a.csv", content, mapping);
    expect(await valuesOf(given)).toEqual([
      ["u", "i", "7", "b"],
      ["u", "j", "6", "c"],
    ]);
    expect((await decisionsOf(given)).ignoredColumns).toEqual(["n"]);
  });

  test("whose problems name the line when it keeps the row's number", async () => {
    const content = "USER_ID,ITEM_ID,t\n\nu,i,1\nu,j,x\n";
    const rows = file("a.csv", content, { sql: `SELECT *, t AS "TIMESTAMP" FROM file`, ignoredColumns: ["t"] });
    expect(await refusalOf(rows)).toEqual(['4 TIMESTAMP: "x" is not Unix seconds']);
    const others = file("a.csv", content, { sql: `SELECT "USER_ID", "ITEM_ID", t AS "TIMESTAMP" FROM file` });
    expect(await refusalOf(others)).toEqual(['0 TIMESTAMP: "x" is not Unix seconds']);
  });

  test("whose typed results are taken as a typed file's", async () => {
    const made = await parquet(
      `SELECT 'u' AS who, [{'sku': 'a'}, {'sku': 'b'}] AS items, TIMESTAMP '2023-11-14 22:13:20' AS ts`,
    );
    const mapping = {
      sql: `SELECT who AS "USER_ID", unnest(items).sku AS "ITEM_ID", ts AS "TIMESTAMP", row_number FROM file`,
    };
    expect(await valuesOf(file("a.parquet", made, mapping))).toEqual([
      ["u", "a", "1700000000", null],
      ["u", "b", "1700000000", null],
    ]);
  });
});
