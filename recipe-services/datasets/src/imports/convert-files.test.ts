import { Column, DatasetType } from "@palate/proto/dataset";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDb, literal, queryRows } from "../storage/duckdb.js";
import { convertFiles } from "./convert-files.js";
import { FileRefused } from "./staging/file-problem.js";
import { localSource } from "./sources/local-files.js";

const column = (name: string, type: string, more: Partial<Column> = {}) => Column.create({ name, type, ...more });
const INTERACTIONS = [
  column("USER_ID", "string"),
  column("ITEM_ID", "string"),
  column("TIMESTAMP", "long"),
  column("EVENT_VALUE", "float", { nullable: true }),
];
const ITEMS = [
  column("ITEM_ID", "string"),
  column("GENRES", "string", { nullable: true, categorical: true }),
  column("NUMBER_OF_RATINGS", "int", { nullable: true }),
  column("ADULT", "boolean", { nullable: true }),
  column("CREATION_TIMESTAMP", "long", { nullable: true }),
];
const HEADER = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_VALUE\n";

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "palate-convert-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const limits = () => ({ memoryMb: 256, threads: 1, folder, maxBytes: 1_000_000 });

/** Imports a file with this name and content; returns its rows as they were stored. */
async function convert(name: string, content: string | Buffer, columns = INTERACTIONS, most = limits()) {
  const type = columns === INTERACTIONS ? DatasetType.DATASET_TYPE_INTERACTIONS : DatasetType.DATASET_TYPE_ITEMS;
  const work = path.join(folder, String(count++));
  await mkdir(work);
  const source = path.join(work, name);
  await writeFile(source, content);
  const target = path.join(work, "out.parquet");
  const { signal } = new AbortController();
  await convertFiles({ sources: [localSource(source, name)], type, columns, work, target, limits: most, signal });
  const duckdb = await DuckDb.open(limits());
  try {
    return await duckdb.with((connection) => queryRows(connection, `SELECT * FROM read_parquet(${literal(target)})`));
  } finally {
    duckdb.close();
  }
}

/** The problems for which a file is refused, as "line column: message". */
async function refusal(name: string, content: string | Buffer, columns = INTERACTIONS, most = limits()) {
  const thrown = await convert(name, content, columns, most).catch((error: unknown) => error);
  if (!(thrown instanceof FileRefused)) throw new Error(`expected a refusal, got ${JSON.stringify(thrown)}`);
  return {
    lines: thrown.problems.map((problem) => `${problem.line} ${problem.column}: ${problem.message}`),
    values: thrown.problems.map((problem) => problem.value),
    rows: thrown.problemRows,
    message: thrown.message,
  };
}

describe("files that are right", () => {
  test("keep their rows in order, whatever the order of the columns", async () => {
    const rows = await convert("a.csv", "TIMESTAMP,ITEM_ID,USER_ID\n3,a,u\n1,b,u\n2,c,u\n");
    expect(rows.map((row) => [row["ITEM_ID"], row["TIMESTAMP"], row["EVENT_VALUE"]])).toEqual([
      ["a", "3", null],
      ["b", "1", null],
      ["c", "2", null],
    ]);
  });

  test("hold quotes, commas, line feeds, empty cells and no last line feed", async () => {
    const header = "ITEM_ID,GENRES,NUMBER_OF_RATINGS,ADULT,CREATION_TIMESTAMP\n";
    const rows = await convert("a.csv", `${header}"a ""b"", c","x\ny",,,1\r\ni,"",2,true,`, ITEMS);
    expect(rows).toEqual([
      { ITEM_ID: 'a "b", c', GENRES: "x\ny", NUMBER_OF_RATINGS: null, ADULT: null, CREATION_TIMESTAMP: "1" },
      { ITEM_ID: "i", GENRES: null, NUMBER_OF_RATINGS: 2, ADULT: true, CREATION_TIMESTAMP: null },
    ]);
  });

  test("may begin with a byte order mark, be compressed, and write columns in camelCase", async () => {
    const rows = await convert("a.csv.gz", gzipSync("\ufeffuserId,itemId,timestamp\nü,i,1\n"));
    expect(rows).toEqual([{ USER_ID: "ü", ITEM_ID: "i", TIMESTAMP: "1", EVENT_VALUE: null }]);
  });

  test("in JSON Lines hold numbers, text, lists, null and absent keys", async () => {
    const lines = [
      { itemId: 7, genres: ["Drama", "Crime"], numberOfRatings: 3, adult: true, creationTimestamp: 5 },
      { itemId: "b", genres: null, adult: "false" },
      { itemId: "c", genres: [], adult: "" },
    ];
    const rows = await convert("a.jsonl", `${lines.map((line) => JSON.stringify(line)).join("\n\n")}\n`, ITEMS);
    expect(rows).toEqual([
      { ITEM_ID: "7", GENRES: "Drama|Crime", NUMBER_OF_RATINGS: 3, ADULT: true, CREATION_TIMESTAMP: "5" },
      { ITEM_ID: "b", GENRES: null, NUMBER_OF_RATINGS: null, ADULT: false, CREATION_TIMESTAMP: null },
      { ITEM_ID: "c", GENRES: null, NUMBER_OF_RATINGS: null, ADULT: null, CREATION_TIMESTAMP: null },
    ]);
  });

  test("keep characters that a reading buffer cuts in two", async () => {
    const name = "€".repeat(200);
    const body = Array.from({ length: 4000 }, (_, i) => `${name},${i},1,\n`).join("");
    const rows = await convert("a.csv", HEADER + body, INTERACTIONS, { ...limits(), maxBytes: 10_000_000 });
    expect(new Set(rows.map((row) => row["USER_ID"]))).toEqual(new Set([name]));
  });
});

describe("files that are refused", () => {
  const cases: [what: string, name: string, content: string | Buffer, problems: (string | RegExp)[]][] = [
    ["an empty file", "a.csv", "", [/^0 : is empty/]],
    ["an empty compressed file", "a.csv.gz", gzipSync(""), [/^0 : is empty/]],
    ["a header without rows", "a.csv", HEADER, [/^0 : has no rows/]],
    ["an unknown ending", "a.xlsx", "x", [/^0 : "a\.xlsx" has an unknown ending; \.csv/]],
    ["a Parquet file that is none", "a.parquet", "USER_ID", [/^0 : is named \.parquet but/]],
    ["a damaged Parquet file", "a.parquet", "PAR1 and so on", [/^0 : is no readable Parquet file/]],
    ["truncated gzip", "a.csv.gz", gzipSync(HEADER + "u,i,1,\n").subarray(0, 40), [/^0 : ends before its gzip data/]],
    [
      "damaged gzip",
      "a.csv.gz",
      Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(50, 7)]),
      [/^0 : is damaged gzip data/],
    ],
    [
      "broken UTF-8",
      "a.csv",
      Buffer.concat([Buffer.from(`${HEADER}u,i,1,\nu,`), Buffer.from([0xff]), Buffer.from(",2,\n")]),
      ["3 : is not valid UTF-8 (Latin-1, perhaps); save the file as UTF-8, or say its encoding in a mapping"],
    ],
    [
      "a missing column",
      "a.csv",
      "USER_ID,TIMESTAMP\nu,1\n",
      ["1 ITEM_ID: is missing; the file has USER_ID, TIMESTAMP"],
    ],
    [
      "an unknown column",
      "a.csv",
      "USER_ID,ITEM_ID,TIMESTAMP,COLOUR\nu,i,1,red\n",
      [/^1 COLOUR: is not in the schema, whose columns are USER_ID, ITEM_ID, .*add it to the schema$/],
    ],
    [
      "a repeated column",
      "a.csv",
      "USER_ID,ITEM_ID,TIMESTAMP,itemId\nu,i,1,j\n",
      [
        '1 ITEM_ID: has two names, "ITEM_ID" and "itemId"; keep one of them, or give both as from in a mapping, of which the first that has a value in a row counts',
      ],
    ],
    [
      "no header",
      "a.csv",
      "u,i,1,2\nu,j,2,3\n",
      [/^1 : looks like data, so the file has no header; begin it with .*\(USER_ID,ITEM_ID,.*csv\.names in a mapping$/],
    ],
    [
      "a row index",
      "a.csv",
      ",USER_ID,ITEM_ID,TIMESTAMP\n0,u,i,1\n",
      [/^1 : has no name for column 1: a row index that pandas or R wrote \(.*index=False/],
    ],
    [
      "a row index that pandas names",
      "a.jsonl",
      '{"USER_ID":"u","ITEM_ID":"i","TIMESTAMP":1,"__index_level_0__":4}\n',
      ["1 __index_level_0__: is the row index of pandas; write the file with index=False"],
    ],
    ["Excel's separator line", "a.csv", "sep=,\nUSER_ID,ITEM_ID,TIMESTAMP\n", [/^1 : is the line that tells Excel/]],
    ["a comment", "a.csv", "# made by hand\nUSER_ID,ITEM_ID,TIMESTAMP\n", [/^1 : begins with "#".*csv\.comment/]],
    [
      "numbers with blanks around them",
      "a.csv",
      `${HEADER}u,i, 1,\nu,i,1, 2.5\n`,
      [
        '2 TIMESTAMP: " 1" has white space around it; take it away, or set trim in a mapping',
        '3 EVENT_VALUE: " 2.5" has white space around it; take it away, or set trim in a mapping',
      ],
    ],
    [
      "semicolons",
      "a.csv",
      "USER_ID;ITEM_ID;TIMESTAMP\nu;i;1\n",
      [/^1 : is separated by ";"; separate values by commas/],
    ],
    [
      "rows of another width",
      "a.csv",
      `${HEADER}u,i,1,\n\n"u\nv",i\nu,i,3,4,5\n`,
      ["4 : has 2 values where the header has 4", "6 : has 5 values where the header has 4"],
    ],
    [
      "milliseconds",
      "a.csv",
      `${HEADER}u,i,1577836800000,\n`,
      ["2 TIMESTAMP: 1577836800000 is in milliseconds; divide by 1000, or set time.unit to MILLISECONDS in a mapping"],
    ],
    [
      "a date as Germans write it",
      "a.csv",
      `${HEADER}u,i,31.12.2020 13:05,\n`,
      [
        '2 TIMESTAMP: "31.12.2020 13:05" is not Unix seconds; set time.formats in a mapping to how it is written, such as "%d.%m.%Y"',
      ],
    ],
    [
      "a date",
      "a.csv",
      `${HEADER}u,i,2020-01-01,\n`,
      ['2 TIMESTAMP: "2020-01-01" is not Unix seconds; set time.formats to "ISO" in a mapping'],
    ],
    [
      "a negative time",
      "a.csv",
      `${HEADER}u,i,-5,\n`,
      ["2 TIMESTAMP: -5 is negative; it must be Unix time in seconds"],
    ],
    ["a broken number", "a.csv", `${HEADER}u,i,1,1_000\n`, ['2 EVENT_VALUE: "1_000" is not a number such as 12.5']],
    ["not a number", "a.csv", `${HEADER}u,i,1,NaN\n`, ['2 EVENT_VALUE: "NaN" is not a number such as 12.5']],
    ["a missing id", "a.csv", `${HEADER}u,i,1,\n,j,2,\n`, ["3 USER_ID: is empty; USER_ID must have a value"]],
    [
      "a long id",
      "a.csv",
      `${HEADER}${"x".repeat(257)},i,1,\n`,
      ["2 USER_ID: has 257 characters; at most 256 are right"],
    ],
    [
      "several problems, each at its line",
      "a.csv",
      `${HEADER}u,"i\n\n",1,\nu,i,x,y\nu,i\nu,,2,\n`,
      [
        "2 ITEM_ID: has the control character U+000A, which no id may have",
        '5 TIMESTAMP: "x" is not Unix seconds',
        '5 EVENT_VALUE: "y" is not a number such as 12.5',
        "6 : has 2 values where the header has 4",
        "7 ITEM_ID: is empty; ITEM_ID must have a value",
      ],
    ],
    [
      "a line that is no JSON",
      "a.jsonl",
      '{"USER_ID":"u","ITEM_ID":"i","TIMESTAMP":1}\n\n{"USER_ID":\n',
      [/^3 : is not a JSON object/],
    ],
    ["a JSON line that is no object", "a.jsonl", "[1]\n", [/^1 : is not a JSON object/]],
    [
      "a wrong value in JSON Lines",
      "a.jsonl",
      '{"USER_ID":"u","ITEM_ID":"i","TIMESTAMP":1}\n\n{"USER_ID":"u","ITEM_ID":"i","TIMESTAMP":"soon"}\n',
      ['3 TIMESTAMP: "soon" is not Unix seconds'],
    ],
    [
      "an unknown key in JSON Lines",
      "a.jsonl",
      '{"USER_ID":"u","ITEM_ID":"i","TIMESTAMP":1,"SIZE":"L"}\n',
      [/^1 SIZE: is not in the schema/],
    ],
  ];
  test.each(cases)("%s", async (_what, name, content, problems) => {
    const { lines } = await refusal(name, content);
    expect(lines).toEqual(
      problems.map((problem) => (typeof problem === "string" ? problem : expect.stringMatching(problem))),
    );
  });

  test("values of other types", async () => {
    const header = "ITEM_ID,GENRES,NUMBER_OF_RATINGS,ADULT,CREATION_TIMESTAMP\n";
    const long = "g".repeat(1001);
    const content = `${header}a,${long},1.5,yes,1\nb,,3000000000,,1577836800000000\n`;
    const { lines } = await refusal("items.csv", content, ITEMS);
    expect(lines).toEqual([
      "2 GENRES: has 1001 characters; a categorical value has at most 1000",
      '2 NUMBER_OF_RATINGS: "1.5" is not a whole number of 32 bits',
      '2 ADULT: "yes" is not true or false',
      '3 NUMBER_OF_RATINGS: "3000000000" is not a whole number of 32 bits',
      "3 CREATION_TIMESTAMP: 1577836800000000 is in microseconds; divide by 1000000, or set time.unit to MICROSECONDS in a mapping",
    ]);
  });

  test("files that unpack to very many times their size", async () => {
    const bomb = gzipSync(HEADER + "u,i,1,\n".repeat(12 * 1024 * 1024));
    const { message } = await refusal("a.csv.gz", bomb, INTERACTIONS, { ...limits(), maxBytes: 2 ** 40 });
    expect(message).toContain("unpacks to more than 200 times its size");
  });

  test("Parquet files of very many rows, and texts that are too long for a message", async () => {
    const file = path.join(folder, "rows.parquet");
    const make = async (select: string) => {
      const duckdb = await DuckDb.open(limits());
      await duckdb.with((connection) => connection.run(`COPY (${select}) TO ${literal(file)} (FORMAT parquet)`));
      duckdb.close();
      return readFile(file);
    };
    const rows = await make("SELECT 'u' AS USER_ID, 'i' AS ITEM_ID, 1::BIGINT AS TIMESTAMP FROM range(400000)");
    expect((await refusal("a.parquet", rows)).message).toContain("is larger than 1000000 bytes after decompression");
    const text = await make("SELECT 'i' AS ITEM_ID, repeat('x', 1100000) AS GENRES");
    const columns = ITEMS.map((each) => ({ ...each, categorical: false }));
    const { lines } = await refusal("a.parquet", text, columns, { ...limits(), maxBytes: 2 ** 30 });
    expect(lines).toEqual(["1 GENRES: has 1100000 bytes; at most 1048576 are right"]);
  });

  test("list the first hundred problems, count all, and name the first in the message", async () => {
    const rows = Array.from({ length: 250 }, (_, i) => `u,i,bad${i},\n`).join("");
    const found = await refusal("a.csv", HEADER + rows);
    expect(found.lines).toHaveLength(100);
    expect(found.rows).toBe(250);
    expect(found.values[0]).toBe("bad0");
    expect(found.message).toBe(
      'Interactions line 2: TIMESTAMP "bad0" is not Unix seconds (and 249 more problems). The dataset is unchanged.',
    );
  });

  test("files that decompress to more than is allowed", async () => {
    const { lines } = await refusal("a.csv.gz", gzipSync("x".repeat(5000)), INTERACTIONS, {
      ...limits(),
      maxBytes: 1000,
    });
    expect(lines).toEqual(["0 : is larger than 1000 bytes after decompression; split it"]);
  });
});
