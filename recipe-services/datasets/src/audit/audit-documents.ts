import { isDuplicateKey, toStoreError } from "@palate/store";
import type { Collection, Db } from "mongodb";
import { NO_HASH } from "./entry-text.js";

/** Digits of a document's number in its id, so that ids sort as numbers do. */
const DIGITS = 15;

/** What is written at once: one or several entries. */
export interface AuditDocument {
  /** Its number; the first is 1, and none is left out. */
  readonly number: number;
  /** Made up by the writer; tells whether a document is the one whose acknowledgement was lost. */
  readonly nonce: string;
  /** The entries' texts. */
  readonly entries: readonly string[];
  /** Hash of the last of them. */
  readonly hash: string;
}

/** Where the log begins, once entries were removed from its front. */
export interface AuditStart {
  /** Number of the first document. */
  readonly document: number;
  /** Number of the first entry. */
  readonly sequence: number;
  /** Hash of the entry before it. */
  readonly previousHash: string;
}

/** A document as MongoDB has it. */
type Stored = Omit<AuditDocument, "number"> & { readonly _id: string };

/** The audit log in MongoDB: documents under numbers without gaps, where the insert of the next number is the lock. */
export class AuditDocuments {
  readonly #documents: Collection<Stored>;
  readonly #starts: Collection<AuditStart & { readonly _id: string }>;

  constructor(db: Db) {
    this.#documents = db.collection("audit");
    this.#starts = db.collection("audit_start");
  }

  /** The document of a number, or null. */
  async find(number: number): Promise<AuditDocument | null> {
    const found = await this.#documents.findOne({ _id: idOf(number) }).catch(refuse);
    if (found === null) return null;
    const { _id, ...rest } = found;
    return { number: Number(_id), ...rest };
  }

  /**
   * Writes a document unless there is one of its number.
   * @returns false when the number is taken, maybe by this very document: then its nonce is the same
   * @throws PalateError `unavailable`; it may have been written all the same
   */
  async insert({ number, ...rest }: AuditDocument): Promise<boolean> {
    try {
      await this.#documents.insertOne({ _id: idOf(number), ...rest });
      return true;
    } catch (thrown) {
      if (isDuplicateKey(thrown)) return false;
      throw toStoreError(thrown);
    }
  }

  /** Removes a document. One that is not there is no error. */
  async remove(number: number): Promise<void> {
    await this.#documents.deleteOne({ _id: idOf(number) }).catch(refuse);
  }

  /** Where the log begins. */
  async start(): Promise<AuditStart> {
    const found = await this.#starts.findOne({ _id: "start" }).catch(refuse);
    return found ?? { document: 1, sequence: 1, previousHash: NO_HASH };
  }

  /** Notes where the log begins; to be done before what lies in front of it is removed. */
  async moveStart(start: AuditStart): Promise<void> {
    const { document, sequence, previousHash } = start;
    const change = { $set: { document, sequence, previousHash } };
    await this.#starts.updateOne({ _id: "start" }, change, { upsert: true }).catch(refuse);
  }
}

function idOf(number: number): string {
  return String(number).padStart(DIGITS, "0");
}

function refuse(thrown: unknown): never {
  throw toStoreError(thrown);
}
