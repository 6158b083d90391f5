import { isSealedFile, type KeyRing } from "@palate/encryption";
import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { bucketOf } from "../store.js";

/** Bytes read at a time. */
const READ_BYTES = 1024 * 1024;

/** A file that is in the clear for as long as somebody reads it. */
interface Opened {
  readonly path: Promise<string>;
  users: number;
}

/**
 * Parquet files in the clear, of those that are stored encrypted: DuckDB reads and writes them in a folder for work, where each lies while
 * it is being used. Its own encryption of Parquet needs an extension for writing, and takes several times as long.
 */
export class OpenedFiles {
  readonly #keys: KeyRing;
  readonly #work: string;
  readonly #opened = new Map<string, Opened>();

  /** @param work the folder, which does not outlive the process */
  constructor(keys: KeyRing, work: string) {
    this.#keys = keys;
    this.#work = work;
  }

  /** Whether files that are written are to be encrypted. */
  get isOn(): boolean {
    return this.#keys.isOn;
  }

  /** Where a new file is written before it is given to {@link seal}. */
  pathOfNew(id: string): string {
    return path.join(this.#work, `new-${id}.parquet`);
  }

  /** Encrypts a new file into `target`; the new one stays. */
  async seal(logId: string, id: string, target: string): Promise<void> {
    const source = createReadStream(this.pathOfNew(id), { highWaterMark: READ_BYTES });
    const partial = `${target}.${randomUUID()}.part`;
    try {
      const sealed = this.#keys.cipherOf(logId).sealStream(nameOf(logId, id), source);
      await pipeline(sealed, createWriteStream(partial));
      await rename(partial, target);
    } finally {
      await rm(partial, { force: true });
    }
  }

  /**
   * Opens a file: where it lies in the clear, until {@link close}.
   * @param stored where it lies as it is stored
   * @throws PalateError `data_loss` when it was changed; `failed_precondition` when there is no key for it
   */
  async open(logId: string, id: string, stored: string): Promise<string> {
    let opened = this.#opened.get(id);
    if (opened === undefined) {
      if (!(await isSealedFile(stored))) return stored;
      // Somebody may have opened it meanwhile.
      opened = this.#opened.get(id) ?? { path: this.#decrypt(logId, id, stored), users: 0 };
      this.#opened.set(id, opened);
    }
    opened.users++;
    try {
      return await opened.path;
    } catch (thrown) {
      await this.close(id);
      throw thrown;
    }
  }

  /** Lets go of a file that was opened; the last one removes it. One that was not encrypted is no error. */
  async close(id: string): Promise<void> {
    const opened = this.#opened.get(id);
    if (opened === undefined || --opened.users > 0) return;
    this.#opened.delete(id);
    const file = await opened.path.catch(() => undefined);
    if (file !== undefined) await rm(file, { force: true });
  }

  async #decrypt(logId: string, id: string, stored: string): Promise<string> {
    const target = path.join(this.#work, `open-${id}-${randomUUID()}.parquet`);
    try {
      const source = createReadStream(stored, { highWaterMark: READ_BYTES });
      await pipeline(this.#keys.cipherOf(logId).openStream(nameOf(logId, id), source), createWriteStream(target));
      return target;
    } catch (thrown) {
      await rm(target, { force: true });
      throw thrown;
    }
  }
}

function nameOf(logId: string, id: string): string {
  return `${bucketOf(logId)}|${id}`;
}
