import type { Cipher, KeyRing } from "@palate/encryption";
import { PalateError } from "@palate/host";
import { deleteFile, dropBucket, readFile, readFileStream, statFile, writeFile } from "@palate/store";
import type { Db } from "mongodb";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

const INPUT = "input";

/** Inputs and outputs of batch jobs, in GridFS: a bucket for each job, which is dropped to delete it. */
export class BatchStore {
  readonly #db: Db;
  readonly #keys: KeyRing;

  /**
   * @param db the recipe service's own database
   * @param keys with which inputs and outputs are encrypted: each job has a key
   */
  constructor(db: Db, keys: KeyRing) {
    this.#db = db;
    this.#keys = keys;
  }

  /** Stores a job's input, unless an earlier attempt has stored it. */
  async writeInput(key: string, source: Iterable<Uint8Array> | Uint8Array): Promise<void> {
    try {
      await writeFile(this.#db, bucketOf(key), INPUT, source, { cipher: this.#cipherOf(key) });
    } catch (error) {
      if (!(error instanceof PalateError && error.code === "already_exists")) throw error;
    }
  }

  /** Whether a job's input is stored. */
  async hasInput(key: string): Promise<boolean> {
    return exists(statFile(this.#db, bucketOf(key), INPUT));
  }

  /** A job's input, line by line, without empty lines. */
  async *lines(key: string): AsyncGenerator<string> {
    const input = Readable.from(readFileStream(this.#db, bucketOf(key), INPUT, this.#cipherOf(key)), {
      objectMode: false,
    });
    for await (const line of createInterface({ input, crlfDelay: Infinity })) if (line.trim() !== "") yield line;
  }

  /** Stores the n-th part of a job's output, and replaces what an earlier attempt may have left of it. */
  async writePart(key: string, number: number, content: Uint8Array): Promise<void> {
    await deleteFile(this.#db, bucketOf(key), partOf(number));
    await writeFile(this.#db, bucketOf(key), partOf(number), content, { cipher: this.#cipherOf(key) });
  }

  /** The first `parts` parts of a job's output, piece by piece. */
  async *output(key: string, parts: number): AsyncGenerator<Uint8Array> {
    const cipher = this.#cipherOf(key);
    for (let number = 1; number <= parts; number++) {
      yield* readFileStream(this.#db, bucketOf(key), partOf(number), cipher);
    }
  }

  /**
   * Rewrites the lines of a job's input and output.
   * @param parts parts of the output
   * @param change returns the new line; undefined removes it
   * @returns the output's new size in bytes, and whether anything was changed
   */
  async rewrite(
    key: string,
    parts: number,
    change: (line: string) => string | undefined,
  ): Promise<{ readonly outputBytes: number; readonly changed: boolean }> {
    let [outputBytes, changed] = [0, false];
    const names = [INPUT, ...Array.from({ length: parts }, (_, at) => partOf(at + 1))];
    for (const name of names) {
      if (!(await exists(statFile(this.#db, bucketOf(key), name)))) continue;
      const before = await readFile(this.#db, bucketOf(key), name, this.#cipherOf(key));
      const lines = before.toString("utf8").split("\n");
      const kept = lines.flatMap((line) => (line === "" ? [] : (change(line) ?? [])));
      const after = Buffer.from(kept.map((line) => `${line}\n`).join(""), "utf8");
      if (name !== INPUT) outputBytes += after.length;
      if (lines.filter((line) => line !== "").join("\n") === kept.join("\n")) continue;
      changed = true;
      await deleteFile(this.#db, bucketOf(key), name);
      await writeFile(this.#db, bucketOf(key), name, after, { cipher: this.#cipherOf(key) });
    }
    return { outputBytes, changed };
  }

  /**
   * Compacts a job's collection, where the database can: until then its files may still contain the old bytes.
   * @param key a job with an output
   */
  async compact(key: string): Promise<void> {
    await this.#db.command({ compact: `${bucketOf(key)}.chunks` }).catch(() => undefined);
  }

  /** Deletes everything of a job, and its key. */
  async delete(key: string): Promise<void> {
    await dropBucket(this.#db, bucketOf(key));
    await this.#keys.destroy(ownerOf(key));
  }

  #cipherOf(key: string): Cipher {
    return this.#keys.cipherOf(ownerOf(key));
  }
}

async function exists(stat: Promise<unknown>): Promise<boolean> {
  try {
    await stat;
    return true;
  } catch (error) {
    if (error instanceof PalateError && error.code === "not_found") return false;
    throw error;
  }
}

function ownerOf(key: string): string {
  return `batch|${key}`;
}

function bucketOf(key: string): string {
  return `batch.${key}`;
}

function partOf(number: number): string {
  return `output-${String(number).padStart(6, "0")}`;
}
