import { alreadyExists } from "@palate/host";
import { Binary, type Db } from "mongodb";
import { createHash } from "node:crypto";
import { CHUNK_BYTES, chunkId, chunksOf, filesOf } from "./documents.js";
import { deleteChunksFrom } from "./remove.js";
import { isDuplicateKey, toStoreError } from "./store-error.js";

/** How a file is stored. */
export interface WriteOptions {
  /** Name for people and GridFS tools; default the file's id. */
  readonly filename?: string;
  /** Bytes in a chunk; default {@link CHUNK_BYTES}, at most 15 MiB. */
  readonly chunkSize?: number;
  /** Further fields of the file document's `metadata`, besides `sha256`; default none. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What was written. */
export interface WrittenFile {
  /** Bytes in the file. */
  readonly bytes: number;
  /** SHA-256 of the bytes in hexadecimal. */
  readonly sha256: string;
}

/** Cuts a stream of pieces of any size into pieces of exactly `size` bytes, the last one shorter. */
async function* inChunks(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array> {
  let chunk = new Uint8Array(size);
  let filled = 0;
  for await (const piece of source) {
    for (let at = 0; at < piece.length;) {
      const taken = Math.min(size - filled, piece.length - at);
      chunk.set(piece.subarray(at, at + taken), filled);
      at += taken;
      filled += taken;
      if (filled === size) {
        yield chunk;
        chunk = new Uint8Array(size);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}

/**
 * Stores a file. Chunks go first, one after the other, and the file document last: a writer that dies leaves no file,
 * only chunks that the next writer of the same id overwrites. One writer to a file id at a time.
 * @param bucket GridFS bucket, the start of the two collections' names
 * @param source the bytes, in pieces of any size
 * @throws PalateError `already_exists` when there is a file of that id; `unavailable` when MongoDB is unreachable
 */
export async function writeFile(
  db: Db,
  bucket: string,
  fileId: string,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | Uint8Array,
  options: WriteOptions = {},
): Promise<WrittenFile> {
  const chunkSize = options.chunkSize ?? CHUNK_BYTES;
  const files = filesOf(db, bucket);
  const chunks = chunksOf(db, bucket);
  const hash = createHash("sha256");
  let bytes = 0;
  let n = 0;
  try {
    if (await files.findOne({ _id: fileId })) throw alreadyExists("file", fileId);
    // The index of the GridFS specification: other programs find a file's chunks by it.
    await chunks.createIndex({ files_id: 1, n: 1 }, { unique: true });
    for await (const piece of inChunks(source instanceof Uint8Array ? [source] : source, chunkSize)) {
      hash.update(piece);
      bytes += piece.length;
      const document = { _id: chunkId(fileId, n), files_id: fileId, n, data: new Binary(piece) };
      try {
        await chunks.insertOne(document);
      } catch (thrown) {
        if (!isDuplicateKey(thrown)) throw thrown;
        await chunks.replaceOne({ _id: document._id }, document);
      }
      n++;
    }
    await deleteChunksFrom(chunks, fileId, n);
    const sha256 = hash.digest("hex");
    await files.insertOne({
      _id: fileId,
      length: bytes,
      chunkSize,
      uploadDate: new Date(),
      filename: options.filename ?? fileId,
      metadata: { ...options.metadata, sha256 },
    });
    return { bytes, sha256 };
  } catch (thrown) {
    throw toStoreError(isDuplicateKey(thrown) ? alreadyExists("file", fileId) : thrown);
  }
}
