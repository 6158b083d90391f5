import { PalateError } from "@palate/host";
import { isDuplicateKey, toStoreError } from "@palate/store";
import { Binary, MongoServerSelectionError, type Collection, type Db } from "mongodb";

/** One document of a log: one commit. */
export interface LogDocument {
  /** Its number in digits, so that ids sort as numbers do. */
  readonly id: string;
  /** Version of its form. */
  readonly format: number;
  /** Made up by the writer; tells whether a document is the one whose acknowledgement was lost. */
  readonly nonce: string;
  /** Unix time in milliseconds at which it was written. */
  readonly at: number;
  /** A `ChangeBatch` with the records; or, where {@link sealed} says so, what is encrypted. */
  readonly records?: Uint8Array;
  /** What {@link records} holds encrypted; absent when nothing is. */
  readonly sealed?: "records" | "manifest";
  /** A manifest as JSON. */
  readonly manifest?: string;
}

/**
 * What became of an insert: it is durable; the id was taken; or the answer got lost, and it may have been written, may be
 * written yet, or never will be.
 */
export type Inserted =
  { readonly outcome: "written" | "taken" } | { readonly outcome: "unknown"; readonly error: PalateError };

/**
 * The documents of one log, in whatever stores them. All that it has to be able to do is to let one of several inserts of
 * an id win. Every method throws PalateError `unavailable` when the store cannot be reached.
 */
export interface LogDocuments {
  /** The document of an id, or null; whoever asks after an insert was answered sees what it wrote. */
  find(id: string): Promise<LogDocument | null>;
  /** Writes a document unless there is one of its id. Throws only when nothing was and nothing will be written. */
  insert(document: LogDocument): Promise<Inserted>;
  /**
   * Replaces the records of a document. One that is not there is no error.
   * @param form the document's new form; as it was unless given
   */
  replaceRecords(id: string, records: Uint8Array, form?: Pick<LogDocument, "format" | "sealed">): Promise<void>;
  /** Deletes a document. One that is not there is no error. */
  remove(id: string): Promise<void>;
  /** Deletes all. */
  drop(): Promise<void>;
}

/** A document as MongoDB has it. */
type Stored = Omit<LogDocument, "id" | "records"> & { readonly _id: string; readonly records?: Binary };

/** The documents of a log in a collection of MongoDB. */
export class MongoLogDocuments implements LogDocuments {
  readonly #collection: Collection<Stored>;

  /** @param logId names the collection */
  constructor(db: Db, logId: string) {
    this.#collection = db.collection<Stored>(`log_${logId}`);
  }

  async find(id: string): Promise<LogDocument | null> {
    const found = await this.#collection.findOne({ _id: id }).catch(refuse);
    if (found === null) return null;
    const { _id, records, ...rest } = found;
    return { id: _id, ...rest, ...(records && { records: records.buffer }) };
  }

  async insert({ id, records, ...rest }: LogDocument): Promise<Inserted> {
    try {
      await this.#collection.insertOne({ _id: id, ...rest, ...(records && { records: new Binary(records) }) });
      return { outcome: "written" };
    } catch (thrown) {
      if (isDuplicateKey(thrown)) return { outcome: "taken" };
      const error = toStoreError(thrown);
      // Where no server was found nothing was sent.
      if (thrown instanceof MongoServerSelectionError || !(error instanceof PalateError)) throw error;
      return { outcome: "unknown", error };
    }
  }

  async replaceRecords(
    id: string,
    records: Uint8Array,
    form: Partial<Pick<LogDocument, "format" | "sealed">> = {},
  ): Promise<void> {
    const $set = { ...form, records: new Binary(records) };
    await this.#collection.updateOne({ _id: id }, { $set }).catch(refuse);
  }

  async remove(id: string): Promise<void> {
    await this.#collection.deleteOne({ _id: id }).catch(refuse);
  }

  async drop(): Promise<void> {
    await this.#collection.drop().catch(refuse);
  }
}

function refuse(thrown: unknown): never {
  throw toStoreError(thrown);
}
