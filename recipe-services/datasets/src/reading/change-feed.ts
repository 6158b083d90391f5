import { notFound, PalateError, passedMs, thisMoment, type Logger, type Moment } from "@palate/host";
import { ChangeBatch, ReadResponse, type ReadRequest } from "@palate/proto/dataset";
import type { Group } from "../group/group.js";
import { filterChanges } from "../schema/filter-entries.js";
import type { Manifest } from "../schema/manifest.js";
import { formatCursor, parseCursor } from "../storage/cursor.js";
import type { Commit } from "../storage/change-log.js";
import type { SnapshotReader } from "./snapshot-reader.js";

/** Time between heartbeats. */
const HEARTBEAT_MS = 1_000;

/** A snapshot that lost a file to a replacement of the data starts over; more often than this something is broken. */
const MAX_SNAPSHOT_RESTARTS = 5;

/** Whether a commit changes the data by more than adding records, so that followers need a new snapshot. */
function replacesData(commit: Commit): boolean {
  return commit.manifest?.replacedAt === commit.sequence;
}

/** Whether a commit deletes users or items. */
function deletes(commit: Commit): boolean {
  return commit.manifest?.lastErasure?.at === commit.sequence;
}

/** What the commit of a manifest says to readers whose snapshot it leaves as it is: filters, if it changes any. */
function* filtersOnly(manifest: Manifest, cursor: string, { sequence, atMs }: Commit): Generator<ReadResponse> {
  const filters = filterChanges(manifest, sequence);
  if (filters === undefined) return;
  yield ReadResponse.create({ changeBatch: { ...ChangeBatch.create(), cursor, committedAtMs: atMs, filters } });
}

/** Streams dataset groups to readers. */
export class ChangeFeed {
  readonly #snapshots: SnapshotReader;
  readonly #logger: Logger;

  constructor(snapshots: SnapshotReader, logger: Logger) {
    this.#snapshots = snapshots;
    this.#logger = logger;
  }

  /** Answers Read: a snapshot unless the cursor can be resumed, then, with follow, every change. */
  async *read(group: Group, request: ReadRequest, signal: AbortSignal): AsyncGenerator<ReadResponse> {
    const { state } = group;
    if (!request.follow) {
      await this.#tryCatchUp(group);
      const from = await this.#resume(group, request.fromCursor);
      const complete = from !== undefined && (yield* this.#changes(group, from, state.head)) !== undefined;
      if (!complete) yield* this.#snapshot(group);
      return;
    }
    const release = group.follow();
    try {
      await this.#tryCatchUp(group);
      let at = await this.#resume(group, request.fromCursor);
      while (!signal.aborted) {
        at ??= yield* this.#snapshot(group);
        at = yield* this.#follow(group, at, signal);
      }
    } finally {
      release();
    }
  }

  /** Streams changes after `at` until a snapshot is needed, which it says by returning undefined, or until aborted. */
  async *#follow(group: Group, at: number, signal: AbortSignal): AsyncGenerator<ReadResponse, number | undefined> {
    const { state } = group;
    let beatAt: Moment | undefined;
    while (!signal.aborted) {
      if (state.manifest.deleted) throw notFound("dataset group", group.name, "It was deleted.");
      if (at < state.manifest.replacedAt || at > state.head) return undefined;
      if (at < state.head) {
        const reached = yield* this.#changes(group, at, state.head);
        if (reached === undefined) return undefined;
        at = reached;
        beatAt = thisMoment();
        continue;
      }
      const due = beatAt ? HEARTBEAT_MS - passedMs(beatAt) : 0;
      if (due <= 0) {
        beatAt = thisMoment();
        yield ReadResponse.create({
          heartbeat: { cursor: formatCursor(state.logId, at), asOfMs: state.asOfMs },
        });
      } else await state.changed.wait(due, signal);
    }
    return at;
  }

  /** Streams the commits after `from` up to `to`. Returns `to`, or undefined when only a snapshot can go on. */
  async *#changes(group: Group, from: number, to: number): AsyncGenerator<ReadResponse, number | undefined> {
    const { state } = group;
    for (let sequence = from + 1; sequence <= to; sequence++) {
      const commit = await state.read(sequence);
      if (commit === null || replacesData(commit)) return undefined;
      if (commit.manifest) {
        if (deletes(commit)) {
          const deletions = state.deletionsAt(sequence);
          if (deletions === undefined) return undefined;
          const cursor = formatCursor(state.logId, sequence);
          yield ReadResponse.create({
            changeBatch: { ...ChangeBatch.create(), cursor, committedAtMs: commit.atMs, deletions },
          });
          continue;
        }
        yield* filtersOnly(commit.manifest, formatCursor(state.logId, sequence), commit);
        continue;
      }
      const { interactions, items, users, actions, actionInteractions } = commit.records;
      const cursor = formatCursor(state.logId, sequence);
      yield ReadResponse.create({
        changeBatch: {
          ...ChangeBatch.create(),
          ...{ cursor, committedAtMs: commit.atMs },
          ...{ interactions, items, users, actions, actionInteractions },
        },
      });
    }
    return to;
  }

  /** Streams a snapshot and returns the commit it ends with. */
  async *#snapshot(group: Group): AsyncGenerator<ReadResponse, number> {
    for (let attempt = 1; ; attempt++) {
      const { manifestSequence } = group.state;
      if (group.state.manifest.deleted) throw notFound("dataset group", group.name, "It was deleted.");
      try {
        return yield* this.#snapshots.read(group.state);
      } catch (thrown) {
        const replaced = thrown instanceof PalateError && thrown.code === "not_found";
        await group.state.catchUp();
        if (!replaced || manifestSequence === group.state.manifestSequence || attempt > MAX_SNAPSHOT_RESTARTS) {
          throw thrown;
        }
        this.#logger.info({ group: group.name }, "data was replaced during a snapshot; starting over");
      }
    }
  }

  /** The commit after which a reader can go on, or undefined when it needs a snapshot. */
  async #resume(group: Group, text: string): Promise<number | undefined> {
    const cursor = parseCursor(text);
    const { state } = group;
    if (cursor?.logId !== state.logId) return undefined;
    const { sequence } = cursor;
    if (sequence < state.manifest.replacedAt || sequence > state.head) return undefined;
    if (sequence === state.head) return sequence;
    const next = await state.read(sequence + 1);
    return next ? sequence : undefined;
  }

  /** Looks for commits of other writers; while MongoDB is unreachable what is known is served. */
  async #tryCatchUp(group: Group): Promise<void> {
    try {
      await group.state.catchUp();
    } catch (thrown) {
      if (group.state.asOfMs === 0) throw thrown;
    }
  }
}
