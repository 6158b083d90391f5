import type { DataFile, DatasetEntry } from "../schema/manifest.js";
import type { Commit } from "./change-log.js";

/** A commit that holds records. */
export type RecordsCommit = Commit & { readonly manifest?: undefined };

/** Records that go into one file: those of some commits, behind those of an earlier file. */
export interface Run {
  /** Oldest first; at least one, each with records of the dataset. */
  readonly commits: readonly RecordsCommit[];
  /** The file whose rows come before them; it stays as it is. */
  readonly base: DataFile | undefined;
}

/** The files that streamed records are moved into, in whatever format and store. */
export interface StreamedFiles {
  /**
   * Writes a run into a new file, which belongs to nobody until a manifest names it.
   * @throws PalateError `not_found` when the earlier file was removed; `unavailable` when the store is unreachable
   */
  write(logId: string, dataset: DatasetEntry, run: Run): Promise<DataFile>;
  /** Removes a file at once. One that is not there is no error. */
  remove(logId: string, id: string): Promise<void>;
  /** Removes files once readers that began before have had time to finish. */
  removeLater(logId: string, ids: readonly string[]): void;
}
