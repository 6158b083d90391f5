import type { Binary, Collection, Db } from "mongodb";

/** Bytes in a chunk unless told otherwise: large chunks cost fewer round trips; the format's limit is near 16 MiB. */
export const CHUNK_BYTES = 4 * 1024 * 1024;

/** A stored file as GridFS keeps it in `<bucket>.files`. It is written last, so what has none is not a file. */
export interface FileDocument {
  /** The file's id. */
  readonly _id: string;
  /** Bytes in the file. */
  readonly length: number;
  /** Bytes in every chunk but the last. */
  readonly chunkSize: number;
  /** When the file was complete. */
  readonly uploadDate: Date;
  /** A name for people and for GridFS tools. */
  readonly filename: string;
  /** SHA-256 of the bytes in hexadecimal, what they are encrypted from if they are, and whatever the writer added. */
  readonly metadata: { readonly sha256: string; readonly content?: FileContent } & Readonly<Record<string, unknown>>;
}

/** What is in a file, whether it is stored encrypted or not. */
export interface FileContent {
  /** Bytes. */
  readonly bytes: number;
  /** SHA-256 of them in hexadecimal. */
  readonly sha256: string;
}

/** What is in a file. */
export function contentOf({ length, metadata }: FileDocument): FileContent {
  return metadata.content ?? { bytes: length, sha256: metadata.sha256 };
}

/** The name under which a file is encrypted: in another's place it does not decrypt. */
export function sealedName(bucket: string, fileId: string): string {
  return `${bucket}|${fileId}`;
}

/** A piece of a file as GridFS keeps it in `<bucket>.chunks`. */
export interface ChunkDocument {
  /** {@link chunkId}: a chunk is read by its exact `_id`, the one access path that is quick on every engine. */
  readonly _id: string;
  /** Id of the file it belongs to. */
  readonly files_id: string;
  /** Position in the file, from 0. */
  readonly n: number;
  /** The bytes. */
  readonly data: Binary;
}

/** `_id` of the n-th chunk of a file. */
export function chunkId(fileId: string, n: number): string {
  return `${fileId}|${n}`;
}

/** Where a bucket keeps its file documents. */
export function filesOf(db: Db, bucket: string): Collection<FileDocument> {
  return db.collection<FileDocument>(`${bucket}.files`);
}

/** Where a bucket keeps its chunks. */
export function chunksOf(db: Db, bucket: string): Collection<ChunkDocument> {
  return db.collection<ChunkDocument>(`${bucket}.chunks`);
}
