import type { GroupStore } from "../group/group-store.js";
import type { LogHints } from "../storage/log-hint.js";
import type { LogDocuments } from "../storage/log-documents.js";
import type { GroupDocument, TrackerDocument } from "../storage/group-documents.js";
import { MemoryLogDocuments, MemoryLogHints } from "./memory-log.js";

/** Dataset groups in memory. */
export class MemoryGroupStore implements GroupStore {
  readonly hints: LogHints = new MemoryLogHints();
  readonly #logs = new Map<string, MemoryLogDocuments>();
  readonly #groups = new Map<string, GroupDocument>();
  readonly #buried = new Map<string, number>();

  log(logId: string): LogDocuments {
    let log = this.#logs.get(logId);
    if (log === undefined) this.#logs.set(logId, (log = new MemoryLogDocuments()));
    return log;
  }

  async add(document: GroupDocument): Promise<boolean> {
    if (this.#groups.has(document._id)) return false;
    this.#groups.set(document._id, document);
    return true;
  }

  async find(name: string): Promise<GroupDocument | null> {
    return this.#groups.get(name) ?? null;
  }

  async list(): Promise<GroupDocument[]> {
    return [...this.#groups.values()];
  }

  async bury(logId: string, deletedAtMs: number): Promise<void> {
    this.#buried.set(logId, deletedAtMs);
  }

  async buriedAt(logId: string): Promise<number> {
    return this.#buried.get(logId) ?? 0;
  }

  async remove(name: string): Promise<void> {
    this.#groups.delete(name);
  }

  async destroyKey(): Promise<void> {}

  async tracker(): Promise<TrackerDocument | null> {
    return null;
  }
}
