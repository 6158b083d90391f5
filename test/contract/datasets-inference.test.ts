import { DuckDBInstance } from "@duckdb/node-api";
import { ImportMapping } from "@palate/proto/dataset";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { DATASET_TYPE_INTERACTIONS, DATASET_TYPE_ITEMS, DATASET_TYPE_USERS, Harness } from "./datasets-harness.js";
import { exportedRows, importAsProposed, infer, place } from "./inferred-imports.js";

let mongo: TestMongo;
let harness: Harness;
beforeAll(async () => {
  mongo = await startTestMongo();
  harness = await Harness.start(mongo.uri, mongo.databaseName("inference"));
});
afterAll(async () => {
  await harness?.stop();
  await mongo?.stop();
});

let groups = 0;

/** Looks at a file of this content, and imports it as proposed. */
async function inferAndImport(file: string, content: string | Buffer) {
  const group = `g${groups++}`;
  const location = await place(harness, group, file, content);
  const inferred = await infer(harness, location);
  const job = await importAsProposed(harness, group, location, inferred);
  expect(job.failureReason).toBe("");
  return { inferred, rows: await exportedRows(harness, group, inferred.datasetType), types: typesOf(inferred.schema) };
}

/** The types of a schema's columns, without null. */
function typesOf(schema: string): Record<string, string> {
  const { fields } = JSON.parse(schema) as { fields: { name: string; type: string | string[] }[] };
  return Object.fromEntries(fields.map(({ name, type }) => [name, typeof type === "string" ? type : type[0]!]));
}

const lines = (...all: string[]) => `${all.join("\n")}\n`;

describe("a proposal and the import agree", () => {
  test("codes with leading zeros stay as they are", async () => {
    const { rows, types } = await inferAndImport(
      "zeros.csv",
      lines("ITEM_ID,ZIP,EAN", "a,02215,0012345678905", "b,00501,0012345678906"),
    );
    expect(types).toMatchObject({ ZIP: "string", EAN: "string" });
    expect(rows).toEqual([
      { ITEM_ID: "a", ZIP: "02215", EAN: "0012345678905" },
      { ITEM_ID: "b", ZIP: "00501", EAN: "0012345678906" },
    ]);
  });

  test("names with blanks and letters of other languages are the schema's, without a mapping", async () => {
    const events = await inferAndImport(
      "spaces.csv",
      lines("User ID,Item Id,Time-Stamp,Event Type", "u1,i1,1700000000,click"),
    );
    expect(events.inferred.mapping).toBeUndefined();
    expect(events.rows).toEqual([{ USER_ID: "u1", ITEM_ID: "i1", TIMESTAMP: 1_700_000_000, EVENT_TYPE: "click" }]);
    const items = await inferAndImport("umlaut.csv", lines("ITEM_ID,größe", "a,L", "b,XL"));
    expect(items.inferred.mapping).toBeUndefined();
    expect(items.rows).toEqual([
      { ITEM_ID: "a", GRO_E: "L" },
      { ITEM_ID: "b", GRO_E: "XL" },
    ]);
  });

  test("numbers of 64 bits are exact, larger ones text", async () => {
    const small = await inferAndImport("long.csv", lines("ITEM_ID,N", "a,9223372036854775807", "b,9007199254740993"));
    expect(small.types["N"]).toBe("long");
    const large = await inferAndImport("larger.csv", lines("ITEM_ID,N", "a,9223372036854775808", "b,1"));
    expect(large.types["N"]).toBe("string");
    expect(large.rows[0]).toEqual({ ITEM_ID: "a", N: "9223372036854775808" });
  });

  test("NaN among numbers is no value, which is said", async () => {
    const file = path.join(harness.importFolder, "nan", "items.parquet");
    await mkdir(path.dirname(file), { recursive: true });
    const duckdb = await DuckDBInstance.create(":memory:");
    const connection = await duckdb.connect();
    const values = "VALUES ('a', 1.5::FLOAT), ('b', 'nan'::FLOAT), ('c', NULL::FLOAT)";
    await connection.run(`COPY (SELECT * FROM (${values}) AS t("ITEM_ID", "PRICE")) TO '${file}' (FORMAT parquet)`);
    connection.closeSync();
    duckdb.closeSync();
    const inferred = await infer(harness, file);
    expect(typesOf(inferred.schema)["PRICE"]).toBe("float");
    expect(inferred.notes.join()).toMatch(/nan.* "no value"/i);
    expect((await importAsProposed(harness, "nan", file, inferred)).failureReason).toBe("");
    expect(await exportedRows(harness, "nan", DATASET_TYPE_ITEMS)).toEqual([
      { ITEM_ID: "a", PRICE: 1.5 },
      { ITEM_ID: "b" },
      { ITEM_ID: "c" },
    ]);
  });

  test("separators, decimal commas, lists, words for no value and times are proposed", async () => {
    const { inferred, rows } = await inferAndImport(
      "shop.csv",
      lines(
        "sku;preis;tags;released;note",
        "001;3,50;Drama, Crime;13.11.2019;NULL",
        "002;4;Drama, Noir;14.11.2019;x",
        "003;1.234,5;Crime, Noir;15.11.2019;y",
      ),
    );
    expect(inferred.datasetType).toBe(DATASET_TYPE_ITEMS);
    expect(inferred.mapping?.csv?.delimiter).toBe(";");
    expect(rows).toEqual([
      { ITEM_ID: "001", PREIS: 3.5, TAGS: "Drama|Crime", CREATION_TIMESTAMP: Date.UTC(2019, 10, 13) / 1000 },
      { ITEM_ID: "002", PREIS: 4, TAGS: "Drama|Noir", CREATION_TIMESTAMP: Date.UTC(2019, 10, 14) / 1000, NOTE: "x" },
      {
        ITEM_ID: "003",
        PREIS: 1234.5,
        TAGS: "Crime|Noir",
        CREATION_TIMESTAMP: Date.UTC(2019, 10, 15) / 1000,
        NOTE: "y",
      },
    ]);
  });

  test("columns are found by what others call them", async () => {
    const { inferred, rows } = await inferAndImport(
      "log.csv",
      lines(
        "visitorid,when,movieId,score,eventTime",
        "v1,x,7,4.5,2023-11-14T22:13:20Z",
        "v2,y,8,5,2023-11-14T22:13:21Z",
      ),
    );
    expect(inferred.layout).toBe("");
    expect(inferred.datasetType).toBe(DATASET_TYPE_INTERACTIONS);
    expect(rows).toEqual([
      { USER_ID: "v1", WHEN: "x", ITEM_ID: "7", EVENT_VALUE: 4.5, TIMESTAMP: 1_700_000_000 },
      { USER_ID: "v2", WHEN: "y", ITEM_ID: "8", EVENT_VALUE: 5, TIMESTAMP: 1_700_000_001 },
    ]);
  });

  test("without a header, columns are told by place and values, with a warning", async () => {
    const { inferred, rows } = await inferAndImport(
      "log.csv",
      lines("u1,i1,1700000000,click", "u2,i2,1700000001,click"),
    );
    expect(inferred.warnings.join()).toContain("first line was taken for values");
    expect(rows[1]).toEqual({ USER_ID: "u2", ITEM_ID: "i2", TIMESTAMP: 1_700_000_001, COLUMN_4: "click" });
  });
});

describe("files with types", () => {
  const COLUMNS =
    "'a' AS \"ITEM_ID\", {'brand': 'x'} AS \"INFO\", [['a']] AS \"NESTED\", INTERVAL 90 SECOND AS \"LENGTH\", NULL::INTEGER AS \"NOTHING\", ['x', 'y'] AS \"GENRES\", DATE '2023-11-14' AS \"CREATION_TIMESTAMP\"";
  const ROW = { ITEM_ID: "a", GENRES: "x|y", CREATION_TIMESTAMP: 1_699_920_000 };

  async function parquet(select: string, file: string, options = ""): Promise<string> {
    await mkdir(path.join(harness.importFolder, "typed"), { recursive: true });
    const location = path.join(harness.importFolder, "typed", file);
    const database = await DuckDBInstance.create(":memory:");
    const connection = await database.connect();
    await connection.run(`COPY (SELECT ${select}) TO '${location}' (FORMAT parquet${options})`);
    connection.closeSync();
    database.closeSync();
    return location;
  }

  async function importedAsProposed(location: string) {
    const inferred = await infer(harness, location);
    const group = `g${groups++}`;
    const job = await importAsProposed(harness, group, location, inferred);
    expect(job.failureReason).toBe("");
    return { inferred, rows: await exportedRows(harness, group, inferred.datasetType) };
  }

  test("what cannot become a value is left out and told, with how it could be taken", async () => {
    const { inferred, rows } = await importedAsProposed(await parquet(COLUMNS, "nested.parquet"));
    expect(rows).toEqual([ROW]);
    expect(inferred.ignoredColumns).toEqual(["INFO", "NESTED", "LENGTH"]);
    expect(inferred.notes).toEqual(
      expect.arrayContaining([
        'INFO is left out: it is nested; a mapping can take a part of it, such as from: ["INFO.brand"].',
        'LENGTH is left out: it is a duration; write it as a number, or take its seconds by the expression: epoch("LENGTH").',
        "NOTHING is empty in the rows looked at; it was taken for text.",
      ]),
    );
  });

  test("a duration that a writer stored as something else is one", async () => {
    const told = `, KV_METADATA {pandas: '{"columns": [{"name": "LENGTH", "numpy_type": "timedelta64[us]"}]}'}`;
    const location = await parquet(
      `'a' AS "ITEM_ID", TIME '00:01:30' AS "LENGTH", 'k' AS "KIND"`,
      "told.parquet",
      told,
    );
    const { inferred, rows } = await importedAsProposed(location);
    expect(rows).toEqual([{ ITEM_ID: "a", KIND: "k" }]);
    expect(inferred.ignoredColumns).toEqual(["LENGTH"]);
  });
});

describe("what is odd is said", () => {
  const warnings = async (content: string, type = 0) =>
    (await infer(harness, await place(harness, `odd${groups++}`, "f.csv", content), type)).warnings.join("\n");

  test("rows of another width", async () => {
    expect(await warnings(lines("sku,a", "1,2", "3,4,5"), DATASET_TYPE_ITEMS)).toContain("1 of 2 rows looked at");
  });

  test("days and months that cannot be told apart", async () => {
    const said = await warnings(lines("user,item,time", "u1,i1,01/02/2019", "u2,i2,03/04/2019"));
    expect(said).toMatch(/"01\/02\/2019", whose day and month cannot be told apart/);
  });

  test("times of 1970, and ids that a spreadsheet rounded", async () => {
    const said = await warnings(lines("USER_ID,ITEM_ID,TIMESTAMP", "1.23E+15,i1,1700", "1.24E+15,i2,1701"));
    expect(said).toMatch(/TIMESTAMP: The times of 2 rows .* lie before 1990, .*Unix seconds divided by a million/);
    expect(said).toMatch(/USER_ID: 2 rows .*a program has rounded: "1\.23E\+15", "1\.24E\+15"/);
  });

  test("whatever the analysis of an import would find in times and ids", async () => {
    const content = lines("USER_ID,ITEM_ID,TIMESTAMP", "nan,i1,20210131", " u,i1,20210201", "u,i1,20210202");
    const location = await place(harness, "odd-values", "f.csv", content);
    const mapping = ImportMapping.fromJSON({ columns: [{ name: "USER_ID", from: ["USER_ID"] }] });
    const { warnings: told } = await infer(harness, location, DATASET_TYPE_INTERACTIONS, mapping);
    const said = told.join("\n");
    expect(said).toMatch(/TIMESTAMP: .*dates written as yyyymmdd.*formats: \["%Y%m%d"\]/);
    expect(said).toMatch(/USER_ID: 1 row .*a word for "no value" .*"nan"/);
    expect(said).toMatch(/USER_ID: .*white space around it.*" u" beside "u"/);
  });

  test("a column that is missing, with those that could be meant", async () => {
    const said = await warnings(lines("user,thing", "u1,x"), DATASET_TYPE_INTERACTIONS);
    expect(said).toMatch(/No column of the file was taken for ITEM_ID.*map one of user, thing/);
  });
});

describe("a preview", () => {
  const content = lines("who,what,at", "u1,i1,1700000000", "u2,,x");

  test("of a mapping that is given shows rows before and after, what is left out, and problems with their line", async () => {
    const location = await place(harness, "preview", "f.csv", content);
    const mapping = ImportMapping.fromJSON({
      columns: [
        { name: "USER_ID", from: ["who"] },
        { name: "ITEM_ID", from: ["what"] },
        { name: "TIMESTAMP", from: ["at"] },
      ],
    });
    const {
      preview,
      datasetType,
      mapping: answered,
    } = await infer(harness, location, DATASET_TYPE_INTERACTIONS, mapping);
    expect(datasetType).toBe(DATASET_TYPE_INTERACTIONS);
    expect(answered).toEqual(mapping);
    expect(preview).toMatchObject({
      fileColumns: ["who", "what", "at"],
      fileRows: [
        { values: [{ text: "u1" }, { text: "i1" }, { text: "1700000000" }] },
        { values: [{ text: "u2" }, { text: undefined }, { text: "x" }] },
      ],
      datasetColumns: ["USER_ID", "ITEM_ID", "TIMESTAMP"],
    });
    expect(preview?.problems).toEqual([
      expect.stringMatching(/^Line 3: ITEM_ID is empty/),
      expect.stringMatching(/^Line 3: TIMESTAMP "x"/),
    ]);
  });

  test("is of at most 20 rows", async () => {
    const rows = Array.from({ length: 50 }, (_, i) => `i${i},${i}`);
    const location = await place(harness, "preview", "long.csv", lines("ITEM_ID,N", ...rows));
    const { preview } = await infer(harness, location);
    expect([preview?.fileRows.length, preview?.datasetRows.length]).toEqual([20, 20]);
  });
});

describe("the dataset type", () => {
  test.each([
    ["user,item,time\nu,i,1700000000\n", DATASET_TYPE_INTERACTIONS],
    ["product_id,price\n1,2\n", DATASET_TYPE_ITEMS],
    ["customer_id,age\n1,2\n", DATASET_TYPE_USERS],
  ])("is told by %j", async (content, type) => {
    const location = await place(harness, `type${groups++}`, "f.csv", content);
    expect((await infer(harness, location)).datasetType).toBe(type);
  });

  test("must be said where the content does not", async () => {
    const location = await place(harness, "type", "f.csv", "a,b\n1,2\n");
    await expect(infer(harness, location)).rejects.toMatchObject({
      code: "invalid_argument",
      message: expect.stringMatching(/dataset_type cannot be told.*The file has a, b/) as unknown,
    });
  });
});

test("no schema is proposed from a file with columns beyond counting", async () => {
  const location = await harness.upload("wide.csv", `ITEM_ID${",x".repeat(300_000)}\n1\n`);
  await expect(infer(harness, location)).rejects.toMatchObject({
    code: "invalid_argument",
    message: expect.stringContaining("has 300001 columns; a schema is proposed for at most 2000"),
  });
});
