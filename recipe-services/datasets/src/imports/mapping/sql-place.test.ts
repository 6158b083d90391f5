import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Column, DatasetType } from "@palate/proto/dataset";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DuckDb } from "../../storage/duckdb.js";
import { refusalOf } from "../testing/convert.js";
import { checkExpression, checkQuery } from "./sandbox.js";

let folder: string;
let duckdb: DuckDb;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "palate-place-"));
  duckdb = await DuckDb.open({ memoryMb: 128, threads: 1, folder });
});
afterAll(async () => {
  duckdb?.close();
  await rm(folder, { recursive: true, force: true });
});

describe("what is wrong with SQL is told with its place", () => {
  test.each<[string, typeof checkQuery, string, string]>([
    ["what cannot be read", checkExpression, "a +\n  'ü' || c )) + 1", 'line 2, column 13, at ") + 1"'],
    ["beyond the first line", checkQuery, "SELECT *\nFROM file\nWHER a = 1", 'line 3, column 6, at "a = 1"'],
    ["an end that is missing", checkExpression, "lower(a", "at its end"],
    [
      "a function that is not allowed",
      checkExpression,
      "lower(a) ||\n\t'日本ü' || now()",
      'line 2, column 11, at "now()"',
    ],
    ["a table", checkQuery, "SELECT 1\nFROM file, glob('*')", "line 2, column 12, at \"glob('*')\""],
    [
      "a long line",
      checkQuery,
      `SELECT getenv('${"x".repeat(50)}')`,
      `line 1, column 8, at "getenv('${"x".repeat(32)}…"`,
    ],
  ])("%s", async (_, check, text, place) => {
    const { problem } = await duckdb.with((connection) => check(connection, text));
    expect(problem).toContain(`(${place})`);
  });

  const columns = [
    Column.create({ name: "USER_ID", type: "string" }),
    Column.create({ name: "ITEM_ID", type: "string" }),
    Column.create({ name: "TIMESTAMP", type: "long" }),
  ];
  const refused = async (mapping: { columns?: object[]; rowFilter?: string; sql?: string }) => {
    const content = "USER_ID,ITEM_ID,TIMESTAMP,a\nu,i,1,7\nu,i,2,x\n";
    const type = DatasetType.DATASET_TYPE_INTERACTIONS;
    return (await refusalOf({ name: "a.csv", content, type, columns, mapping })).join("\n");
  };

  test.each<[string, Parameters<typeof refused>[0], string]>([
    [
      "a column that the file has not",
      { columns: [{ name: "TIMESTAMP", expression: "1 +\n  bad + a::INT" }] },
      'mapping.columns[0].expression, line 2, column 3, at "bad + a::INT" (Binder Error',
    ],
    [
      "a function of the filter",
      { rowFilter: "a <> '' AND\n'日本' || lower(a, a) = ''" },
      'row_filter, line 2, column 9, at "lower(a, a)',
    ],
    [
      "a value, met in a row",
      {
        columns: [
          { name: "TIMESTAMP", expression: "1" },
          { name: "ITEM_ID", expression: "lower(ITEM_ID)\n|| (a::INT + 1)" },
        ],
      },
      'mapping.columns[1].expression, line 2, column 6, at "::INT + 1)" (Conversion Error',
    ],
    [
      "a value that the filter met",
      { rowFilter: "true\nAND a::INT > 1" },
      'row_filter, line 2, column 6, at "::INT > 1"',
    ],
    [
      "a query",
      { sql: "SELECT USER_ID, ITEM_ID,\n  TIMESTAMP + nope AS TIMESTAMP\nFROM file" },
      'mapping.sql, line 2, column 15, at "nope AS TIMESTAMP"',
    ],
    [
      "a place far behind in a line",
      { rowFilter: `${"a <> '' AND ".repeat(20)}nope = 1 ${"AND a <> '' ".repeat(20)}` },
      'row_filter, line 1, column 241, at "nope = 1',
    ],
  ])("%s", async (_, mapping, told) => {
    expect(await refused(mapping)).toContain(told);
  });

  test("and without one where it may be one of two that look the same", async () => {
    const twice = [
      { name: "USER_ID", expression: "(a::INT)::VARCHAR" },
      { name: "ITEM_ID", expression: "(a::INT)::VARCHAR" },
    ];
    const told = await refused({ columns: twice });
    expect(told).toContain("by mapping.columns[0].expression or mapping.columns[1].expression (Conversion Error");
  });
});
