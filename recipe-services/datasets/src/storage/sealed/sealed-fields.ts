import type { KeyRing } from "@palate/encryption";
import { Binary } from "mongodb";
import type { JobDocument } from "../job-documents.js";

/** What fields are encrypted as: messages with one key. */
const SCOPE = "jobs";

/** Encrypts some fields of jobs, those that quote the data: each one's JSON stands encrypted in its place. */
export class SealedFields<D extends JobDocument> {
  readonly #keys: KeyRing;
  readonly #collection: string;
  readonly #fields: readonly (keyof D & string)[];

  /** @param collection where the jobs are stored */
  constructor(keys: KeyRing, collection: string, fields: readonly (keyof D & string)[]) {
    this.#keys = keys;
    this.#collection = collection;
    this.#fields = fields;
  }

  /** What is to be stored of a job, whole or in part. */
  async seal<T extends Partial<D>>(job: Pick<D, "_id" | "logId">, change: T): Promise<T> {
    const sealed: Record<string, unknown> = { ...(change as object) };
    for (const field of this.#fields) {
      if (change[field] === undefined) continue;
      const plain = Buffer.from(JSON.stringify(change[field]), "utf8");
      const bytes = await this.#keys.cipherOf(job.logId).seal(SCOPE, this.#nameOf(job, field), plain);
      if (bytes !== undefined) sealed[field] = new Binary(bytes);
    }
    return sealed as T;
  }

  /** A job as it was before it was stored. */
  async open(stored: D): Promise<D> {
    const opened: Record<string, unknown> = { ...(stored as object) };
    for (const field of this.#fields) {
      const value: unknown = stored[field];
      if (!(value instanceof Binary)) continue;
      const plain = await this.#keys.cipherOf(stored.logId).open(SCOPE, this.#nameOf(stored, field), value.buffer);
      opened[field] = JSON.parse(Buffer.from(plain).toString("utf8"));
    }
    return opened as unknown as D;
  }

  #nameOf({ _id }: Pick<D, "_id">, field: string): string {
    return `${this.#collection}|${_id}|${field}`;
  }
}
