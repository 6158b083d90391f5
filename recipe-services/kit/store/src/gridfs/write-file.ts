import type { Bytes, Cipher } from "@palate/encryption";
import { alreadyExists } from "@palate/host";
import { Binary, type Db } from "mongodb";
import { createHash } from "node:crypto";
import { CHUNK_BYTES, chunkId, chunksOf, filesOf, sealedName, type FileContent } from "./documents.js";
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
  /** Encrypts it, where it does; default nothing is encrypted. */
  readonly cipher?: Cipher;
}

/** Bytes as they pass, and what they were once they have. */
class Measured {
  readonly #hash = createHash("sha256");
  #bytes = 0;

  async *pass(source: Bytes): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      this.#hash.update(piece);
      this.#bytes += piece.length;
      yield piece;
    }
  }

  /** To be asked once, at the end. */
  result(): FileContent {
    return { bytes: this.#bytes, sha256: this.#hash.digest("hex") };
  }
}

/** Cuts a stream of pieces of any size into pieces of exactly `size` bytes, the last one shorter. */
async function* inChunks(source: Bytes, size: number): AsyncGenerator<Uint8Array> {
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
 * @returns what is in the file, whether it was encrypted or not
 * @throws PalateError `already_exists` when there is a file of that id; `unavailable` when MongoDB is unreachable
 */
export async function writeFile(
  db: Db,
  bucket: string,
  fileId: string,
  source: Bytes | Uint8Array,
  options: WriteOptions = {},
): Promise<FileContent> {
  const chunkSize = options.chunkSize ?? CHUNK_BYTES;
  const files = filesOf(db, bucket);
  const chunks = chunksOf(db, bucket);
  const given = source instanceof Uint8Array ? [source] : source;
  const cipher = options.cipher?.isOn ? options.cipher : undefined;
  const [plain, measured] = [new Measured(), new Measured()];
  const pieces = cipher ? cipher.sealStream(sealedName(bucket, fileId), plain.pass(given)) : given;
  let n = 0;
  try {
    if (await files.findOne({ _id: fileId })) throw alreadyExists("file", fileId);
    // The index of the GridFS specification: other programs find a file's chunks by it.
    await chunks.createIndex({ files_id: 1, n: 1 }, { unique: true });
    for await (const piece of inChunks(measured.pass(pieces), chunkSize)) {
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
    const { bytes: length, sha256 } = measured.result();
    const content = cipher && plain.result();
    await files.insertOne({
      _id: fileId,
      length,
      chunkSize,
      uploadDate: new Date(),
      filename: options.filename ?? fileId,
      metadata: { ...options.metadata, sha256, ...(content && { content }) },
    });
    return content ?? { bytes: length, sha256 };
  } catch (thrown) {
    throw toStoreError(isDuplicateKey(thrown) ? alreadyExists("file", fileId) : thrown);
  }
}
