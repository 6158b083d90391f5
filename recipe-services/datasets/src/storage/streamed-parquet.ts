import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { finished } from "node:stream/promises";
import { EVENT_DATASETS, rulesOf } from "../schema/dataset-types.js";
import { EVENT_ID_COLUMN, SESSION_ID_COLUMN } from "../schema/internal-columns.js";
import type { DataFile, DatasetEntry } from "../schema/manifest.js";
import { cellOf, eventsOf, filledColumns, streamedRows } from "../schema/streamed-rows.js";
import { identifier, literal, type DuckDb } from "./duckdb.js";
import { columnFrom, duckType, missingEventColumns } from "./parquet-columns.js";
import { ParquetLease } from "./parquet-lease.js";
import type { ParquetStore } from "./parquet-store.js";
import { jsonRows, parquetRows } from "./read-files.js";
import type { RecordsCommit, Run, StreamedFiles } from "./streamed-files.js";

/** Writes streamed records into Parquet files, by way of files of JSON lines. */
export class StreamedParquet implements StreamedFiles {
  readonly #files: ParquetStore;
  readonly #duckdb: DuckDb;
  readonly #folder: string;

  /** @param folder for work files */
  constructor(files: ParquetStore, duckdb: DuckDb, folder: string) {
    this.#files = files;
    this.#duckdb = duckdb;
    this.#folder = folder;
  }

  async write(logId: string, dataset: DatasetEntry, { commits, base }: Run): Promise<DataFile> {
    const isEvents = EVENT_DATASETS.includes(dataset.type);
    const candidates = missingEventColumns(dataset);
    const filled = new Set(
      commits.flatMap((commit) => filledColumns(dataset.type, candidates, commit.records).map(({ name }) => name)),
    );
    for (const name of base?.extraColumns ?? []) filled.add(name);
    const extra = candidates.filter((column) => filled.has(column.name));
    const columns = [...dataset.columns, ...extra].map((column) => ({ ...column, sql: duckType(column.type) }));
    const internal = isEvents ? [SESSION_ID_COLUMN, EVENT_ID_COLUMN].map((name) => ({ name, sql: "VARCHAR" })) : [];
    const all = [...columns, ...internal];
    const types = all.map((column) => `${literal(column.name)}: '${column.sql}'`).join(", ");
    const list = all.map((column) => identifier(column.name)).join(", ");
    const { id, file, discard } = await this.#files.newFile(logId, `${rulesOf(dataset.type).label}-streamed`);
    const lease = new ParquetLease(this.#files, logId);
    const lines = path.join(this.#folder, `compaction-${randomUUID()}.jsonl`);
    try {
      const added = await writeLines(lines, dataset, commits);
      const anonymous =
        base && base.anonymous === undefined ? undefined : (base?.anonymous ?? 0) + countAnonymous(dataset, commits);
      const fresh = `SELECT ${list} FROM ${jsonRows(lines, `columns = {${types}}`)}`;
      const basePath = base && (await lease.path(base));
      const older = base && [
        ...columns.map((column) => `${columnFrom(base, dataset, column)} AS ${identifier(column.name)}`),
        ...internal.map((column) => identifier(column.name)),
      ];
      const source = basePath ? `SELECT ${older!.join(", ")} FROM ${parquetRows(basePath)} UNION ALL ${fresh}` : fresh;
      await this.#duckdb.with((connection) =>
        connection.run(`COPY (${source}) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd)`),
      );
      const bytes = await this.#files.add(logId, id);
      const extraColumns = extra.map((column) => column.name);
      const arrived = commits.at(-1)!.sequence;
      const rows = added + (base?.rows ?? 0);
      return {
        id,
        kind: "streamed",
        arrived,
        rows,
        bytes,
        extraColumns,
        ...(anonymous !== undefined && { anonymous }),
      };
    } finally {
      await rm(lines, { force: true });
      await lease.release();
      await discard();
    }
  }

  remove(logId: string, id: string): Promise<void> {
    return this.#files.remove(logId, id);
  }

  removeLater(logId: string, ids: readonly string[]): void {
    this.#files.removeLater(logId, ids);
  }
}

/** How many events of some commits name a session and no user. */
function countAnonymous({ type }: DatasetEntry, commits: readonly RecordsCommit[]): number {
  let count = 0;
  for (const { records } of commits) for (const { userId } of eventsOf(type, records)) if (userId === "") count++;
  return count;
}

async function writeLines(
  file: string,
  { type, columns }: DatasetEntry,
  commits: readonly RecordsCommit[],
): Promise<number> {
  const out = createWriteStream(file);
  const withDefault = columns.filter((column) => column.defaultValue !== undefined);
  let rows = 0;
  for (const commit of commits) {
    const events = eventsOf(type, commit.records);
    const text = streamedRows(type, commit.records).map((row, index) => {
      const event = events[index];
      const ids = event && { [SESSION_ID_COLUMN]: event.sessionId || null, [EVENT_ID_COLUMN]: event.eventId || null };
      const filled = Object.fromEntries(withDefault.map((column) => [column.name, cellOf(row, column)]));
      return `${JSON.stringify({ ...row, ...filled, ...ids })}\n`;
    });
    rows += text.length;
    if (!out.write(text.join(""))) await once(out, "drain");
  }
  out.end();
  await finished(out);
  return rows;
}
