import { KeyRing, type Cipher } from "@palate/encryption";
import { invalidArgument, PalateError } from "@palate/host";
import type { Artifact } from "@palate/recipe";
import type { Db } from "mongodb";
import { listFiles, readFile, readFileStream, statFile } from "../gridfs/read-file.js";
import { dropBucket, deleteFile } from "../gridfs/remove.js";
import { contentOf, type FileContent } from "../gridfs/documents.js";
import { writeFile } from "../gridfs/write-file.js";
import { MongoKeyDocuments } from "../keys/mongo-key-documents.js";
import { decodeArtifact, encodeArtifact, type ArtifactFormat } from "./artifact-file.js";

/** Files that hold a training's state, used by turns. */
const STATE_FILES: readonly string[] = ["training-state-0", "training-state-1"];

/** A stored model file. */
export interface StoredModel extends FileContent {
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
  readonly #keys: KeyRing;

  /**
   * @param db the recipe service's own database
   * @param keys with which models are encrypted: each version has a key; not at all unless given
   */
  constructor(db: Db, keys: KeyRing = new KeyRing([], new MongoKeyDocuments(db))) {
    this.#db = db;
    this.#keys = keys;
  }

  /**
   * Stores a model. What an earlier attempt left under the same number, having died before it said so, is replaced.
   * @param versionKey key of the solution version
   * @param checkpoint the checkpoint's number within the version
   * @param format the recipe's descriptor: its name and format version are stored with the model
   * @throws PalateError `unavailable` when MongoDB is unreachable; `invalid_argument` when the artefact cannot be stored
   */
  async save(versionKey: string, checkpoint: number, artifact: Artifact, format: ArtifactFormat): Promise<StoredModel> {
    const fileId = fileIdOf(checkpoint);
    const pieces = encodeArtifact(artifact, format);
    const metadata = { recipe: format.name, formatVersion: format.formatVersion };
    const options = { filename: filenameOf(versionKey, checkpoint), metadata, cipher: this.#cipherOf(versionKey) };
    await deleteFile(this.#db, bucketOf(versionKey), fileId);
    const written = await writeFile(this.#db, bucketOf(versionKey), fileId, pieces, options);
    return { fileId, ...written };
  }

  /**
   * Loads a model after checking its SHA-256. Its tensors are views of one buffer.
   * @throws PalateError `not_found`; `failed_precondition` when it has a format that this service does not know
   */
  async load(versionKey: string, checkpoint: number, format: ArtifactFormat): Promise<Artifact> {
    return decodeArtifact(
      await readFile(this.#db, bucketOf(versionKey), fileIdOf(checkpoint), this.#cipherOf(versionKey)),
      format,
    );
  }

  /** The model file, for export. Throws PalateError `not_found`. */
  async openRaw(versionKey: string, checkpoint: number): Promise<RawModel> {
    const fileId = fileIdOf(checkpoint);
    const bucket = bucketOf(versionKey);
    const file = await statFile(this.#db, bucket, fileId);
    const content = readFileStream(this.#db, bucket, fileId, this.#cipherOf(versionKey));
    return { fileId, ...contentOf(file), filename: file.filename, content };
  }

  /**
   * Stores the state of a training, in place of the state stored before. Two files take turns, so that a trainer that dies
   * while it writes leaves the one before.
   * @throws PalateError `unavailable` when MongoDB is unreachable; `invalid_argument` when the state cannot be stored
   */
  async saveState(versionKey: string, state: Artifact, format: ArtifactFormat): Promise<void> {
    const bucket = bucketOf(versionKey);
    const saved = Math.max(0, ...(await this.#states(versionKey)).map((file) => file.saved)) + 1;
    const fileId = STATE_FILES[saved % 2]!;
    await deleteFile(this.#db, bucket, fileId);
    await writeFile(this.#db, bucket, fileId, encodeArtifact(state, format), {
      metadata: { saved },
      cipher: this.#cipherOf(versionKey),
    });
  }

  /** The state that a training stored last; undefined when it stored none, or one of another format. */
  async loadState(versionKey: string, format: ArtifactFormat): Promise<Artifact | undefined> {
    const [newest] = (await this.#states(versionKey)).sort((a, b) => b.saved - a.saved);
    if (newest === undefined) return undefined;
    try {
      const cipher = this.#cipherOf(versionKey);
      return decodeArtifact(await readFile(this.#db, bucketOf(versionKey), newest.fileId, cipher), format);
    } catch (error) {
      if (error instanceof PalateError && error.code === "failed_precondition") return undefined;
      throw error;
    }
  }

  /** Deletes the states of a training that has ended. */
  async deleteStates(versionKey: string): Promise<void> {
    for (const fileId of STATE_FILES) await deleteFile(this.#db, bucketOf(versionKey), fileId);
  }

  /** Complete state files, each with the number of its save. */
  async #states(versionKey: string): Promise<{ fileId: string; saved: number }[]> {
    const files = await listFiles(this.#db, bucketOf(versionKey));
    const states = files.filter(({ _id }) => STATE_FILES.includes(_id));
    return states.map(({ _id, metadata }) => ({ fileId: _id, saved: Number(metadata["saved"] ?? 0) }));
  }

  /** Deletes one checkpoint, finished or half-written. One that is not there is no error. */
  async deleteCheckpoint(versionKey: string, checkpoint: number): Promise<void> {
    await deleteFile(this.#db, bucketOf(versionKey), fileIdOf(checkpoint));
  }

  /** Deletes a version's models, all at once, and their key. A version without any is no error. */
  async delete(versionKey: string): Promise<void> {
    await dropBucket(this.#db, bucketOf(versionKey));
    await this.#keys.destroy(ownerOf(versionKey));
  }

  #cipherOf(versionKey: string): Cipher {
    return this.#keys.cipherOf(ownerOf(versionKey));
  }
}

function ownerOf(versionKey: string): string {
  return `model|${versionKey}`;
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
