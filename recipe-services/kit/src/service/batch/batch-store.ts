import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { Db } from "mongodb";
import { deleteFile, dropBucket, readFileStream, statFile, writeFile } from "../../gridfs/index.js";
import { PalateError } from "../../errors/index.js";

const INPUT = "input";

/** Inputs and outputs of batch jobs, in GridFS: a bucket for each job, which is dropped to delete it. */
export class BatchStore {
  readonly #db: Db;

  /** @param db the recipe service's own database */
  constructor(db: Db) {
    this.#db = db;
  }

  /** Keeps a job's questions. What an attempt before has kept stays. */
  async writeInput(key: string, source: Iterable<Uint8Array> | Uint8Array): Promise<void> {
    try {
      await writeFile(this.#db, bucketOf(key), INPUT, source);
    } catch (error) {
      if (!(error instanceof PalateError && error.code === "already_exists")) throw error;
    }
  }

  /** Whether a job's questions are kept. */
  async hasInput(key: string): Promise<boolean> {
    return exists(statFile(this.#db, bucketOf(key), INPUT));
  }

  /** A job's questions, line by line; empty lines are left out. */
  async *lines(key: string): AsyncGenerator<string> {
    const input = Readable.from(readFileStream(this.#db, bucketOf(key), INPUT), { objectMode: false });
    for await (const line of createInterface({ input, crlfDelay: Infinity })) if (line.trim() !== "") yield line;
  }

  /** Keeps the n-th part of a job's output, in place of what an attempt before may have left. */
  async writePart(key: string, number: number, content: Uint8Array): Promise<void> {
    await deleteFile(this.#db, bucketOf(key), partOf(number));
    await writeFile(this.#db, bucketOf(key), partOf(number), content);
  }

  /** The first `parts` parts of a job's output, piece by piece. */
  async *output(key: string, parts: number): AsyncGenerator<Uint8Array> {
    for (let number = 1; number <= parts; number++) yield* readFileStream(this.#db, bucketOf(key), partOf(number));
  }

  /** Deletes everything of a job. */
  async delete(key: string): Promise<void> {
    await dropBucket(this.#db, bucketOf(key));
  }
}

async function exists(look: Promise<unknown>): Promise<boolean> {
  try {
    await look;
    return true;
  } catch (error) {
    if (error instanceof PalateError && error.code === "not_found") return false;
    throw error;
  }
}

function bucketOf(key: string): string {
  return `batch.${key}`;
}

function partOf(number: number): string {
  return `output-${String(number).padStart(6, "0")}`;
}
