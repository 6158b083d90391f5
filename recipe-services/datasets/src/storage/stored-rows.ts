import type { Column } from "@palate/proto/dataset";
import type { DataFile, DatasetEntry, Manifest } from "../schema/manifest.js";
import type { Commit } from "./change-log.js";

/** Some rows, column by column; DuckDB's chunks are such. */
export interface RowVectors {
  readonly rowCount: number;
  /** The values of a column by its position. */
  getColumnVector(index: number): { getItem(row: number): unknown };
}

/** Who anonymous visitors turned out to be. */
export interface Visitors {
  /** The first user who was seen in a session; undefined when nobody was, or without a session. */
  userOf(sessionId: string | undefined): string | undefined;
}

/** The files of a group as of one manifest, open for reading. */
export interface OpenRows extends Visitors {
  /**
   * The rows of a file in their order, with these columns in the types that readers get. Rows that were deleted are left
   * out, and rows of anonymous visitors have the users that they turned out to be.
   * @throws PalateError `not_found` when the file was removed, because the data was replaced
   */
  read(file: DataFile, dataset: DatasetEntry, columns: readonly Column[]): AsyncIterable<RowVectors>;
  /** Ends the reading. */
  close(): Promise<void>;
}

/** The rows that are in files, in whatever format and store. */
export interface StoredRows {
  /**
   * Opens a group's files.
   * @param commits those that are not in files: they say about anonymous visitors, too
   * @throws PalateError as {@link OpenRows.read} does
   */
  open(logId: string, manifest: Manifest, commits: readonly Commit[]): Promise<OpenRows>;
}
