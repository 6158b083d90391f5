import { DuckDBInstance } from "@duckdb/node-api";
import { ImportMapping } from "@palate/proto/dataset";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { startTestS3, type TestS3 } from "../support/s3.js";
import { DATASET_TYPE_INTERACTIONS, Harness } from "./datasets-harness.js";

let mongo: TestMongo;
let s3: TestS3;
let harness: Harness;
let scratch: string;
let count = 0;
beforeAll(async () => {
  [mongo, s3, scratch] = await Promise.all([
    startTestMongo(),
    startTestS3("shop"),
    mkdtemp(path.join(tmpdir(), "palate-files-")),
  ]);
  harness = await Harness.start(mongo.uri, mongo.databaseName("f"), { ...s3.env });
});
afterAll(async () => {
  await harness?.stop();
  await Promise.all([mongo?.stop(), s3?.stop(), rm(scratch, { recursive: true, force: true })]);
});

/** The bytes of a Parquet file. */
async function parquet(select: string): Promise<Buffer> {
  const file = path.join(scratch, `${count++}.parquet`);
  const database = await DuckDBInstance.create(":memory:");
  const connection = await database.connect();
  await connection.run(`COPY (${select}) TO '${file}' (FORMAT parquet)`);
  connection.closeSync();
  database.closeSync();
  return readFile(file);
}

type Files = Readonly<Record<string, string | Buffer>>;

/** Where files can lie: each puts them there and says how the place is called. */
const PLACES: Readonly<Record<string, (name: string, files: Files) => Promise<string>>> = {
  "a local folder": async (name, files) => {
    for (const [file, content] of Object.entries(files)) {
      const target = path.join(harness.importFolder, name, file);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, content);
    }
    return path.join(harness.importFolder, name);
  },
  S3: async (name, files) => {
    for (const [file, content] of Object.entries(files)) {
      await s3.put(`${name}/${file.split("/").map(encodeURIComponent).join("/")}`, content);
    }
    return `s3://shop/${name}`;
  },
};

/** Imports a location into a new group: what came of it. */
async function importFrom(location: string, mapping: object = {}) {
  const group = `g${count++}`;
  await harness.makeGroup(group);
  const other = { mapping: ImportMapping.fromJSON(mapping) };
  const job = await harness
    .runImport(group, "job", DATASET_TYPE_INTERACTIONS, location, other)
    .catch((error: Error) => error);
  if (job instanceof Error) return { refused: job.message };
  if (job.failureReason !== "") return { refused: job.failureReason };
  const { interactions } = await harness.read(group);
  return { rows: interactions.map((row) => [row["ITEM_ID"], row["EVENT_TYPE"]]) };
}

const CSV = (item: string, type?: string) =>
  `USER_ID,ITEM_ID,TIMESTAMP${type ? ",EVENT_TYPE" : ""}\nu,${item},1${type ? `,${type}` : ""}\n`;
const JSON_LINE = (item: string) => `${JSON.stringify({ USER_ID: "u", ITEM_ID: item, TIMESTAMP: 1 })}\n`;
const PARQUET = (item: string, more = "") =>
  parquet(`SELECT 'u' AS USER_ID, '${item}' AS ITEM_ID, 1::BIGINT AS TIMESTAMP${more}`);

describe.each(Object.entries(PLACES))("key=value folders in %s", (place, put) => {
  const name = (what: string) => `env=prod/${what}-${place.replaceAll(" ", "-")}`;

  test("are columns in every format when they are stated", async () => {
    const location = await put(name("stated"), {
      "EVENT_TYPE=add%20to%20cart/a.csv": CSV("a"),
      "EVENT_TYPE=view/b.jsonl": JSON_LINE("b"),
      "EVENT_TYPE=__HIVE_DEFAULT_PARTITION__/c.parquet": await PARQUET("c"),
      "EVENT_TYPE=view/_SUCCESS": "",
      "other/EVENT_TYPE=x/d.csv": CSV("d"),
    });
    const rows = [
      ["c", null],
      ["a", "add to cart"],
      ["b", "view"],
    ];
    const mapping = { partitionKeys: ["EVENT_TYPE"] };
    expect(await importFrom(`${location}/`, mapping)).toEqual({ rows });
    expect(await importFrom(`${location}/EVENT_TYPE=*/*`, mapping)).toEqual({ rows });
    expect(await importFrom(`${location}/EVENT_TYPE=view/b.jsonl`, mapping)).toEqual({ rows: [["b", "view"]] });
  });

  test("are nothing but folders when they are not", async () => {
    const location = await put(name("plain"), { "dt=1/a.csv": CSV("a", "buy"), "dt=1/b.parquet": await PARQUET("b") });
    expect(await importFrom(`${location}/**/*.*`)).toEqual({
      rows: [
        ["a", "buy"],
        ["b", null],
      ],
    });
    expect(await importFrom(`${location}/`)).toEqual({
      refused: expect.stringMatching(/holds no files to import, but folders such as "dt=1"; name their keys/) as string,
    });
  });

  test("that contradict the file, or that are missing, are refused", async () => {
    const own = await PARQUET("a", ", 'buy' AS EVENT_TYPE");
    const location = await put(name("own"), { "EVENT_TYPE=click/a.parquet": own, "b.csv": CSV("b") });
    const mapping = { partitionKeys: ["EVENT_TYPE"] };
    expect(await importFrom(`${location}/`, mapping)).toEqual({
      refused: expect.stringMatching(
        /EVENT_TYPE is a column of the file \("EVENT_TYPE"\) and the key of its folder \("click"\)/,
      ) as string,
    });
    expect(await importFrom(`${location}/b.csv`, mapping)).toEqual({
      refused: expect.stringMatching(
        /EVENT_TYPE is one of the mapping's partition_keys, but the file lies in no folder/,
      ) as string,
    });
  });
});

describe.each(Object.entries(PLACES))("tables whose rows a log tells, in %s", (place, put) => {
  const name = (what: string) => `${what}-${place.replaceAll(" ", "-")}`;

  test.each([
    [
      "Delta Lake",
      "orders/_delta_log/00000000000000000000.json",
      "orders/part-0.parquet",
      ["orders/", "orders/*.parquet", "orders/part-0.parquet"],
    ],
    [
      "Delta Lake",
      "parts/_delta_log/00000000000000000000.json",
      "parts/dt=1/part-0.parquet",
      ["parts/**/*.parquet", "parts/dt=1/"],
    ],
    [
      "Apache Iceberg",
      "ice/metadata/00000-0a.metadata.json",
      "ice/data/part-0.parquet",
      ["ice/**/*.parquet", "ice/data/"],
    ],
    ["Apache Hudi", "hudi/.hoodie/hoodie.properties", "hudi/part-0.parquet", ["hudi/", "**/part-0.parquet"]],
  ])("%s is refused by name: %s", async (format, log, file, locations) => {
    const folder = await put(name(format.replaceAll(" ", "-")), { [log]: "{}", [file]: await PARQUET("a") });
    for (const location of locations) {
      expect([location, await importFrom(`${folder}/${location}`)]).toEqual([
        location,
        { refused: expect.stringMatching(new RegExp(`lies in the ${format} table ".*", whose files hold`)) as string },
      ]);
    }
  });

  test("folders that are only called so are not taken for one", async () => {
    const folder = await put(name("plain"), { "metadata/about.json": "{}", "a.csv": CSV("a") });
    expect(await importFrom(`${folder}/`)).toEqual({ rows: [["a", null]] });
  });
});
