import { toStoreError } from "@palate/store";
import type { Collection, Db } from "mongodb";

/** Where to enter a log. It may lag behind; it is never ahead. */
export interface LogHint {
  /** A commit that holds a manifest; 0 means the beginning of the log. */
  readonly manifestSequence: number;
  /** Documents up to here are deleted or about to be. Written before the first of them goes. */
  readonly deletedThrough: number;
}

/** The hint of a log that has none. */
export const BEGINNING: LogHint = { manifestSequence: 0, deletedThrough: 0 };

/** The entry points of all logs, in whatever stores them. Throws PalateError `unavailable` when that is unreachable. */
export interface LogHints {
  /** The hint of a log; the beginning when there is none. */
  read(logId: string): Promise<LogHint>;
  /** Moves a hint forward; an older value changes nothing. */
  advance(logId: string, hint: Partial<LogHint>): Promise<void>;
  /** Forgets a log. */
  remove(logId: string): Promise<void>;
}

/** The entry points of all logs in MongoDB, one small document each. */
export class MongoLogHints implements LogHints {
  readonly #collection: Collection<Partial<LogHint> & { readonly _id: string }>;

  constructor(db: Db) {
    this.#collection = db.collection("heads");
  }

  async read(logId: string): Promise<LogHint> {
    try {
      return { ...BEGINNING, ...(await this.#collection.findOne({ _id: logId })) };
    } catch (thrown) {
      throw toStoreError(thrown);
    }
  }

  async advance(logId: string, hint: Partial<LogHint>): Promise<void> {
    try {
      await this.#collection.updateOne({ _id: logId }, { $max: hint }, { upsert: true });
    } catch (thrown) {
      throw toStoreError(thrown);
    }
  }

  async remove(logId: string): Promise<void> {
    await this.#collection.deleteOne({ _id: logId });
  }
}
