import type { Cipher } from "@palate/encryption";
import { dataLoss, failedPrecondition, notFound, type PalateError } from "@palate/host";
import type { Collection, Db } from "mongodb";
import { createHash } from "node:crypto";
import {
  chunkId,
  chunksOf,
  contentOf,
  filesOf,
  sealedName,
  type ChunkDocument,
  type FileDocument,
} from "./documents.js";
import { toStoreError } from "./store-error.js";

/** Chunks asked for at a time: enough to hide the round trips, few enough to spare an embedded engine's memory. */
const READS_AT_ONCE = 3;

function damaged(bucket: string, file: FileDocument, what: string): PalateError {
  return dataLoss(
    `File "${file._id}" in bucket "${bucket}" is damaged: ${what}. Restore the database, or write it anew.`,
  );
}

/** The file document of a file. Throws PalateError `not_found` when there is none. */
export async function statFile(db: Db, bucket: string, fileId: string): Promise<FileDocument> {
  try {
    const file = await filesOf(db, bucket).findOne({ _id: fileId });
    if (file === null) throw notFound("file", fileId, `Bucket "${bucket}" does not hold it.`);
    return file;
  } catch (thrown) {
    throw toStoreError(thrown);
  }
}

/** The files of a bucket, sorted by id; half-written ones are not among them. Empty when there is no such bucket. */
export async function listFiles(db: Db, bucket: string): Promise<FileDocument[]> {
  try {
    const files = await filesOf(db, bucket).find({}).toArray();
    return files.sort((a, b) => (a._id < b._id ? -1 : 1));
  } catch (thrown) {
    throw toStoreError(thrown);
  }
}

async function readChunk(
  chunks: Collection<ChunkDocument>,
  bucket: string,
  file: FileDocument,
  n: number,
): Promise<Uint8Array> {
  const chunk = await chunks.findOne({ _id: chunkId(file._id, n) }, { promoteBuffers: true });
  if (chunk === null) throw damaged(bucket, file, `chunk ${n} is missing`);
  const data = chunk.data as unknown as Uint8Array; // promoteBuffers gives a Buffer in place of a Binary.
  const expected = Math.min(file.chunkSize, file.length - n * file.chunkSize);
  if (data.length !== expected) {
    throw damaged(bucket, file, `chunk ${n} has ${data.length} bytes where ${expected} are right`);
  }
  return data;
}

/**
 * Reads a file piece by piece, in order, a few chunks ahead. The SHA-256 is checked after the last piece, so a consumer
 * must not act on the bytes before the loop has ended.
 * @param cipher decrypts it, if it is encrypted
 * @throws PalateError `not_found`; `data_loss` when a chunk is missing or the bytes are not those that were written;
 *   `failed_precondition` when it is encrypted and there is no key for it
 */
export async function* readFileStream(
  db: Db,
  bucket: string,
  fileId: string,
  cipher?: Cipher,
): AsyncGenerator<Uint8Array> {
  yield* contents(db, bucket, await statFile(db, bucket, fileId), cipher);
}

function contents(db: Db, bucket: string, file: FileDocument, cipher: Cipher | undefined): AsyncGenerator<Uint8Array> {
  const stored = storedBytes(db, bucket, file);
  if (file.metadata.content === undefined) return stored;
  if (cipher !== undefined) return cipher.openStream(sealedName(bucket, file._id), stored);
  throw failedPrecondition(`File "${file._id}" in bucket "${bucket}" is encrypted, and is read without a key.`);
}

async function* storedBytes(db: Db, bucket: string, file: FileDocument): AsyncGenerator<Uint8Array> {
  const chunks = chunksOf(db, bucket);
  const count = Math.ceil(file.length / file.chunkSize);
  const hash = createHash("sha256");
  const ahead: Promise<Uint8Array>[] = [];
  let next = 0;
  try {
    for (let n = 0; n < count; n++) {
      while (next < count && next < n + READS_AT_ONCE) {
        const read = readChunk(chunks, bucket, file, next++);
        read.catch(() => {}); // It is awaited in its turn; until then a failure must not count as unhandled.
        ahead.push(read);
      }
      const data = (await ahead.shift())!;
      hash.update(data);
      yield data;
    }
  } catch (thrown) {
    throw toStoreError(thrown);
  }
  const sha256 = hash.digest("hex");
  if (sha256 !== file.metadata.sha256) {
    throw damaged(bucket, file, `its SHA-256 is ${sha256} where ${file.metadata.sha256} is right`);
  }
}

/**
 * Reads a whole file into one buffer that starts its own ArrayBuffer, so that typed arrays can be laid over it.
 * @param cipher decrypts it, if it is encrypted
 * @throws PalateError as {@link readFileStream} does
 */
export async function readFile(db: Db, bucket: string, fileId: string, cipher?: Cipher): Promise<Buffer> {
  const file = await statFile(db, bucket, fileId);
  const whole = Buffer.allocUnsafeSlow(contentOf(file).bytes);
  let at = 0;
  for await (const piece of contents(db, bucket, file, cipher)) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
