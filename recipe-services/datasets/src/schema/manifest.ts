import { failedPrecondition } from "@palate/host";
import type { Column, DatasetType, DeletionKind } from "@palate/proto/dataset";
import { rulesOf } from "./dataset-types.js";

/** One immutable Parquet file of a dataset. */
export interface DataFile {
  /** Its id in the group's GridFS bucket. */
  readonly id: string;
  /** Whether an import or the compaction of streamed records made it. */
  readonly kind: "imported" | "streamed";
  /** Sequence number at which its rows arrived; files and log records are read in this order. */
  readonly arrived: number;
  /** Rows in it. */
  readonly rows: number;
  /** Its size. */
  readonly bytes: number;
  /** Columns beyond the schema that hold values: events may carry more than the schema names. */
  readonly extraColumns: readonly string[];
  /** How many of its rows name a session and no user; absent where that was not counted. */
  readonly anonymous?: number;
  /** The schema's columns in it with their types, when the dataset has been given another schema since. */
  readonly columns?: Readonly<Record<string, string>>;
}

/** One dataset of a group. */
export interface DatasetEntry {
  /** What it holds; a group has at most one of a type. */
  readonly type: DatasetType;
  /** Its name. */
  readonly name: string;
  /** Name of its schema. */
  readonly schemaName: string;
  /** The schema's columns: data can be read without the schema document. */
  readonly columns: readonly Column[];
  /** Columns that earlier schemas had, with their last types: records in the log may still hold them. */
  readonly formerColumns?: Readonly<Record<string, string>>;
  /** Sequence number of its creation; older records belong to a dataset deleted before. */
  readonly createdSequence: number;
  /** Unix time in milliseconds. */
  readonly createdAtMs: number;
  /** Unix time in milliseconds of the last change to its imported data. */
  readonly updatedAtMs: number;
  /** Its files. */
  readonly files: readonly DataFile[];
}

/** One version of a filter. */
export interface FilterVersionEntry {
  /** Its number, from 1. */
  readonly version: number;
  /** Its expression as it was written. */
  readonly expression: string;
  /** Unix time in milliseconds. */
  readonly createdAtMs: number;
}

/** One filter of a group. */
export interface FilterEntry {
  /** Its name. */
  readonly name: string;
  /** Its versions, newest first; at least one. */
  readonly versions: readonly FilterVersionEntry[];
  /** Unix time in milliseconds of its first version. */
  readonly createdAtMs: number;
  /** Sequence number of the commit that made its newest version. */
  readonly changedAt: number;
}

/** Users or items that were deleted, while files still hold rows of them. It holds no id. */
export interface Erasure {
  /** Name of the deletion job. */
  readonly job: string;
  /** What they are. */
  readonly kind: DeletionKind;
  /** Text in front of an id when it is hashed. */
  readonly salt: string;
  /** SHA-256 of salt and id in hexadecimal, of each. */
  readonly hashes: readonly string[];
  /** Unix time in milliseconds of their deletion. */
  readonly atMs: number;
  /** Sequence number of the commit that deleted them: rows that arrived before it are gone, later ones are of new users. */
  readonly at: number;
}

/** What a dataset group consists of. Every change to it is a commit in the group's log, so one order rules all. */
export interface Manifest {
  /** Version of this form. */
  readonly format: 1;
  /** The last commit that replaced data. A reader behind it needs a snapshot. */
  readonly replacedAt: number;
  /** Records up to here are in streamed files; newer ones only in the log. */
  readonly compactedThrough: number;
  /** Log documents up to here are needed by nobody and may be deleted: one generation behind `compactedThrough`. */
  readonly obsoleteThrough: number;
  /** The group was deleted: nothing may be written any more. */
  readonly deleted: boolean;
  /** The group's datasets. */
  readonly datasets: readonly DatasetEntry[];
  /** The group's filters by name; absent in manifests from before there were any. */
  readonly filters?: readonly FilterEntry[];
  /** Deletions whose rows are still in files. */
  readonly erasures?: readonly Erasure[];
  /** The last deletion of users or items: the sequence number of its commit, and Unix time in milliseconds. */
  readonly lastErasure?: { readonly at: number; readonly atMs: number };
  /** The last deletion of a filter: which, and the sequence number of its commit. */
  readonly filterRemoval?: { readonly name: string; readonly at: number };
}

/** The manifest of a new group. */
export const EMPTY_MANIFEST: Manifest = {
  format: 1,
  replacedAt: 0,
  compactedThrough: 0,
  obsoleteThrough: 0,
  deleted: false,
  datasets: [],
};

/** The group's dataset of a type, or undefined. */
export function findDataset(manifest: Manifest, type: DatasetType): DatasetEntry | undefined {
  return manifest.datasets.find((dataset) => dataset.type === type);
}

/** The group's dataset of a type. Throws `failed_precondition` saying how to make one. */
export function needDataset(manifest: Manifest, group: string, type: DatasetType): DatasetEntry {
  const dataset = findDataset(manifest, type);
  if (dataset) return dataset;
  const { label } = rulesOf(type);
  throw failedPrecondition(
    `Dataset group "${group}" has no ${label} dataset; create one with CreateDataset before sending it data.`,
    { resourceType: "dataset", resourceName: label },
  );
}

/** The manifest with one dataset added or replaced. */
export function withDataset(manifest: Manifest, dataset: DatasetEntry): Manifest {
  const others = manifest.datasets.filter((other) => other.type !== dataset.type);
  return { ...manifest, datasets: [...others, dataset].sort((a, b) => a.type - b.type) };
}

/** Ids of all files. */
export function fileIds(manifest: Manifest): Set<string> {
  return new Set(manifest.datasets.flatMap((dataset) => dataset.files.map((file) => file.id)));
}
