import { PalateError } from "@palate/host";
import type { AuditEntry } from "@palate/proto/dataset";
import { randomUUID } from "node:crypto";
import type { AuditDocument, AuditDocuments } from "./audit-documents.js";
import { entryText, hashOfText, parseEntry } from "./entry-text.js";

/** Most entries of one document. */
const MOST_ENTRIES = 500;

/** Attempts to find out what became of an insert whose acknowledgement was lost. */
const MAX_ATTEMPTS = 3;

/** An entry as the caller knows it: without what the log adds. */
export type NewAuditEntry = Omit<AuditEntry, "sequence" | "previousHash" | "hash" | "atMs">;

/** The end of the log: what the next document follows. */
interface Head {
  /** Number of the last document; the one before the first when there is none. */
  readonly number: number;
  /** Number of its last entry. */
  readonly sequence: number;
  /** Hash and time of that entry. */
  readonly hash: string;
  readonly atMs: number;
}

interface Waiting {
  readonly entries: readonly NewAuditEntry[];
  readonly resolve: (firstSequence: number) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The audit log as this process writes it. Several processes may: the insert of the next document's number is the lock. What
 * arrives while an insert is on its way goes together into the next one.
 */
export class AuditLog {
  readonly #documents: AuditDocuments;
  #head: Head | undefined;
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(documents: AuditDocuments) {
    this.#documents = documents;
  }

  /**
   * Adds entries to the end of the log. Once it resolves they are durable.
   * @returns the number of the first
   * @throws PalateError `unavailable` when the store cannot be reached; the entries may have been written all the same
   */
  append(entries: readonly NewAuditEntry[]): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entries, resolve, reject });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  /** Number of the newest document; the one before the first when there is none. */
  async newest(): Promise<number> {
    return (this.#head = await this.#advance(this.#head ?? (await this.#beginning()))).number;
  }

  /** Writes whatever waits, and what comes meanwhile. Never rejects. */
  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      try {
        const first = await this.#write(batch.flatMap(({ entries }) => entries));
        let sequence = first;
        for (const { entries, resolve } of batch) {
          resolve(sequence);
          sequence += entries.length;
        }
      } catch (thrown) {
        // What became of the insert is not known, so the end of the log is not either.
        this.#head = undefined;
        for (const { reject } of batch) reject(thrown);
      }
    }
    this.#isWriting = false;
  }

  #takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    let size = 0;
    for (const waiting of this.#waiting) {
      if (batch.length > 0 && size + waiting.entries.length > MOST_ENTRIES) break;
      batch.push(waiting);
      size += waiting.entries.length;
    }
    this.#waiting = this.#waiting.slice(batch.length);
    return batch;
  }

  /** Writes entries behind the end of the log, wherever that is by now. */
  async #write(entries: readonly NewAuditEntry[]): Promise<number> {
    const nonce = randomUUID();
    let head = this.#head ?? (await this.#advance(await this.#beginning()));
    for (let lost = 0; ;) {
      const { document, after } = documentAfter(head, entries, nonce);
      try {
        if (await this.#documents.insert(document)) {
          this.#head = after;
          return head.sequence + 1;
        }
      } catch (thrown) {
        if (!(thrown instanceof PalateError) || ++lost === MAX_ATTEMPTS) throw thrown;
        continue;
      }
      // Another process was first, or our own insert arrived and its acknowledgement did not.
      const found = await this.#documents.find(document.number);
      if (found?.nonce === nonce) {
        this.#head = after;
        return head.sequence + 1;
      }
      head = await this.#advance(head);
    }
  }

  /** What the first document follows. */
  async #beginning(): Promise<Head> {
    const { document, sequence, previousHash } = await this.#documents.start();
    return { number: document - 1, sequence: sequence - 1, hash: previousHash, atMs: 0 };
  }

  /** The end of the log, looked for from a place in it on: numbers have no gaps, so that few documents are read. */
  async #advance(from: Head): Promise<Head> {
    let known = from.number;
    let step = 1;
    let last: AuditDocument | null = null;
    for (;;) {
      const found = await this.#documents.find(known + step);
      if (found === null && step === 1) break;
      if (found === null) step = Math.max(1, Math.floor(step / 4));
      else {
        [known, last] = [known + step, found];
        step *= 2;
      }
    }
    return last === null ? from : headOf(last);
  }
}

function headOf({ number, entries, hash }: AuditDocument): Head {
  const entry = parseEntry(entries.at(-1) ?? "");
  if (entry === undefined) {
    throw new PalateError(
      "internal",
      `Document ${number} of the audit log was changed: its last entry cannot be read.`,
    );
  }
  return { number, sequence: entry.sequence, hash, atMs: entry.atMs };
}

/** The document that follows an end of the log, and the end of the log with it. */
function documentAfter(
  head: Head,
  entries: readonly NewAuditEntry[],
  nonce: string,
): { document: AuditDocument; after: Head } {
  const atMs = Math.max(head.atMs, Date.now());
  let { sequence, hash } = head;
  const texts = entries.map((entry) => {
    const text = entryText({ ...entry, sequence: ++sequence, previousHash: hash, atMs });
    hash = hashOfText(text);
    return text;
  });
  const number = head.number + 1;
  return { document: { number, nonce, entries: texts, hash }, after: { number, sequence, hash, atMs } };
}
