import { unaryCall, type PalateError } from "@palate/host";
import { ImportMapping, ResourceStatus } from "@palate/proto/dataset";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { DATASET_TYPE_INTERACTIONS, Harness } from "./datasets-harness.js";

/** A mapping as JSON of the contract. */
type Mapping = object;

let mongo: TestMongo;
let harness: Harness;
beforeAll(async () => {
  mongo = await startTestMongo();
  harness = await Harness.start(mongo.uri, mongo.databaseName("m"));
  await mkdir(harness.importFolder, { recursive: true });
});
afterAll(async () => {
  await harness?.stop();
  await mongo?.stop();
});

/** Writes a file into the import folder. */
async function place(name: string, content: string | Buffer): Promise<string> {
  const file = path.join(harness.importFolder, name);
  await writeFile(file, content);
  return file;
}

/** Imports interactions into a new group; the job and the rows it brought. */
async function importRows(group: string, location: string, mapping: Mapping) {
  await harness.makeGroup(group);
  const job = await harness.runImport(group, "job", DATASET_TYPE_INTERACTIONS, location, {
    mapping: ImportMapping.fromJSON(mapping),
  });
  const { interactions } = await harness.read(group);
  return { job, rows: interactions };
}

describe("a mapping", () => {
  test("is part of the job: kept, told, and compared when a job is sent again", async () => {
    const location = await place("kept.csv", "u::i::1\n");
    const csv = { delimiter: "::", names: ["USER_ID", "ITEM_ID", "TIMESTAMP"], quote: "" };
    const { job, rows } = await importRows("kept", location, { csv });
    expect(job.failureReason).toBe("");
    expect(job.status).toBe(ResourceStatus.RESOURCE_STATUS_ACTIVE);
    expect(job.mapping).toEqual(ImportMapping.fromJSON({ csv }));
    expect(rows).toEqual([expect.objectContaining({ USER_ID: "u", ITEM_ID: "i", TIMESTAMP: 1 })]);

    const again = (mapping: Mapping | undefined) =>
      unaryCall(harness.client, harness.client.createDatasetImportJob, {
        datasetGroup: "kept",
        jobName: "job",
        datasetType: DATASET_TYPE_INTERACTIONS,
        location,
        locations: [],
        importMode: 0,
        dryRun: false,
        mapping: mapping && ImportMapping.fromJSON(mapping),
      });
    expect((await again({ csv })).datasetImportJob).toEqual(job);
    await expect(again({ csv: { ...csv, quote: '"' } })).rejects.toThrow(/exists already/);
    await expect(again(undefined)).rejects.toThrow(/exists already/);
  });

  test("turns what a team has into what is imported, right to the second and the character", async () => {
    const location = await place(
      "shop.csv",
      [
        "exported by the shop",
        "visitor;when;event;item;price",
        "007;2023-11-14T23:13:20.868+01:00;pv; 0042 ;1.234,50",
        "NULL;2023-11-14T23:13:20Z;pv;9;1",
        "ü;2023-11-14 22:13:19;cart;7;",
        "",
      ].join("\n"),
    );
    const { job, rows } = await importRows("shop-data", location, {
      csv: { delimiter: ";", skipLines: 1 },
      trim: true,
      nullValues: ["NULL"],
      rowFilter: "visitor <> 'NULL'",
      columns: [
        { name: "USER_ID", from: ["visitor"] },
        { name: "ITEM_ID", from: ["#4"] },
        { name: "TIMESTAMP", from: ["when"], time: { formats: ["ISO"] } },
        { name: "EVENT_TYPE", from: ["event"], rules: [{ equals: "pv", value: "view" }] },
        { name: "EVENT_VALUE", from: ["price"], decimalMark: "," },
        { name: "QUANTITY", expression: "length(item)" },
      ],
    });
    expect(job.failureReason).toBe("");
    expect(job).toMatchObject({ rows: 2, filteredRows: 1, ignoredColumns: [], notes: [] });
    expect(
      rows.map((row) => [row["USER_ID"], row["ITEM_ID"], row["TIMESTAMP"], row["EVENT_TYPE"], row["EVENT_VALUE"]]),
    ).toEqual([
      ["007", "0042", 1_700_000_000, "view", 1234.5],
      ["ü", "7", 1_699_999_999, "cart", null],
    ]);
  });

  test("is refused with every problem and its field before anything is read", async () => {
    await harness.makeGroup("refused");
    const refused = (mapping: Mapping) =>
      unaryCall(harness.client, harness.client.createDatasetImportJob, {
        datasetGroup: "refused",
        jobName: "job",
        datasetType: DATASET_TYPE_INTERACTIONS,
        location: "/nowhere",
        locations: [],
        importMode: 0,
        dryRun: false,
        mapping: ImportMapping.fromJSON(mapping),
      }).then(
        () => "accepted",
        (error: PalateError) => [error.code, ...(error.details.violations ?? []).map(({ field }) => field)],
      );
    const mapping = {
      csv: { encoding: "klingon" },
      columns: [{ name: "NOPE" }, { name: "TIMESTAMP", time: { formats: ["%Q"] } }],
      sql: "SELECT * FROM read_text('/etc/passwd')",
    };
    expect(await refused(mapping)).toEqual([
      "invalid_argument",
      "mapping.csv.encoding",
      "mapping.columns[0].name",
      "mapping.columns[1].time.formats[0]",
      "mapping.sql",
    ]);
  });
});
