import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DuckDb, literal, queryRows } from "./duckdb.js";
import {
  csvRows,
  jsonObjects,
  jsonRows,
  numberedParquetRows,
  parquetColumnMetadata,
  parquetFileMetadata,
  parquetRows,
} from "./read-files.js";

/** A folder that the rows are in, and another that they are not in, which looks like it to a pattern. */
const FOLDERS: readonly (readonly [own: string, other: string])[] = [
  ["plain", "another"],
  ["it's", "its"],
  ["ID=oops", "ID=other"],
  ["id=oops/json=oops", "id=oops/JSON=other"],
  ["st*r", "star"],
  ["wh?t", "what"],
  ["x[1]", "x1"],
  ["[a-z]", "b"],
  ["ID=[a-z]*", "ID=b"],
];

let folder: string;
let duckdb: DuckDb;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "palate-read-"));
  duckdb = await DuckDb.open({ memoryMb: 256, threads: 1, folder });
});
afterAll(async () => {
  duckdb?.close();
  await rm(folder, { recursive: true, force: true });
});

const rowsOf = (source: string) => duckdb.with((connection) => queryRows(connection, `SELECT * FROM ${source}`));

/** Writes a file of each format with one row, ID being the name given. */
async function fill(name: string): Promise<void> {
  const place = path.join(folder, name);
  await mkdir(place, { recursive: true });
  const parquet = path.join(place, "rows.parquet");
  await duckdb.with((connection) =>
    connection.run(`COPY (SELECT ${literal(name)} AS "ID") TO ${literal(parquet)} (FORMAT parquet)`),
  );
  await writeFile(path.join(place, "rows.csv"), `ID\n"${name}"\n`);
  await writeFile(path.join(place, "rows.jsonl"), `${JSON.stringify({ ID: name })}\n`);
}

describe.each(FOLDERS)("files in a folder called %s", (own, other) => {
  test("are read as they are, and no others", async () => {
    for (const name of [other, own]) await fill(name);
    const file = (format: string) => path.join(folder, own, `rows.${format}`);
    const row = { ID: own };
    expect(await rowsOf(parquetRows(file("parquet")))).toEqual([row]);
    expect(await rowsOf(parquetRows([file("parquet"), file("parquet")]))).toEqual([row, row]);
    expect(await rowsOf(numberedParquetRows(file("parquet")))).toEqual([{ ...row, file_row_number: "0" }]);
    expect(await rowsOf(parquetFileMetadata(file("parquet")))).toMatchObject([{ num_rows: "1" }]);
    expect(await rowsOf(parquetColumnMetadata(file("parquet")))).toMatchObject([{ path_in_schema: "ID" }]);
    expect(await rowsOf(csvRows(file("csv"), "header = true, all_varchar = true"))).toEqual([row]);
    expect(await rowsOf(jsonRows(file("jsonl"), "columns = {'ID': 'VARCHAR'}"))).toEqual([row]);
    expect(await rowsOf(jsonObjects(file("jsonl"), "ignore_errors = true"))).toEqual([{ json: JSON.stringify(row) }]);
  });
});
