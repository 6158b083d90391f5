import { hashOfDeletedId } from "@palate/host";
import { DatasetType, DeletionKind } from "@palate/proto/dataset";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DuckDb, literal, queryRows } from "../storage/duckdb.js";
import { ErasedIds } from "../storage/erased-ids.js";
import { rewriteParquet } from "./rewrite-parquet.js";

const { DELETION_KIND_ITEMS, DELETION_KIND_USERS } = DeletionKind;
const ROWS = 200_000;

let folder: string;
let file: string;
let duckdb: DuckDb;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "palate-rewrite-"));
  file = path.join(folder, "rows.parquet");
  duckdb = await DuckDb.open({ memoryMb: 512, threads: 4, folder });
  const rows = `SELECT 'u' || (i % 1000) AS USER_ID, 'i' || (i % 500) AS ITEM_ID, i AS TIMESTAMP,
    'i' || (i % 3) || '|i9' AS IMPRESSION FROM range(${ROWS}) t(i)`;
  await duckdb.with((connection) => connection.run(`COPY (${rows}) TO ${literal(file)} (FORMAT parquet)`));
});
afterAll(async () => {
  duckdb?.close();
  await rm(folder, { recursive: true, force: true });
});

const erasedOf = (kind: DeletionKind, ids: readonly string[]): ErasedIds =>
  new ErasedIds({ kind, salt: "pepper", hashes: ids.map((id) => hashOfDeletedId("pepper", id)) });
const rewrite = async (erased: ErasedIds[], select: string) => {
  const target = path.join(folder, "target.parquet");
  const stored = { path: file, type: DatasetType.DATASET_TYPE_INTERACTIONS, origin: "imported" } as const;
  const rewritten = await rewriteParquet(duckdb, stored, erased, target);
  const source = `read_parquet(${literal(target)}, file_row_number = true)`;
  const [row] = rewritten ? await duckdb.with((c) => queryRows(c, `SELECT ${select} FROM ${source}`)) : [];
  return { rewritten, row };
};

/** Rows whose time is not later than that of the row before. */
const DISORDER = "count(*) FILTER (WHERE TIMESTAMP <= before) AS disorder";
const inOrder = async () => {
  const source = `read_parquet(${literal(path.join(folder, "target.parquet"))}, file_row_number = true)`;
  const sql = `SELECT ${DISORDER} FROM (SELECT TIMESTAMP, lag(TIMESTAMP) OVER (ORDER BY file_row_number) AS before FROM ${source})`;
  const [row] = await duckdb.with((connection) => queryRows(connection, sql));
  return Number(row!["disorder"]) === 0;
};

describe("a Parquet file without deleted ids", () => {
  test.each([1, 300])("is without the rows of %i users, in the order in which they were", async (count) => {
    const ids = Array.from({ length: count }, (_, user) => `u${user}`);
    const gone = ids.map(literal).join(", ");
    const erased = [erasedOf(DELETION_KIND_USERS, ids), erasedOf(DELETION_KIND_USERS, [])];
    const { rewritten, row } = await rewrite(erased, `count(*) FILTER (WHERE USER_ID IN (${gone})) AS n`);
    const removed = (count * ROWS) / 1000;
    expect(rewritten).toEqual({ before: ROWS, rows: ROWS - removed, removed: [removed, 0] });
    expect(Number(row!["n"])).toBe(0);
    expect(await inOrder()).toBe(true);
  });

  test("is without items, among those shown beside others too", async () => {
    const erased = [erasedOf(DELETION_KIND_ITEMS, ["i9"])];
    const { rewritten, row } = await rewrite(erased, "count(*) AS n, min(IMPRESSION) AS a, max(IMPRESSION) AS b");
    expect(rewritten!.rows).toBe(ROWS - ROWS / 500);
    expect(rewritten!.removed).toEqual([ROWS]);
    expect([row!["a"], row!["b"]]).toEqual(["i0", "i2"]);
  });

  test("is not written when nothing of it is to go", async () => {
    const { rewritten } = await rewrite([erasedOf(DELETION_KIND_USERS, ["nobody"])], "1");
    expect(rewritten).toBeUndefined();
  });
});
