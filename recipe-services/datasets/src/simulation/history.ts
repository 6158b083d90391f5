import { ChangeBatch, DatasetType } from "@palate/proto/dataset";
import type { Inserted, LogDocument, LogDocuments } from "../storage/log-documents.js";
import type { Manifest } from "../schema/manifest.js";

/** What was found to be wrong; the first of it counts. */
export class Verdict {
  #violation: string | undefined;

  /** What is wrong; undefined while nothing is. */
  get violation(): string | undefined {
    return this.#violation;
  }

  /** Notes that something happened that must never happen. */
  fail(violation: string): void {
    this.#violation ??= violation;
  }
}

/** What a commit did, as the model sees it. */
export interface Entry {
  readonly sequence: number;
  /** Its records; empty for a change of the manifest. */
  readonly records: ChangeBatch;
  /** The manifest it made; undefined for records. */
  readonly manifest: Manifest | undefined;
}

const NOTHING = ChangeBatch.create();

/**
 * Everything that was ever written to a log, in order: the sequential model. It stands between a log and its documents,
 * and sees what the store sees.
 */
export class History {
  readonly #verdict: Verdict;
  readonly #entries: Entry[] = [];
  /** Rows of imported files by file id, as {@link rowOf} writes them. */
  readonly imported = new Map<string, readonly string[]>();
  readonly #removed = new Set<number>();

  constructor(verdict: Verdict) {
    this.#verdict = verdict;
  }

  /** How often the log was compacted. */
  get compactions(): number {
    let [through, count] = [0, 0];
    for (const { manifest } of this.#entries) {
      if (manifest && manifest.compactedThrough > through) [through, count] = [manifest.compactedThrough, count + 1];
    }
    return count;
  }

  /** Number of the last commit. */
  get head(): number {
    return this.#entries.length;
  }

  /** All commits, oldest first. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** The manifest as of a commit. */
  manifestAt(sequence: number): Manifest | undefined {
    return this.#entries.slice(0, sequence).findLast(({ manifest }) => manifest !== undefined)?.manifest;
  }

  /** The rows of a dataset as of a commit, in order of arrival; undefined when there is no such dataset. */
  rowsAt(sequence: number, type: DatasetType): string[] | undefined {
    const dataset = this.manifestAt(sequence)?.datasets.find((each) => each.type === type);
    if (dataset === undefined) return undefined;
    const parts = dataset.files
      .filter((file) => file.kind === "imported")
      .map((file) => ({ at: file.arrived, rows: this.imported.get(file.id) ?? [] }));
    const streamed = this.#entries.slice(dataset.createdSequence, sequence);
    const users = signIns(streamed);
    for (const entry of streamed) parts.push({ at: entry.sequence, rows: recordsOf(entry.records, type, users) });
    return parts.sort((a, b) => a.at - b.at).flatMap(({ rows }) => rows);
  }

  /** Watches the documents of a log. */
  watch(documents: LogDocuments): LogDocuments {
    return {
      find: (id) => documents.find(id),
      insert: async (document) => this.#note(document, await documents.insert(document)),
      replaceRecords: (id, records) => documents.replaceRecords(id, records),
      remove: (id) => {
        this.#removed.add(Number(id));
        return documents.remove(id);
      },
      drop: () => documents.drop(),
    };
  }

  #note(document: LogDocument, inserted: Inserted): Inserted {
    if (inserted.outcome !== "written") return inserted;
    const sequence = Number(document.id);
    if (sequence > this.head + 1) this.#verdict.fail(`commit ${sequence} follows ${this.head}: numbers are left out`);
    // A number that was written and deleted before: its writer slept, and is to take it back.
    if (sequence <= this.head) {
      if (!this.#removed.has(sequence)) this.#verdict.fail(`commit ${sequence} was written twice`);
      return inserted;
    }
    const manifest = document.manifest === undefined ? undefined : (JSON.parse(document.manifest) as Manifest);
    const records = document.records ? ChangeBatch.decode(document.records) : NOTHING;
    this.#entries.push({ sequence, records, manifest });
    return inserted;
  }
}

/** A row as text: whose it is and what it is about. */
export function rowOf(userId: string, itemId: string): string {
  return `${userId}/${itemId}`;
}

/** The rows that records add to a dataset, with the users that anonymous visitors turned out to be. */
function recordsOf(records: ChangeBatch, type: DatasetType, users: ReadonlyMap<string, string>): string[] {
  if (type === DatasetType.DATASET_TYPE_ITEMS) return records.items.map(({ itemId }) => rowOf("", itemId));
  return records.interactions.map(({ userId, sessionId, itemId }) =>
    rowOf(userId === "" ? (users.get(sessionId) ?? sessionId) : userId, itemId),
  );
}

/** The first user seen in each session. */
function signIns(entries: readonly Entry[]): ReadonlyMap<string, string> {
  const users = new Map<string, string>();
  for (const { records } of entries) {
    for (const { sessionId, userId } of records.interactions) {
      if (sessionId !== "" && userId !== "" && !users.has(sessionId)) users.set(sessionId, userId);
    }
  }
  return users;
}

/** Records as text, to compare what was sent with what was written. */
export function recordsAsSent({ interactions, items }: Pick<ChangeBatch, "interactions" | "items">): string {
  const events = interactions.map(({ userId, sessionId, itemId }) => `${userId}|${sessionId}|${itemId}`);
  return [...events, ...items.map(({ itemId }) => itemId)].join(" ");
}
