import { PalateError } from "@palate/host";
import { Column, ImportMapping } from "@palate/proto/dataset";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DuckDb } from "../../storage/duckdb.js";
import { checkMapping } from "./check-mapping.js";

const COLUMNS = ["USER_ID", "TIMESTAMP", "EVENT_VALUE"].map((name) => Column.create({ name, type: "string" }));

let folder: string;
let duckdb: DuckDb;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "palate-check-"));
  duckdb = await DuckDb.open({ memoryMb: 128, threads: 1, folder });
});
afterAll(async () => {
  duckdb?.close();
  await rm(folder, { recursive: true, force: true });
});

async function problemsOf(mapping: object): Promise<string[]> {
  try {
    await duckdb.with((connection) => checkMapping(connection, ImportMapping.fromJSON(mapping), COLUMNS));
    return [];
  } catch (thrown) {
    if (!(thrown instanceof PalateError) || thrown.code !== "invalid_argument") throw thrown;
    return (thrown.details.violations ?? []).map(({ field, message }) => `${field} ${message}`);
  }
}

test("a mapping without problems passes", async () => {
  const mapping = {
    csv: { delimiter: "::", quote: "", names: ["a", "b"], comment: "#" },
    columns: [
      { name: "userId", from: ["element.#1", "a"], constant: "x", rules: [{ equals: "", value: "y" }] },
      { name: "TIMESTAMP", from: ["t"], time: { formats: ["ISO", "%d.%m.%Y"], zone: "America/New_York" } },
      { name: "EVENT_VALUE", expression: "b::INT + 1" },
    ],
    explode: { list: "b", separator: " " },
    rowFilter: "a <> ''",
    sql: "SELECT * FROM file",
  };
  expect(await problemsOf(mapping)).toEqual([]);
});

test("all problems are told at once, each with its field", async () => {
  const mapping = {
    csv: { delimiter: "12345", quote: "''", skipLines: -1, names: ["a", "", "a"] },
    columns: [
      { name: "USER", from: ["", "element.x"] },
      { name: "user_id", expression: "now()", from: ["a"] },
      { name: "TIMESTAMP", time: { unit: "TIME_UNIT_DAYS", formats: ["%Q", "yyyy", ""], zone: "Mars/Olympus" } },
      { name: "EVENT_VALUE", decimalMark: ";", separator: ",", rules: [{ value: "1" }, { equals: "a", atLeast: 1 }] },
      { name: "TIMESTAMP" },
    ],
    partitionKeys: [""],
    rowFilter: "a; DROP TABLE b",
    sql: "SELECT * FROM '/etc/passwd'",
  };
  expect(await problemsOf(mapping)).toEqual([
    expect.stringMatching(/^mapping\.csv\.delimiter must be 1 to 4 bytes/),
    expect.stringMatching(/^mapping\.csv\.quote must be one ASCII character/),
    "mapping.csv.skip_lines is -1; it must be 0 or more",
    "mapping.csv.names[1] is empty; each column needs a name",
    'mapping.csv.names[2] is "a" again; names must differ',
    'mapping.columns[0].name is "USER", which is not in the schema; it has USER_ID, TIMESTAMP, EVENT_VALUE',
    "mapping.columns[0].from[0] is empty; name a column of the file",
    'mapping.columns[0].from[1] is "element.x", but nothing is exploded; set explode',
    "mapping.columns[1].expression is given together with from or a constant; give one of them",
    'mapping.columns[1].expression uses the function now, which an expression over a row may not (line 1, column 1, at "now()")',
    "mapping.columns[2].time.unit is given together with formats; a time is a number or a text",
    expect.stringMatching(/^mapping\.columns\[2\]\.time\.formats\[0\] is "%Q", no pattern of strptime/),
    'mapping.columns[2].time.formats[1] is "yyyy"; "ISO" or a pattern such as "%Y-%m-%d" is right',
    'mapping.columns[2].time.formats[2] is empty; "ISO" or a pattern such as "%Y-%m-%d" is right',
    'mapping.columns[2].time.zone is "Mars/Olympus", which is no zone; a name such as "Europe/Berlin" is right',
    'mapping.columns[3].decimal_mark must be "." or ","',
    "mapping.columns[3].separator makes a list, which is neither a time nor a number; leave one of them out",
    "mapping.columns[3].rules[0] must have equals or at_least, one of them",
    "mapping.columns[3].rules[1] must have equals or at_least, one of them",
    'mapping.columns[4].name is "TIMESTAMP" again; say all about a column in one place',
    "mapping.partition_keys[0] is empty; name a folder's key",
    expect.stringMatching(/^mapping\.row_filter cannot be read/),
    `mapping.sql reads the table "/etc/passwd"; it may read the table file only (line 1, column 15, at "'/etc/passwd'")`,
  ]);
});

describe("each word of a mapping is checked before there is a file:", () => {
  const time = (given: object) => ({ columns: [{ name: "TIMESTAMP", time: given }] });
  test.each<[string, object, (string | RegExp)[]]>([
    [
      "an encoding",
      { csv: { encoding: "klingon" } },
      [/^mapping\.csv\.encoding is "klingon", which is no encoding; .*"latin1"/],
    ],
    ["one with a blank", { csv: { encoding: "utf 8" } }, [/^mapping\.csv\.encoding is "utf 8"/]],
    ["a tab in two characters", { csv: { delimiter: "\\t" } }, [/^mapping\.csv\.delimiter is a backslash and a "t"/]],
    [
      "a delimiter of quotes",
      { csv: { delimiter: '"' } },
      [/^mapping\.csv\.quote is part of the delimiter; say another/],
    ],
    [
      "an escape in the delimiter",
      { csv: { escape: "," } },
      ["mapping.csv.escape is part of the delimiter; they must differ"],
    ],
    ["an escape without quotes", { csv: { quote: "", escape: "\\" } }, [/^mapping\.csv\.escape stands before a quote/]],
    [
      "a NUL",
      { csv: { delimiter: "a\0", escape: "\0\0", quote: "b" } },
      [/csv\.delimiter must be/, /csv\.escape must be/],
    ],
    [
      "a format that is not read",
      { format: "FILE_FORMAT_ORC" },
      ["mapping.format is ORC, which is not read; write the table as Parquet"],
    ],
    ["a format that is none", { format: 99 }, [/^mapping\.format is (99|-1), which is no format; CSV, .* are right/]],
    [
      "a place in what is no document",
      { format: "FILE_FORMAT_CSV", rowsPath: "a" },
      [/^mapping\.rows_path is a place in a JSON/],
    ],
    [
      "a dialect of what has none",
      { format: "FILE_FORMAT_PARQUET", csv: { delimiter: ";" } },
      [/^mapping\.csv says how CSV is written/],
    ],
    [
      "a dialect of JSON",
      { format: "FILE_FORMAT_JSON", csv: { header: false } },
      [/^mapping\.csv says .* only csv\.encoding may be said/],
    ],
    [
      "a unit that is none",
      time({ unit: 77 }),
      [/^mapping\.columns\[0\]\.time\.unit is (77|-1), which is no unit; SECONDS, .*DAYS/],
    ],
    [
      "a zone of numbers",
      time({ unit: "TIME_UNIT_DAYS", zone: "Asia/Tokyo" }),
      [/time\.zone is given together with a unit/],
    ],
    ["a zone with several meanings", time({ zone: "IST" }), [/time\.zone is "IST", which stands for several zones/]],
    [
      "a time without a year",
      time({ formats: ["%H:%M", "%d.%m. %%Y"] }),
      [/formats\[0\] is "%H:%M", which tells no year/, /formats\[1\]/],
    ],
    [
      "lists that go along",
      { explode: { list: "a", parallel: ["", "b", "b"] } },
      [/parallel\[0\] is empty/, /parallel\[2\] is "b" again/],
    ],
    [
      "keys of folders",
      { partitionKeys: ["c", "c", "dt=1", "a/b"] },
      [/keys\[1\] is "c" again/, /keys\[2\] is "dt=1"; the key/, /keys\[3\] is "a\/b"/],
    ],
    [
      "columns that are left out",
      { ignoredColumns: ["", "a", "a"] },
      [/ignored_columns\[0\] is empty/, /ignored_columns\[2\] is "a" again/],
    ],
  ])("%s", async (_, mapping, problems) => {
    expect(await problemsOf(mapping)).toEqual(
      problems.map((problem) => (typeof problem === "string" ? problem : (expect.stringMatching(problem) as string))),
    );
  });

  test("what is right passes", async () => {
    for (const encoding of ["", "UTF-8", "utf-16le", "latin1", "windows-1252", "shift_jis"]) {
      expect(await problemsOf({ csv: { encoding } })).toEqual([]);
    }
    for (const zone of ["", "UTC", "CET", "Etc/GMT-3", "America/Argentina/Buenos_Aires"]) {
      expect(await problemsOf(time({ zone, formats: ["%d.%m.%y", "%c", "ISO"] }))).toEqual([]);
    }
    expect(await problemsOf({ format: "FILE_FORMAT_JSON", rowsPath: "a.b", csv: { encoding: "latin1" } })).toEqual([]);
    expect(await problemsOf({ format: "FILE_FORMAT_AVRO", csv: {} })).toEqual([]);
  });
});
