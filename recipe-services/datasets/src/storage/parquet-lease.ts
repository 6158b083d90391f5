import type { DataFile } from "../schema/manifest.js";
import type { ParquetStore } from "./parquet-store.js";

/** Files of a group that somebody reads, and lets go of together. */
export class ParquetLease {
  readonly #files: ParquetStore;
  readonly #logId: string;
  readonly #taken: string[] = [];

  constructor(files: ParquetStore, logId: string) {
    this.#files = files;
    this.#logId = logId;
  }

  /**
   * Where DuckDB can read a file, until {@link release}.
   * @throws PalateError `not_found` when the file was removed; `data_loss` when what is stored is damaged; `failed_precondition` when
   *   there is no key for it
   */
  async path(file: DataFile): Promise<string> {
    const path = await this.#files.open(this.#logId, file);
    this.#taken.push(file.id);
    return path;
  }

  /** Lets go of all that was taken. */
  async release(): Promise<void> {
    for (const id of this.#taken.splice(0)) await this.#files.close(id);
  }
}

/** Reads files of a group: `use` gets a lease that ends with it. */
export async function withParquet<T>(
  files: ParquetStore,
  logId: string,
  use: (lease: ParquetLease) => Promise<T>,
): Promise<T> {
  const lease = new ParquetLease(files, logId);
  try {
    return await use(lease);
  } finally {
    await lease.release();
  }
}
