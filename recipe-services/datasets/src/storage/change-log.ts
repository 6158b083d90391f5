import { PalateError } from "@palate/host";
import { ChangeBatch } from "@palate/proto/dataset";
import { randomUUID } from "node:crypto";
import type { Manifest } from "../schema/manifest.js";
import type { Inserted, LogDocument, LogDocuments } from "./log-documents.js";

/** Version of the log document's form. */
const FORMAT = 1;

/** Digits of a sequence number in a document's id, so that ids sort as numbers do. */
const DIGITS = 15;

/** What a commit consists of: records, or a new manifest. */
export type CommitContent =
  | { readonly records: ChangeBatch; readonly manifest?: undefined }
  | { readonly manifest: Manifest; readonly records?: undefined };

/** A commit as it stands in the log. */
export type Commit = CommitContent & {
  /** Its number; the first is 1, and none is left out. */
  readonly sequence: number;
  /** Unix time in milliseconds at which it was written. */
  readonly atMs: number;
  /** Bytes of its content in the log. */
  readonly bytes: number;
};

/** Attempts to find out what became of an insert whose acknowledgement was lost. */
const MAX_ATTEMPTS = 3;

/**
 * The change log of one dataset group: one document a commit, numbered without gaps. Inserting the next number is the
 * lock that orders writers in all processes, and a commit is durable once its insert is acknowledged.
 */
export class ChangeLog {
  readonly #documents: LogDocuments;

  constructor(documents: LogDocuments) {
    this.#documents = documents;
  }

  /** Reads one commit, or null when there is none (yet, or no more). */
  async read(sequence: number): Promise<Commit | null> {
    const document = await this.#documents.find(idOf(sequence));
    return document && decode(document);
  }

  /**
   * Writes the commit of this number.
   * @returns the commit, or null when another writer took the number
   * @throws PalateError `unavailable` when MongoDB is unreachable; the commit may or may not have been written
   */
  async append(sequence: number, content: CommitContent): Promise<Commit | null> {
    const document = encode(sequence, content);
    for (let attempt = 1; ; attempt++) {
      const inserted = await this.#documents.insert(document);
      if (inserted.outcome === "written") return { ...content, sequence, atMs: document.at, bytes: sizeOf(document) };
      // Either another writer was first, or our own insert arrived and its acknowledgement did not.
      const found = await this.#documents.find(document.id);
      if (found) return found.nonce === document.nonce ? decode(found) : null;
      if (attempt === MAX_ATTEMPTS) throw failureOf(inserted, document.id);
    }
  }

  /** Writes the records of a commit anew; its number and time stay. A commit that is not there is no error. */
  async rewrite(sequence: number, records: ChangeBatch): Promise<void> {
    await this.#documents.replaceRecords(idOf(sequence), ChangeBatch.encode(records).finish());
  }

  /** Deletes one commit. One that is not there is no error. */
  async remove(sequence: number): Promise<void> {
    await this.#documents.remove(idOf(sequence));
  }

  /** Deletes the whole log. */
  async drop(): Promise<void> {
    await this.#documents.drop();
  }
}

/** Why an insert did not go through: the store is unreachable, or others insert and delete this number in turn. */
function failureOf(inserted: Inserted, id: string): PalateError {
  if (inserted.outcome === "unknown") return inserted.error;
  return new PalateError("internal", `Log document ${id} is taken and yet not there.`);
}

function idOf(sequence: number): string {
  return String(sequence).padStart(DIGITS, "0");
}

function sizeOf(document: LogDocument): number {
  return document.records?.length ?? document.manifest?.length ?? 0;
}

function encode(sequence: number, content: CommitContent): LogDocument {
  const base = { id: idOf(sequence), format: FORMAT, nonce: randomUUID(), at: Date.now() };
  if (content.manifest) return { ...base, manifest: JSON.stringify(content.manifest) };
  return { ...base, records: ChangeBatch.encode(content.records).finish() };
}

function decode(document: LogDocument): Commit {
  if (document.format !== FORMAT) {
    throw new PalateError(
      "internal",
      `Log document ${document.id} has form ${document.format}; this version knows form ${FORMAT}. Update the service.`,
    );
  }
  const base = { sequence: Number(document.id), atMs: document.at, bytes: sizeOf(document) };
  if (document.manifest !== undefined) return { ...base, manifest: JSON.parse(document.manifest) as Manifest };
  return { ...base, records: ChangeBatch.decode(document.records ?? new Uint8Array()) };
}
