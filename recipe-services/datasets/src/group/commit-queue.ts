import { notFound, PalateError, passedMs, thisMoment } from "@palate/host";
import {
  ChangeBatch,
  type Action,
  type ActionInteraction,
  type Interaction,
  type Item,
  type User,
} from "@palate/proto/dataset";
import type { Manifest } from "../schema/manifest.js";
import type { Commit, CommitContent } from "../storage/change-log.js";
import type { GroupState } from "./group-state.js";
import type { RecentIds } from "./recent-ids.js";
import { withUsers } from "./session-window.js";

/** Records of one request; they are committed together or not at all. */
export interface Records {
  /** Interactions, checked and completed. */
  readonly interactions: readonly Interaction[];
  /** Items. */
  readonly items: readonly Item[];
  /** Users. */
  readonly users: readonly User[];
  /** Actions. */
  readonly actions: readonly Action[];
  /** Action interactions, checked and completed. */
  readonly actionInteractions: readonly ActionInteraction[];
  /** Bytes they take in the log, about. */
  readonly bytes: number;
  /** Throws when the manifest does not allow them (any more). */
  readonly check: (manifest: Manifest) => void;
  /** Whether an earlier attempt of the same call may have recorded them, and its answer got lost. */
  readonly isRetry?: boolean;
}

/** Records of a request that has none. */
export const NO_RECORDS: Omit<Records, "bytes" | "check"> = {
  interactions: [],
  items: [],
  users: [],
  actions: [],
  actionInteractions: [],
};

/** What became of the records of a request. */
export interface Recorded {
  /** Cursor of a commit that holds them all. */
  readonly cursor: string;
  /** How many were recorded now, or by an earlier attempt of the same call; the rest were recorded before. */
  readonly recorded: number;
}

/** Makes a new manifest from the current one; throws to refuse. It may be called again when another writer was first. */
export type ManifestChange = (manifest: Manifest, sequence: number) => Manifest;

/**
 * Makes the next commit, or undefined for none; throws to refuse.
 * @param caughtUp whether the manifest is as new as the request; before, a refusal makes the queue look for a newer one
 */
type MakeContent = (manifest: Manifest, sequence: number, caughtUp: boolean) => CommitContent | undefined;

type Settle<T> = { readonly resolve: (value: T) => void; readonly reject: (reason: unknown) => void };
type Waiting =
  | ({ readonly kind: "records"; readonly records: Records } & Settle<Recorded>)
  | ({ readonly kind: "manifest"; readonly change: ManifestChange } & Settle<Manifest>);
type WaitingRecords = Extract<Waiting, { kind: "records" }>;

/** Bytes after which a commit takes no further request; one document may hold 16 MB. */
const FULL_BYTES = 4 * 1024 * 1024;

/** Attempts of a call follow one another within this time: it is the gateway's deadline. */
const RETRY_MS = 30_000;

/** Age of the knowledge that a number is free after which a commit of it is checked against the deletion of old documents. */
const SUSPICIOUS_MS = 30_000;

/**
 * Orders the writes of this process to one dataset group. While one commit is on its way everything else waits, and
 * goes into the next commit together: the more is asked, the larger the commits.
 */
export class CommitQueue {
  readonly #group: string;
  readonly #state: GroupState;
  readonly #readRecentIds: (manifest: Manifest) => Promise<RecentIds>;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  /** @param readRecentIds yields the event ids and sessions that are in Parquet files, oldest first */
  constructor(group: string, state: GroupState, readRecentIds: (manifest: Manifest) => Promise<RecentIds>) {
    this.#group = group;
    this.#state = state;
    this.#readRecentIds = readRecentIds;
  }

  /** Commits records. Resolves once they are durable. Rejects with `unavailable` when MongoDB is unreachable. */
  commitRecords(records: Records): Promise<Recorded> {
    return new Promise((resolve, reject) => this.#add({ kind: "records", records, resolve, reject }));
  }

  /** Commits a change of the manifest and resolves to the new one. */
  commitManifest(change: ManifestChange): Promise<Manifest> {
    return new Promise((resolve, reject) => this.#add({ kind: "manifest", change, resolve, reject }));
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  #add(entry: Waiting): void {
    this.#waiting.push(entry);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // Requests that arrived in the same turn of the event loop go together.
    while (this.#waiting.length > 0) {
      const entries = this.#takeNext();
      try {
        const [first] = entries;
        if (first?.kind === "manifest") first.resolve(await this.#writeManifest(first.change));
        else await this.#writeRecords(entries as WaitingRecords[]);
      } catch (thrown) {
        for (const entry of entries) entry.reject(thrown);
      }
    }
    // In the same turn as the last look, so that whoever comes later starts it anew.
    this.#running = undefined;
  }

  /** The requests of the next commit: one manifest change, or as many records as fit. */
  #takeNext(): Waiting[] {
    let count = 0;
    let bytes = 0;
    for (const entry of this.#waiting) {
      if (entry.kind === "manifest") break;
      if (count > 0 && bytes + entry.records.bytes > FULL_BYTES) break;
      bytes += entry.records.bytes;
      count++;
    }
    const taken = this.#waiting.slice(0, Math.max(count, 1));
    this.#waiting = this.#waiting.slice(taken.length);
    return taken;
  }

  async #writeManifest(change: ManifestChange): Promise<Manifest> {
    let changed: Manifest | undefined;
    await this.#write((manifest, sequence) => ({ manifest: (changed = change(manifest, sequence)) }));
    return changed!;
  }

  async #writeRecords(entries: readonly WaitingRecords[]): Promise<void> {
    let accepted: { entry: WaitingRecords; recorded: number }[] = [];
    await this.#write((manifest, _sequence, caughtUp) => {
      accepted = [];
      const batch = ChangeBatch.create();
      const batchIds = new Set<string>();
      const sessions = new Map<string, string>();
      for (const entry of entries) {
        try {
          entry.records.check(manifest);
        } catch (thrown) {
          if (!caughtUp) throw thrown;
          entry.reject(thrown);
          continue;
        }
        const { interactions, items, users, actions, actionInteractions } = entry.records;
        const fresh = interactions.filter(({ eventId }) => this.#isNew(eventId, batchIds));
        const freshActions = actionInteractions.filter(({ eventId }) => this.#isNew(eventId, batchIds));
        append(batch.interactions, withUsers(fresh, this.#state.sessions, sessions));
        append(batch.items, items);
        append(batch.users, users);
        append(batch.actions, actions);
        append(batch.actionInteractions, withUsers(freshActions, this.#state.sessions, sessions));
        const recorded = fresh.length + items.length + users.length + actions.length + freshActions.length;
        accepted.push({ entry, recorded: recorded + this.#recordedBefore(entry.records) });
      }
      return isEmpty(batch) ? undefined : { records: batch };
    });
    for (const { entry, recorded } of accepted) entry.resolve({ cursor: this.#state.cursor, recorded });
  }

  /** How many events an earlier attempt of the same call has recorded. */
  #recordedBefore({ isRetry, interactions, actionInteractions }: Records): number {
    if (!isRetry) return 0;
    const recent = this.#state.eventIdsOfLast(RETRY_MS);
    return [...interactions, ...actionInteractions].filter(({ eventId }) => eventId !== "" && recent.has(eventId))
      .length;
  }

  #isNew(eventId: string, batchIds: Set<string>): boolean {
    if (eventId === "") return true;
    if (this.#state.eventIds.has(eventId) || batchIds.has(eventId)) return false;
    batchIds.add(eventId);
    return true;
  }

  /** Writes what `make` yields as the next commit, again and again until no other writer is first. */
  async #write(make: MakeContent): Promise<void> {
    const state = this.#state;
    let caughtUp = false;
    for (;;) {
      if (!state.fresh) {
        await state.catchUp();
        caughtUp = true;
      }
      if (state.manifest.deleted) throw notFound("dataset group", this.#group, "It was deleted.");
      if (!state.hasAllRecentIds) {
        await state.completeRecentIds(this.#readRecentIds);
        continue; // That may have taken long enough for others to go on.
      }
      const sequence = state.head + 1;
      let content: CommitContent | undefined;
      try {
        content = make(state.manifest, sequence, caughtUp);
      } catch (thrown) {
        // Only what is newest may refuse: another process may have removed what stands in the way.
        if (caughtUp) throw thrown;
        await state.catchUp();
        caughtUp = true;
        continue;
      }
      if (content === undefined) return;
      const seenFree = { ageMs: state.ageMs, at: thisMoment() };
      const commit = await state.log.append(sequence, content);
      // Counted from when the number was seen to be free: this process may have slept before it was tried, too.
      const sinceSeen = seenFree.ageMs + passedMs(seenFree.at);
      if (commit && (sinceSeen < SUSPICIOUS_MS || (await this.#stillCounts(commit)))) {
        await state.applyOwn(commit, seenFree.at);
        return;
      }
      await state.catchUp();
      caughtUp = true;
    }
  }

  /**
   * Whether a commit that took very long is part of the log. This process may have slept while others went on so far
   * that the number it used was written, compacted and deleted; then nobody would ever read what it wrote.
   */
  async #stillCounts(commit: Commit): Promise<boolean> {
    await this.#state.catchUp();
    if (!(await this.#state.wasDeleted(commit.sequence))) return true;
    await this.#state.log.remove(commit.sequence);
    return false;
  }
}

function isEmpty({ interactions, items, users, actions, actionInteractions }: ChangeBatch): boolean {
  return [interactions, items, users, actions, actionInteractions].every((records) => records.length === 0);
}

/** `push(...many)` without its limit on the number of arguments. */
function append<T>(target: T[], values: readonly T[]): void {
  for (const value of values) target.push(value);
}

/** The error of a request that can never fit into one commit. */
export function tooLarge(bytes: number, most: number): PalateError {
  return new PalateError(
    "invalid_argument",
    `The request holds ${bytes} bytes of records; at most ${most} fit into one. Send it in smaller parts.`,
  );
}
