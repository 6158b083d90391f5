/**
 * Files in MongoDB as GridFS keeps them, written and read by exact `_id` only, so that it is quick and correct on every
 * MongoDB-compatible engine. Ordinary GridFS readers can read them.
 */
export { CHUNK_BYTES, chunkId, type ChunkDocument, type FileDocument } from "./documents.js";
export { listFiles, readFile, readFileStream, statFile } from "./read-file.js";
export { deleteFile, dropBucket } from "./remove.js";
export { isDuplicateKey, toStoreError } from "./store-error.js";
export { writeFile, type WriteOptions, type WrittenFile } from "./write-file.js";
