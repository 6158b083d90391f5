import { DuckDBInstance } from "@duckdb/node-api";
import { streamCall, unaryCall } from "@palate/host";
import { DatasetType, Interaction, ResourceStatus } from "@palate/proto/dataset";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { memoryOf } from "../bench/memory.js";
import { eventually, importInteractions, startPalate, type TestPalate } from "../support/palate.js";

const GROUP = "besieged";
const HEADER = "USER_ID,ITEM_ID,TIMESTAMP\n";
const MIB = 1024 * 1024;

/** What DuckDB may use, and what the service may occupy besides: Node, the libraries, the readers' buffers. */
const DUCKDB_MIB = 256;
const BESIDES_MIB = 640;

/** Compressed text that unpacks to many copies of a piece: gzip files may follow one another. */
const zipped = (begin: string, piece: string | Buffer, copies: number) => {
  const member = gzipSync(piece, { level: 1 });
  return Buffer.concat([gzipSync(begin), ...Array.from({ length: copies }, () => member)]);
};

/** A Parquet file with a few bytes for tens of millions of equal rows. */
async function parquetBomb(file: string): Promise<void> {
  const duckdb = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await duckdb.connect();
  await connection.run(
    `COPY (SELECT 'u' AS USER_ID, 'i' AS ITEM_ID, 1::BIGINT AS TIMESTAMP FROM range(12000000)) TO '${file}' (FORMAT parquet)`,
  );
  connection.closeSync();
  duckdb.closeSync();
}

/** A Parquet file whose end says that two gigabytes of description come before it. */
function hugeFooter(): Buffer {
  const end = Buffer.from("\0\0\0\x7fPAR1", "latin1");
  return Buffer.concat([Buffer.from("PAR1"), Buffer.alloc(64), end]);
}

const CASES: readonly (readonly [string, string, () => Buffer | string, RegExp])[] = [
  [
    "a line of a gigabyte",
    "line.csv.gz",
    () => zipped(HEADER, Buffer.alloc(64 * MIB, "a"), 16),
    /line 2: is longer than/,
  ],
  [
    "a gzip bomb",
    "bomb.csv.gz",
    () => zipped(HEADER, "u,i,1\n".repeat(4 * MIB), 50),
    /more than 200 times its size|is larger than 33554432 bytes/,
  ],
  ["ten million columns", "wide.csv", () => `${HEADER.trim()}${",".repeat(10_000_000)}\n`, /line 1: is longer than/],
  ["too many columns for a table", "cols.csv", () => `${HEADER.trim()}${",".repeat(400_000)}\n`, /400003 columns/],
  [
    "a million keys",
    "keys.jsonl",
    () =>
      Array.from({ length: 200 }, (_, line) => {
        const keys = Array.from({ length: 5_000 }, (_, k) => `"k${line * 5_000 + k}":1`);
        return `{"USER_ID":"u","ITEM_ID":"i","TIMESTAMP":1,${keys.join(",")}}`;
      }).join("\n"),
    /20001 or more columns|needs more than/,
  ],
  ["brackets that never end", "deep.jsonl", () => `{"USER_ID":${"[".repeat(900_000)}\n`, /is not a JSON object/],
  ["a million broken rows", "rows.csv", () => HEADER + "u,i\n".repeat(1_000_000), /line 2: has 2 .* 999999 more/],
  ["a quote that is not closed", "quote.csv", () => `${HEADER}u,"i,1\n${"u,i,1\n".repeat(500_000)}`, /is not closed/],
  ["UTF-16 without a mark", "bare.csv", () => Buffer.from(`${HEADER}u,i,1\n`, "utf16le"), /line 1: holds a NUL byte/],
  ["Latin-1", "latin.csv", () => Buffer.from(`${HEADER}u,Stra\xdfe,1\n`, "latin1"), /line 2: is not valid UTF-8/],
  ["a zip archive", "zip.csv", () => Buffer.from("PK\x03\x04rest", "latin1"), /is a zip archive/],
  ["a Parquet footer that says it is huge", "footer.parquet", hugeFooter, /no readable Parquet file|at most/],
];

describe("hostile files", () => {
  let palate: TestPalate;
  beforeAll(async () => {
    palate = await startPalate(["datasets"], {
      PALATE_DUCKDB_MEMORY_MB: String(DUCKDB_MIB),
      PALATE_MAX_IMPORT_MB: "32",
    });
    await importInteractions(palate, GROUP, `${HEADER}u,kept,1\n`);
  }, 120_000);
  afterAll(() => palate?.stop());

  /** Why an import of a file of the import folder failed. */
  async function refusal(file: string): Promise<string> {
    const { datasets } = palate;
    const job = { datasetGroup: GROUP, jobName: file.replace(/\W/g, "-") };
    await unaryCall(datasets, datasets.createDatasetImportJob, {
      ...job,
      datasetType: DatasetType.DATASET_TYPE_INTERACTIONS,
      location: path.join(palate.importFolder, file),
      locations: [],
      importMode: 0,
      dryRun: false,
      mapping: undefined,
    });
    let reason = "";
    await eventually(async () => {
      const { datasetImportJob: found } = await unaryCall(datasets, datasets.getDatasetImportJob, job);
      reason = found!.failureReason;
      expect(found!.status).not.toBe(ResourceStatus.RESOURCE_STATUS_ACTIVE);
      return found!.status === ResourceStatus.RESOURCE_STATUS_CREATE_FAILED;
    });
    return reason;
  }

  it.each(CASES)(
    "%s: refused with the reason",
    async (_what, name, content, reason) => {
      await writeFile(path.join(palate.importFolder, name), content());
      expect(await refusal(name)).toMatch(reason);
    },
    120_000,
  );

  it("a Parquet bomb and a file of zeros are refused with the reason", async () => {
    await parquetBomb(path.join(palate.importFolder, "rows.parquet"));
    expect(await refusal("rows.parquet")).toMatch(/is larger than 33554432 bytes after decompression/);
    await writeFile(path.join(palate.importFolder, "zeros.csv"), "");
    await truncate(path.join(palate.importFolder, "zeros.csv"), 2 ** 40);
    expect(await refusal("zeros.csv")).toMatch(/line 1: holds a NUL byte/);
  }, 120_000);

  it("and after all of them nothing is changed, nothing recorded is lost, and memory stayed within its bounds", async () => {
    const { datasets } = palate;
    const interactions = [Interaction.create({ userId: "u", itemId: "streamed", timestamp: 2 })];
    await unaryCall(datasets, datasets.putEvents, { datasetGroup: GROUP, interactions });
    const { dataset } = await unaryCall(datasets, datasets.getDataset, {
      datasetGroup: GROUP,
      datasetType: DatasetType.DATASET_TYPE_INTERACTIONS,
    });
    expect(dataset?.statistics).toMatchObject({ importedRows: 1, streamedRows: 1 });
    let rows = 0;
    const request = { datasetGroup: GROUP, fromCursor: "", follow: false };
    for await (const message of streamCall(datasets, datasets.read, request)) rows += message.snapshotChunk?.rows ?? 0;
    expect(rows).toBe(2);
    const { peakMib } = memoryOf(palate.supervisor.pids().get("datasets")!);
    expect(peakMib).toBeLessThan(DUCKDB_MIB + BESIDES_MIB);
  });
});
