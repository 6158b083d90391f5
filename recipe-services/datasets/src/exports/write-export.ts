import { PalateError } from "@palate/host";
import { ExportFormat, IngestionMode, type DatasetType } from "@palate/proto/dataset";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import type { Group } from "../group/group.js";
import { SignIns } from "../reading/sign-ins.js";
import { planDataset, recordCells, type DatasetPlan, type Part } from "../reading/snapshot-reader.js";
import { needDataset } from "../schema/manifest.js";
import { identifier, literal, queryRows, type DuckDb } from "../storage/duckdb.js";
import { duckType, selectFrom } from "../storage/parquet-columns.js";
import { ParquetLease } from "../storage/parquet-lease.js";
import type { ParquetStore } from "../storage/parquet-store.js";
import { jsonRows } from "../storage/read-files.js";

/** What to export, and how. */
export interface ExportRequest {
  readonly group: Group;
  readonly type: DatasetType;
  readonly mode: IngestionMode;
  readonly format: ExportFormat;
  /** Only the rows of this user; all unless said. */
  readonly userId?: string;
  /** Where the file is to be written. */
  readonly target: string;
}

/** How DuckDB writes each format. */
const COPY_OPTIONS: Readonly<Record<number, string>> = {
  [ExportFormat.EXPORT_FORMAT_CSV]: "FORMAT csv, HEADER true",
  [ExportFormat.EXPORT_FORMAT_JSON_LINES]: "FORMAT json",
  [ExportFormat.EXPORT_FORMAT_PARQUET]: "FORMAT parquet, COMPRESSION zstd",
};

/** Ending of a file's name by format. */
export const ENDINGS: Readonly<Record<number, string>> = {
  [ExportFormat.EXPORT_FORMAT_CSV]: ".csv",
  [ExportFormat.EXPORT_FORMAT_JSON_LINES]: ".jsonl",
  [ExportFormat.EXPORT_FORMAT_PARQUET]: ".parquet",
};

/** Data that is replaced while it is being exported makes the export start over; not oftener than this. */
const MAX_RESTARTS = 5;

/**
 * Writes the rows of a dataset as they are now into one file, in order of arrival.
 * @returns how many
 * @throws PalateError `failed_precondition` when the group has no such dataset
 */
export async function writeExport(request: ExportRequest, files: ParquetStore, duckdb: DuckDb): Promise<number> {
  const { state } = request.group;
  await state.catchUp();
  for (let attempt = 1; ; attempt++) {
    const { manifestSequence } = state;
    try {
      return await writeOnce(request, files, duckdb);
    } catch (thrown) {
      await state.catchUp();
      const refused = thrown instanceof PalateError && thrown.code !== "not_found";
      if (refused || manifestSequence === state.manifestSequence || attempt > MAX_RESTARTS) throw thrown;
    }
  }
}

async function writeOnce(request: ExportRequest, files: ParquetStore, duckdb: DuckDb): Promise<number> {
  const { group, type, mode, format, userId, target } = request;
  const { manifest, logId } = group.state;
  const dataset = needDataset(manifest, group.name, type);
  const imported = mode === IngestionMode.INGESTION_MODE_ALL ? undefined : mode === IngestionMode.INGESTION_MODE_BULK;
  const commits = group.state.uncompacted();
  const signIns = await SignIns.read(files, duckdb, logId, manifest, commits);
  const plan = { ...planDataset(dataset, commits, imported), signIns };
  const lines = `${target}.records.jsonl`;
  const lease = new ParquetLease(files, logId);
  try {
    await writeRecords(lines, plan);
    const selects: string[] = [];
    // Streamed records may lie on both sides of an import; each run of them is read from its own lines.
    let from = 0;
    for (const run of runsOf(plan.parts)) {
      if ("file" in run) {
        const local = await lease.path(run.file);
        selects.push(
          selectFrom(local, run.file, dataset, plan.columns, { erasures: manifest.erasures, signIns: signIns.table }),
        );
      } else {
        selects.push(selectLines(lines, plan, from, from + run.rows));
        from += run.rows;
      }
    }
    const nothing = plan.columns.map(({ name, type }) => `NULL::${exportType(type)} AS ${identifier(name)}`).join(", ");
    const source =
      selects.length === 0 ? `SELECT ${nothing} LIMIT 0` : selects.map((select) => `(${select})`).join(" UNION ALL ");
    return await duckdb.with(async (connection) => {
      const rows = userId === undefined ? source : `SELECT * FROM (${source}) WHERE "USER_ID" = ${literal(userId)}`;
      const sql = `COPY (${rows}) TO ${literal(target)} (${COPY_OPTIONS[format]})`;
      const [row] = await queryRows(connection, sql);
      return Number(row?.["Count"] ?? 0);
    });
  } finally {
    await rm(lines, { force: true });
    await lease.release();
    await signIns.close();
  }
}

type Run = Extract<Part, { file: unknown }> | { readonly rows: number };

/** The parts, with commits that follow one another taken together. */
function runsOf(parts: readonly Part[]): Run[] {
  const runs: Run[] = [];
  for (const part of parts) {
    const last = runs.at(-1);
    if ("file" in part) runs.push(part);
    else if (last && "rows" in last) runs[runs.length - 1] = { rows: last.rows + part.rows };
    else runs.push({ rows: part.rows });
  }
  return runs;
}

/** 64 bits for all whole numbers, as readers get them. */
function exportType(type: string): string {
  return type === "int" ? "BIGINT" : duckType(type);
}

function selectLines(lines: string, { columns }: DatasetPlan, from: number, to: number): string {
  const types = columns.map(({ name, type }) => `${literal(name)}: '${exportType(type)}'`);
  const list = columns.map(({ name }) => identifier(name)).join(", ");
  const source = jsonRows(lines, `columns = {'_ROW': 'BIGINT', ${types.join(", ")}}`);
  return `SELECT ${list} FROM ${source} WHERE "_ROW" >= ${from} AND "_ROW" < ${to}`;
}

async function writeRecords(file: string, plan: DatasetPlan): Promise<void> {
  const out = createWriteStream(file);
  let row = 0;
  for (const part of plan.parts) {
    if ("file" in part) continue;
    const text = recordCells(plan, part.commit).map((cells) => {
      const named = plan.columns.map(({ name }, at) => [name, cells[at] ?? null] as const);
      return `${JSON.stringify(Object.fromEntries([["_ROW", row++], ...named]))}\n`;
    });
    if (!out.write(text.join(""))) await once(out, "drain");
  }
  out.end();
  await finished(out);
}
