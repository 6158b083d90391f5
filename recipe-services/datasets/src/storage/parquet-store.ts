import { PalateError } from "@palate/host";
import { deleteFile, listFiles, readFileStream, statFile, writeFile } from "@palate/store";
import type { Db } from "mongodb";
import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, type Stats } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { DataFile } from "../schema/manifest.js";
import { fileSha256 } from "./file-sha256.js";
import type { OpenedFiles } from "./sealed/opened-files.js";
import { bucketOf } from "./store.js";

/** A file that no manifest names is left alone for this long: another process may be about to name it. */
const ORPHAN_AGE_MS = 60 * 60 * 1000;

/** Time that readers of replaced files get. One that takes longer starts its snapshot over. */
const READER_GRACE_MS = 10 * 60 * 1000;

/** A file that is being written. */
export interface NewParquet {
  readonly id: string;
  /** Where it is to be written. */
  readonly file: string;
  /** Removes what lies there once nobody reads it any more, unless that is the local copy. To be called in any case. */
  discard(): Promise<void>;
}

/**
 * The Parquet files of all dataset groups: in GridFS, and copied into a local folder, both encrypted where data are. The
 * local copies may vanish at any time; one whose bytes are not those in GridFS is fetched again. DuckDB reads them
 * through a `ParquetLease`.
 */
export class ParquetStore {
  readonly #db: Db;
  readonly #folder: string;
  readonly #opened: OpenedFiles | undefined;
  readonly #arriving = new Map<string, Promise<string>>();
  /** Copies whose bytes were compared with what is stored, by id, and when each was last modified then. */
  readonly #sound = new Map<string, number>();

  /**
   * @param folder for the local copies
   * @param opened decrypts and encrypts them; nothing is encrypted unless given
   */
  constructor(db: Db, folder: string, opened?: OpenedFiles) {
    this.#db = db;
    this.#folder = folder;
    this.#opened = opened;
  }

  /** A path for a file to be written and then given to {@link add}. */
  async newFile(logId: string, label: string): Promise<NewParquet> {
    const id = `${label.toLowerCase()}-${randomUUID()}`;
    const copy = this.#pathOf(logId, id);
    await mkdir(path.dirname(copy), { recursive: true });
    if (!this.#opened?.isOn) return { id, file: copy, discard: async () => {} };
    const file = this.#opened.pathOfNew(id);
    return { id, file, discard: () => rm(file, { force: true }) };
  }

  /** Stores a file written at the path of {@link newFile} and returns its size in bytes. */
  async add(logId: string, id: string): Promise<number> {
    const file = this.#pathOf(logId, id);
    if (this.#opened?.isOn) await this.#opened.seal(logId, id, file);
    const { mtimeMs } = await stat(file);
    const source = createReadStream(file, { highWaterMark: 1024 * 1024 });
    const written = await writeFile(this.#db, bucketOf(logId), id, source, { filename: `${id}.parquet` });
    this.#sound.set(id, mtimeMs);
    return written.bytes;
  }

  /** Where DuckDB can read a file, until it was closed as often as opened: for a `ParquetLease`, which sees to that. */
  async open(logId: string, file: DataFile): Promise<string> {
    const copy = await this.#local(logId, file);
    if (this.#opened === undefined) return copy;
    try {
      return await this.#opened.open(logId, file.id, copy);
    } catch (thrown) {
      if (!(thrown instanceof PalateError) || thrown.code !== "data_loss") throw thrown;
      // Damaged since it was compared with what is stored.
      this.#sound.delete(file.id);
      return this.#opened.open(logId, file.id, await this.#local(logId, file));
    }
  }

  /** Lets go of a file that was opened. */
  async close(id: string): Promise<void> {
    await this.#opened?.close(id);
  }

  /**
   * The local copy of a file as it is stored, fetched first when it is not there or damaged. Throws `not_found` when the file was
   * removed, and `data_loss` when what is stored is damaged too.
   */
  async #local(logId: string, file: DataFile): Promise<string> {
    const target = this.#pathOf(logId, file.id);
    const present = await stat(target).catch(() => undefined);
    if (present?.size === file.bytes && present.mtimeMs === this.#sound.get(file.id)) return target;
    let arriving = this.#arriving.get(file.id);
    if (arriving === undefined) {
      arriving = this.#provide(logId, file, target, present).finally(() => this.#arriving.delete(file.id));
      this.#arriving.set(file.id, arriving);
    }
    return arriving;
  }

  /** Compares the copy there is with what is stored, once, and fetches it when it is not the same. */
  async #provide(logId: string, file: DataFile, target: string, present: Stats | undefined): Promise<string> {
    if (present?.size === file.bytes) {
      const { metadata } = await statFile(this.#db, bucketOf(logId), file.id);
      // One that vanished or cannot be read is fetched as well.
      if ((await fileSha256(target).catch(() => undefined)) === metadata.sha256) {
        this.#sound.set(file.id, present.mtimeMs);
        return target;
      }
    }
    return this.#fetch(logId, file.id, target);
  }

  /** Removes a file from the database; the local copy stays. */
  async removeStored(logId: string, id: string): Promise<void> {
    await deleteFile(this.#db, bucketOf(logId), id);
  }

  /** Removes a file everywhere. */
  async remove(logId: string, id: string): Promise<void> {
    this.#sound.delete(id);
    await rm(this.#pathOf(logId, id), { force: true });
    await deleteFile(this.#db, bucketOf(logId), id);
  }

  /** Removes files that were replaced, once readers that began before have had time to finish. */
  removeLater(logId: string, ids: readonly string[]): void {
    const remove = () => void Promise.all(ids.map((id) => this.remove(logId, id))).catch(() => {}); // Else the sweep does.
    setTimeout(remove, READER_GRACE_MS).unref();
  }

  /** Removes what a crash or a replacement left behind: files that the manifest does not name. */
  async sweep(logId: string, named: ReadonlySet<string>): Promise<number> {
    const folder = path.dirname(this.#pathOf(logId, "x"));
    for (const entry of await readdir(folder).catch(() => [])) {
      const local = path.join(folder, entry);
      const age = Date.now() - ((await stat(local).catch(() => undefined))?.mtimeMs ?? 0);
      if (!named.has(path.parse(entry).name) && age > ORPHAN_AGE_MS) await rm(local, { force: true });
    }
    let removed = 0;
    for (const file of await listFiles(this.#db, bucketOf(logId))) {
      if (named.has(file._id) || Date.now() - file.uploadDate.getTime() < ORPHAN_AGE_MS) continue;
      await deleteFile(this.#db, bucketOf(logId), file._id);
      removed++;
    }
    return removed;
  }

  /**
   * Removes files that the manifest does not name at once: those from before a time, here and in the database.
   * @returns how many were in the database
   */
  async purge(logId: string, named: ReadonlySet<string>, beforeMs: number): Promise<number> {
    const folder = path.dirname(this.#pathOf(logId, "x"));
    for (const entry of await readdir(folder).catch(() => [])) {
      const local = path.join(folder, entry);
      const modified = (await stat(local).catch(() => undefined))?.mtimeMs ?? Infinity;
      if (!named.has(path.parse(entry).name) && modified < beforeMs) await rm(local, { force: true });
    }
    let removed = 0;
    for (const file of await listFiles(this.#db, bucketOf(logId))) {
      if (named.has(file._id) || file.uploadDate.getTime() >= beforeMs) continue;
      await deleteFile(this.#db, bucketOf(logId), file._id);
      removed++;
    }
    return removed;
  }

  /** Forgets the local copies of a group. */
  async forget(logId: string): Promise<void> {
    await rm(path.join(this.#folder, logId), { recursive: true, force: true });
  }

  async #fetch(logId: string, id: string, target: string): Promise<string> {
    await mkdir(path.dirname(target), { recursive: true });
    const partial = `${target}.${randomUUID()}.part`;
    try {
      await pipeline(readFileStream(this.#db, bucketOf(logId), id), createWriteStream(partial));
      const { mtimeMs } = await stat(partial);
      await rename(partial, target);
      this.#sound.set(id, mtimeMs);
      return target;
    } finally {
      await rm(partial, { force: true });
    }
  }

  #pathOf(logId: string, id: string): string {
    return path.join(this.#folder, logId, `${id}.parquet`);
  }
}
