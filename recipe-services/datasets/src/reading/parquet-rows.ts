import type { Column } from "@palate/proto/dataset";
import type { DataFile, DatasetEntry, Manifest } from "../schema/manifest.js";
import type { DuckDb } from "../storage/duckdb.js";
import type { Commit } from "../storage/change-log.js";
import { selectFrom } from "../storage/parquet-columns.js";
import { ParquetLease } from "../storage/parquet-lease.js";
import type { ParquetStore } from "../storage/parquet-store.js";
import type { OpenRows, RowVectors, StoredRows } from "../storage/stored-rows.js";
import { SignIns } from "./sign-ins.js";

/** Reads Parquet files with DuckDB. */
export class ParquetRows implements StoredRows {
  readonly #files: ParquetStore;
  readonly #duckdb: DuckDb;

  constructor(files: ParquetStore, duckdb: DuckDb) {
    this.#files = files;
    this.#duckdb = duckdb;
  }

  async open(logId: string, manifest: Manifest, commits: readonly Commit[]): Promise<OpenRows> {
    const signIns = await SignIns.read(this.#files, this.#duckdb, logId, manifest, commits);
    return {
      userOf: (sessionId) => signIns.userOf(sessionId),
      read: (file, dataset, columns) => this.#read(logId, file, dataset, columns, { manifest, signIns }),
      close: () => signIns.close(),
    };
  }

  async *#read(
    logId: string,
    file: DataFile,
    dataset: DatasetEntry,
    columns: readonly Column[],
    { manifest, signIns }: { readonly manifest: Manifest; readonly signIns: SignIns },
  ): AsyncGenerator<RowVectors> {
    const lease = new ParquetLease(this.#files, logId);
    const connection = await this.#duckdb.connect();
    try {
      const path = await lease.path(file);
      const sql = selectFrom(path, file, dataset, columns, { erasures: manifest.erasures, signIns: signIns.table });
      const result = await connection.stream(sql);
      for (;;) {
        const vectors = await result.fetchChunk();
        if (vectors === null || vectors.rowCount === 0) return;
        yield vectors;
      }
    } finally {
      connection.closeSync();
      await lease.release();
    }
  }
}
