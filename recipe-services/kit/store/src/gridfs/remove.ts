import type { Collection, Db } from "mongodb";
import { chunkId, chunksOf, filesOf, type ChunkDocument } from "./documents.js";
import { toStoreError } from "./store-error.js";

/**
 * Deletes a file's chunks from the n-th on, the last one first: should this be cut short, what is left is a gapless
 * beginning, which the next call finds.
 */
export async function deleteChunksFrom(chunks: Collection<ChunkDocument>, fileId: string, n: number): Promise<void> {
  let end = n;
  while (await chunks.findOne({ _id: chunkId(fileId, end) }, { projection: { _id: 1 } })) end++;
  while (end-- > n) await chunks.deleteOne({ _id: chunkId(fileId, end) });
}

/** Deletes a file, or what a writer that died left of it. A file that is not there is no error. */
export async function deleteFile(db: Db, bucket: string, fileId: string): Promise<void> {
  try {
    await filesOf(db, bucket).deleteOne({ _id: fileId });
    await deleteChunksFrom(chunksOf(db, bucket), fileId, 0);
  } catch (thrown) {
    throw toStoreError(thrown);
  }
}

/** Deletes a bucket with everything in it, at once on every engine. A bucket that is not there is no error. */
export async function dropBucket(db: Db, bucket: string): Promise<void> {
  try {
    await filesOf(db, bucket).drop();
    await chunksOf(db, bucket).drop();
  } catch (thrown) {
    throw toStoreError(thrown);
  }
}
