import { BEGINNING, type LogHint, type LogHints } from "../storage/log-hint.js";
import type { Inserted, LogDocument, LogDocuments } from "../storage/log-documents.js";

/** The documents of a log in memory. */
export class MemoryLogDocuments implements LogDocuments {
  readonly #documents = new Map<string, LogDocument>();

  async find(id: string): Promise<LogDocument | null> {
    return this.#documents.get(id) ?? null;
  }

  async insert(document: LogDocument): Promise<Inserted> {
    if (this.#documents.has(document.id)) return { outcome: "taken" };
    this.#documents.set(document.id, document);
    return { outcome: "written" };
  }

  async replaceRecords(id: string, records: Uint8Array): Promise<void> {
    const document = this.#documents.get(id);
    if (document) this.#documents.set(id, { ...document, records });
  }

  async remove(id: string): Promise<void> {
    this.#documents.delete(id);
  }

  async drop(): Promise<void> {
    this.#documents.clear();
  }
}

/** The entry points of all logs in memory. */
export class MemoryLogHints implements LogHints {
  readonly #hints = new Map<string, LogHint>();

  async read(logId: string): Promise<LogHint> {
    return this.#hints.get(logId) ?? BEGINNING;
  }

  async advance(logId: string, hint: Partial<LogHint>): Promise<void> {
    const before = this.#hints.get(logId) ?? BEGINNING;
    this.#hints.set(logId, {
      manifestSequence: Math.max(before.manifestSequence, hint.manifestSequence ?? 0),
      deletedThrough: Math.max(before.deletedThrough, hint.deletedThrough ?? 0),
    });
  }

  async remove(logId: string): Promise<void> {
    this.#hints.delete(logId);
  }
}
