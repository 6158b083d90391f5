import type { Db } from "mongodb";
import { invalidArgument } from "../errors/index.js";
import {
  dropBucket,
  readFile,
  readFileStream,
  statFile,
  deleteFile,
  writeFile,
  type WrittenFile,
} from "../gridfs/index.js";
import type { Artifact } from "../recipe/index.js";
import { decodeArtifact, encodeArtifact, type ArtifactFormat } from "./artifact-file.js";

/** A stored model file. */
export interface StoredModel extends WrittenFile {
  /** Id of the file in its bucket. */
  readonly fileId: string;
}

/** A stored model file to hand on as it is. */
export interface RawModel extends StoredModel {
  /** A file name for people: "<version>-<checkpoint>.safetensors". */
  readonly filename: string;
  /** The bytes in order; the loop throws at its end when they are not those that were written. */
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * The models of one recipe service, as safetensors files in GridFS: a bucket for each solution version, which is dropped
 * to delete it, and a file for each checkpoint. A checkpoint is not to be touched any more once the catalogue names it.
 */
export class ModelStore {
  readonly #db: Db;

  /** @param db the recipe service's own database */
  constructor(db: Db) {
    this.#db = db;
  }

  /**
   * Stores a model. What an earlier attempt left under the same number, having died before it said so, is replaced.
   * @param versionKey key of the solution version
   * @param checkpoint the checkpoint's number within the version
   * @param format the recipe's descriptor: its name and format version are stored with the model
   * @throws PalateError `unavailable` when MongoDB is away; `invalid_argument` when the artefact cannot be stored
   */
  async save(versionKey: string, checkpoint: number, artifact: Artifact, format: ArtifactFormat): Promise<StoredModel> {
    const fileId = fileIdOf(checkpoint);
    const pieces = encodeArtifact(artifact, format);
    const metadata = { recipe: format.name, formatVersion: format.formatVersion };
    const options = { filename: filenameOf(versionKey, checkpoint) };
    await deleteFile(this.#db, bucketOf(versionKey), fileId);
    const written = await writeFile(this.#db, bucketOf(versionKey), fileId, pieces, metadata, options);
    return { fileId, ...written };
  }

  /**
   * Loads a model after checking its SHA-256. Its tensors are views of one buffer.
   * @throws PalateError `not_found`; `failed_precondition` when it has a format that this service does not know
   */
  async load(versionKey: string, checkpoint: number, format: ArtifactFormat): Promise<Artifact> {
    return decodeArtifact(await readFile(this.#db, bucketOf(versionKey), fileIdOf(checkpoint)), format);
  }

  /** The model file as it is stored, for export. Throws PalateError `not_found`. */
  async openRaw(versionKey: string, checkpoint: number): Promise<RawModel> {
    const fileId = fileIdOf(checkpoint);
    const bucket = bucketOf(versionKey);
    const { length, filename, metadata } = await statFile(this.#db, bucket, fileId);
    const content = readFileStream(this.#db, bucket, fileId);
    return { fileId, bytes: length, sha256: metadata.sha256, filename, content };
  }

  /** Deletes one checkpoint, finished or half-written. One that is not there is no error. */
  async deleteCheckpoint(versionKey: string, checkpoint: number): Promise<void> {
    await deleteFile(this.#db, bucketOf(versionKey), fileIdOf(checkpoint));
  }

  /** Deletes a version's models, all at once. A version without any is no error. */
  async delete(versionKey: string): Promise<void> {
    await dropBucket(this.#db, bucketOf(versionKey));
  }
}

function bucketOf(versionKey: string): string {
  // It becomes part of a collection's name: MongoDB allows 255 bytes for that with the database's, and no "$".
  if (!/^[\w.|-]{1,180}$/.test(versionKey)) {
    throw invalidArgument(`"${versionKey}" cannot key a model; use 1 to 180 letters, digits, and _ . | -`);
  }
  return `models.${versionKey}`;
}

function fileIdOf(checkpoint: number): string {
  return `checkpoint-${checkpoint}`;
}

function filenameOf(versionKey: string, checkpoint: number): string {
  return `${versionKey.replaceAll("|", "-")}-${checkpoint}.safetensors`;
}
