import { PalateError, passedMs, thisMoment, type Moment } from "@palate/host";
import { DeletionKind, type Deletions, type Interaction } from "@palate/proto/dataset";
import { EMPTY_MANIFEST, type Manifest } from "../schema/manifest.js";
import { formatCursor } from "../storage/cursor.js";
import { ErasedIds, livingRecords } from "../storage/erased-ids.js";
import type { LogHints } from "../storage/log-hint.js";
import type { ChangeLog, Commit } from "../storage/change-log.js";
import type { DeduplicationWindow } from "./deduplication-window.js";
import type { RecentIds } from "./recent-ids.js";
import { SessionWindow } from "./session-window.js";
import { WakeUp } from "./wake-up.js";

/** Commits read at a time while catching up, unless it is said otherwise. */
export const READ_AHEAD = 16;

/** Knowledge younger than this is acted upon; log documents stay much longer than this after they are obsolete. */
const FRESH_MS = 10_000;

/** Most by which a clock that is set back is made up for. */
const MAX_CLOCK_SET_BACK_MS = 24 * 60 * 60 * 1000;

/** Entering a log can lose a race against the deletion of old documents; it then starts over, this often. */
const MAX_ENTRIES = 10;

/**
 * What this process knows of one dataset group: its manifest, the newest commit, and the commits that are not yet in
 * Parquet files. It moves forward along the log, by own commits and by those of other writers.
 */
export class GroupState {
  /** Names the log, the files and the group itself for as long as it lives. */
  readonly logId: string;
  /** The log. */
  readonly log: ChangeLog;
  /** Event ids recorded lately. */
  readonly eventIds: DeduplicationWindow;
  /** Who has signed in to the sessions seen lately; as many as event ids. */
  readonly sessions: SessionWindow;
  /** Wakes followers at every commit. */
  readonly changed = new WakeUp();
  readonly #hints: LogHints;
  readonly #readAhead: number;
  #manifest: Manifest = EMPTY_MANIFEST;
  #manifestSequence = 0;
  #head = 0;
  #asOf: Moment | undefined;
  #newestAtMs = 0;
  #entered = false;
  #hasAllRecentIds = false;
  #records = 0;
  #bytes = 0;
  readonly #tail = new Map<number, Commit>();
  readonly #deletions = new Map<number, Deletions>();
  #catchingUp: Promise<void> | undefined;
  #catchingUpNext: Promise<void> | undefined;

  /** @param readAhead commits read at a time while catching up */
  constructor(
    logId: string,
    log: ChangeLog,
    hints: LogHints,
    eventIds: DeduplicationWindow,
    readAhead: number = READ_AHEAD,
  ) {
    this.logId = logId;
    this.log = log;
    this.#hints = hints;
    this.#readAhead = readAhead;
    this.eventIds = eventIds;
    this.sessions = new SessionWindow(eventIds.capacity);
  }

  /** The manifest as of {@link head}. */
  get manifest(): Manifest {
    return this.#manifest;
  }

  /** Number of the commit that holds the manifest; 0 before the first. */
  get manifestSequence(): number {
    return this.#manifestSequence;
  }

  /** Number of the newest commit known; 0 before the first. */
  get head(): number {
    return this.#head;
  }

  /** Unix time in milliseconds at which {@link head} was known to be the newest; 0 when never. */
  get asOfMs(): number {
    return this.#asOf?.wallMs ?? 0;
  }

  /** Milliseconds since {@link head} was known to be the newest; Infinity when it never was. */
  get ageMs(): number {
    return this.#asOf ? passedMs(this.#asOf) : Infinity;
  }

  /**
   * Unix time in milliseconds for what happens now: no earlier than what was committed before, so that a clock that is set back changes
   * no order. A clock that was ahead by more than a day was wrong before, not now.
   */
  get nowMs(): number {
    const now = Date.now();
    return this.#newestAtMs - now < MAX_CLOCK_SET_BACK_MS ? Math.max(now, this.#newestAtMs) : now;
  }

  /** Whether {@link head} was the newest commit so lately that the next number can be tried. */
  get fresh(): boolean {
    return this.ageMs < FRESH_MS;
  }

  /** Cursor of the newest commit known. */
  get cursor(): string {
    return formatCursor(this.logId, this.#head);
  }

  /** Whether {@link eventIds} and {@link sessions} also hold those that are in files only. */
  get hasAllRecentIds(): boolean {
    return this.#hasAllRecentIds;
  }

  /** Makes sure that {@link eventIds} and {@link sessions} also hold those that are in files only. `read` yields them. */
  async completeRecentIds(read: (manifest: Manifest) => Promise<RecentIds>): Promise<void> {
    if (this.#hasAllRecentIds) return;
    const manifestSequence = this.#manifestSequence;
    let older: RecentIds;
    try {
      older = await read(this.#manifest);
    } catch (thrown) {
      // A process that sleeps meanwhile can find the files replaced and removed: then a newer manifest names others.
      if (!(thrown instanceof PalateError) || thrown.code !== "not_found") throw thrown;
      await this.catchUp();
      if (manifestSequence === this.#manifestSequence) throw thrown;
      return this.completeRecentIds(read);
    }
    if (manifestSequence !== this.#manifestSequence) return this.completeRecentIds(read);
    this.eventIds.addOlder(older.eventIds);
    this.sessions.addOlder(older.sessions);
    for (const erasure of this.#manifest.erasures ?? []) {
      const erased = new ErasedIds(erasure);
      if (erasure.kind === DeletionKind.DELETION_KIND_USERS) this.sessions.forget((user) => erased.has(user));
    }
    this.#hasAllRecentIds = true;
  }

  /** A commit, from memory or from the log; null when it is not there, or no more. */
  async read(sequence: number): Promise<Commit | null> {
    const known = this.#tail.get(sequence);
    if (known) return known;
    const commit = await this.log.read(sequence);
    return commit && (await this.wasDeleted(sequence)) ? null : commit;
  }

  /** Which ids the commit of this number deleted; undefined when it deleted none or they are not known any more. */
  deletionsAt(sequence: number): Deletions | undefined {
    return this.#deletions.get(sequence);
  }

  /** Notes the ids that a commit about to be made deletes, so that followers can be told; no store ever has them. */
  noteDeletions(sequence: number, deletions: Deletions): void {
    this.#deletions.set(sequence, deletions);
  }

  /** Forgets ids; followers that have not been told of them by now get a snapshot. */
  forgetDeletions(sequence: number): void {
    this.#deletions.delete(sequence);
  }

  /** The commits that are not yet in files, oldest first. */
  uncompacted(): Commit[] {
    const commits: Commit[] = [];
    for (let sequence = this.#manifest.compactedThrough + 1; sequence <= this.#head; sequence++) {
      const commit = this.#tail.get(sequence);
      if (commit) commits.push(commit);
    }
    return commits;
  }

  /** How long the log has grown since the last compaction. */
  get uncompactedSize(): { readonly documents: number; readonly records: number; readonly bytes: number } {
    return { documents: this.#head - this.#manifest.compactedThrough, records: this.#records, bytes: this.#bytes };
  }

  /** Event ids of the commits made in the last milliseconds, by whatever process. */
  eventIdsOfLast(ms: number): ReadonlySet<string> {
    const since = this.nowMs - ms;
    const recent = [...this.#tail.values()].filter(({ atMs }) => atMs >= since);
    return new Set(
      recent.flatMap(({ records }) =>
        records ? [...records.interactions, ...records.actionInteractions].map(({ eventId }) => eventId) : [],
      ),
    );
  }

  /** Takes in the next commit; one that is known already is ignored. */
  apply(commit: Commit): void {
    if (commit.sequence <= this.#head) return;
    if (commit.sequence !== this.#head + 1) throw new Error(`commit ${commit.sequence} cannot follow ${this.#head}`);
    this.#head = commit.sequence;
    this.#newestAtMs = Math.max(this.#newestAtMs, commit.atMs);
    this.#tail.set(commit.sequence, commit);
    this.#count(commit);
    if (commit.manifest) this.#takeManifest(commit.manifest, commit.sequence);
    else {
      for (const event of commit.records.interactions) this.#remember(event);
      for (const event of commit.records.actionInteractions) this.#remember(event);
    }
    this.changed.notify();
  }

  /**
   * Takes in a commit that this process has just made.
   * @param sentAt when it was sent: it was the newest then, at least
   */
  async applyOwn(commit: Commit, sentAt: Moment): Promise<void> {
    if (commit.sequence <= this.#head + 1) {
      this.apply(commit);
      if (this.ageMs > passedMs(sentAt)) this.#asOf = sentAt;
    } else await this.catchUp(); // The log was entered anew meanwhile; the commit is read from it.
  }

  /**
   * Reads what other writers committed, all that was acknowledged before this call at least. Calls at the same time share
   * one pass; a pass under way may have looked already where something was committed since, so they wait for the next.
   */
  catchUp(): Promise<void> {
    if (this.#catchingUp === undefined) return this.#startCatchUp();
    this.#catchingUpNext ??= this.#catchingUp
      .catch(() => {})
      .then(() => {
        this.#catchingUpNext = undefined;
        return this.#startCatchUp();
      });
    return this.#catchingUpNext;
  }

  #startCatchUp(): Promise<void> {
    return (this.#catchingUp = this.#catchUp().finally(() => (this.#catchingUp = undefined)));
  }

  async #catchUp(): Promise<void> {
    // After a pause the next number may be missing because it was deleted, not because it was never written.
    for (let entry = 1; entry <= MAX_ENTRIES; entry++) {
      const askedAt = this.#entered ? await this.#readToEnd() : undefined;
      if (askedAt !== undefined) {
        this.#asOf = askedAt;
        return;
      }
      await this.#enter((await this.#hints.read(this.logId)).manifestSequence);
    }
    throw new PalateError("internal", `The log ${this.logId} has a gap: its hint points to deleted commits.`);
  }

  /** Goes to the place a hint points to, forgetting what was known. Until all is read, what was known stays. */
  async #enter(manifestSequence: number): Promise<void> {
    const commits = await this.#readEntry(manifestSequence);
    if (commits === undefined) return; // The hint has moved on meanwhile.
    this.#manifest = EMPTY_MANIFEST;
    this.#manifestSequence = 0;
    this.#head = commits.at(-1)?.manifest?.compactedThrough ?? 0;
    this.#tail.clear();
    this.#records = 0;
    this.#bytes = 0;
    this.eventIds.clear();
    this.sessions.clear();
    this.#hasAllRecentIds = false;
    this.#entered = true;
    for (const commit of commits) this.apply(commit);
  }

  /** The commit of a manifest with those before it that are not in files; undefined when some are not there any more. */
  async #readEntry(manifestSequence: number): Promise<Commit[] | undefined> {
    if (manifestSequence === 0) return [];
    const last = await this.log.read(manifestSequence);
    if (!last?.manifest) return undefined;
    const commits: Commit[] = [];
    const first = last.manifest.compactedThrough + 1;
    for (let from = first; from < manifestSequence; from += this.#readAhead) {
      for (const commit of await this.#readFrom(from, Math.min(this.#readAhead, manifestSequence - from))) {
        if (commit === null) return undefined;
        commits.push(commit);
      }
    }
    return (await this.wasDeleted(first)) ? undefined : [...commits, last];
  }

  /**
   * Reads on until there is no next commit; returns when that was asked. Returns undefined when the next ones were deleted.
   */
  async #readToEnd(): Promise<Moment | undefined> {
    for (let width = 1; ; width = this.#readAhead) {
      const askedAt = thisMoment();
      const from = this.#head + 1;
      const commits = await this.#readFrom(from, width);
      // Where documents were deleted, a writer that slept meanwhile may have written one that nobody counts.
      if (!this.fresh && (await this.wasDeleted(from))) return undefined;
      for (const commit of commits) {
        if (commit === null) return askedAt;
        this.apply(commit);
      }
    }
  }

  #readFrom(from: number, count: number): Promise<(Commit | null)[]> {
    return Promise.all(Array.from({ length: count }, (_, i) => this.log.read(from + i)));
  }

  /** Whether the document of a number was deleted from the log, or is about to be. */
  async wasDeleted(sequence: number): Promise<boolean> {
    return (await this.#hints.read(this.logId)).deletedThrough >= sequence;
  }

  #remember({ eventId, sessionId, userId }: Pick<Interaction, "eventId" | "sessionId" | "userId">): void {
    this.eventIds.add(eventId);
    this.sessions.see(sessionId, userId);
  }

  #count(commit: Commit): void {
    if (commit.manifest) return;
    const { interactions, items, users, actions, actionInteractions } = commit.records;
    this.#records += interactions.length + items.length + users.length + actions.length + actionInteractions.length;
    this.#bytes += commit.bytes;
  }

  #takeManifest(manifest: Manifest, sequence: number): void {
    const compacted = manifest.compactedThrough > this.#manifest.compactedThrough;
    this.#manifest = manifest;
    this.#manifestSequence = sequence;
    for (const old of this.#tail.keys()) if (old <= manifest.obsoleteThrough) this.#tail.delete(old);
    for (const erasure of manifest.erasures ?? []) if (erasure.at === sequence) this.#erase(new ErasedIds(erasure));
    if (!compacted) return;
    this.#records = 0;
    this.#bytes = 0;
    for (const commit of this.uncompacted()) this.#count(commit);
  }

  /** Takes deleted users or items out of the commits in memory. */
  #erase(erased: ErasedIds): void {
    if (erased.kind === DeletionKind.DELETION_KIND_USERS) this.sessions.forget((user) => erased.has(user));
    for (const [sequence, commit] of this.#tail) {
      if (commit.manifest) continue;
      const { batch, rows } = livingRecords(commit.records, erased);
      if (rows > 0) this.#tail.set(sequence, { ...commit, records: batch });
    }
  }
}
