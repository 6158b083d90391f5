import { DuckDBInstance } from "@duckdb/node-api";
import { Field, Int64 } from "apache-arrow";
import { expect, test } from "vitest";
import { periodJson, periodOf, periodSql, periodType } from "./pandas-period.js";

const field = (freq: string) =>
  new Field(
    "p",
    new Int64(),
    true,
    new Map([
      ["ARROW:extension:name", "pandas.period"],
      ["ARROW:extension:metadata", JSON.stringify({ freq }).replace(":", ": ")],
    ]),
  );

// The numbers and beginnings of the periods in which 2020-05-17 10:11:12 lies, by pandas 3.1.1.
test.each<[string, bigint, string]>([
  ["D", 18399n, "2020-05-17"],
  ["W-SUN", 2629n, "2020-05-11"],
  ["W-MON", 2629n, "2020-05-12"],
  ["W-SAT", 2629n, "2020-05-17"],
  ["M", 604n, "2020-05-01"],
  ["2M", 604n, "2020-05-01"],
  ["Q-DEC", 201n, "2020-04-01"],
  ["Q-JAN", 205n, "2020-05-01"],
  ["Q-NOV", 201n, "2020-03-01"],
  ["Y-DEC", 50n, "2020-01-01"],
  ["A-DEC", 50n, "2020-01-01"],
  ["Y-JUN", 50n, "2019-07-01"],
  ["h", 441586n, "2020-05-17 10:00:00"],
  ["15min", 26495171n, "2020-05-17 10:11:00"],
  ["s", 1589710272n, "2020-05-17 10:11:12"],
  ["ms", 1589710272000n, "2020-05-17 10:11:12"],
  ["us", 1589710272000001n, "2020-05-17 10:11:12.000001"],
  ["ns", 1589710272000000001n, "2020-05-17 10:11:12.000000001"],
  ["M", -1n, "1969-12-01"],
])("a period of frequency %s with the number %s begins at %s", async (freq, number, begin) => {
  const period = periodOf(field(freq))!;
  expect(JSON.parse(periodJson(period, number))).toBe(begin);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const sql = `SELECT typeof(v), v::VARCHAR FROM (SELECT ${periodSql(period, `${number}::BIGINT`)} AS v)`;
  const { [0]: row } = (await connection.runAndReadAll(sql)).getRows();
  expect(row).toEqual([periodType(period), begin]);
  connection.closeSync();
  instance.closeSync();
});

test("whole numbers are no periods, and business days cannot be told", () => {
  expect(periodOf(new Field("n", new Int64()))).toBeUndefined();
  expect(() => periodOf(field("B"))).toThrow('is of the type pandas.period {"freq": "B"}, which is not read');
});
