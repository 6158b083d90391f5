import {
  alreadyExists,
  failedPrecondition,
  notFound,
  PalateError,
  passedMs,
  reaches,
  thisMoment,
  unreachable,
  type GroupScope,
  type Logger,
  type Moment,
} from "@palate/host";
import { randomUUID } from "node:crypto";
import type { Manifest } from "../schema/manifest.js";
import { checkName } from "../schema/names.js";
import { ChangeLog } from "../storage/change-log.js";
import type { GroupDocument, TrackerDocument } from "../storage/group-documents.js";
import { CommitQueue } from "./commit-queue.js";
import { DeduplicationWindow } from "./deduplication-window.js";
import { GroupState, READ_AHEAD } from "./group-state.js";
import type { GroupStore } from "./group-store.js";
import { Group } from "./group.js";
import type { RecentIds } from "./recent-ids.js";

/** How long a name is taken to mean the same group without asking the database. */
const NAME_FRESH_MS = 2_000;

/** A log id and a secret. */
const TRACKING_ID = /^[0-9a-f]{32}-[0-9a-f]{32}$/;

/** All dataset groups: their documents, and those in use by this process. */
export class Groups {
  readonly #store: GroupStore;
  readonly #logger: Logger;
  readonly #eventIdWindow: number;
  readonly #readRecentIds: (logId: string, manifest: Manifest) => Promise<RecentIds>;
  readonly #readAhead: number;
  readonly #open = new Map<string, Group>();
  readonly #trackers = new Map<string, TrackerDocument>();
  readonly #named = new Map<string, { readonly document: GroupDocument; readonly at: Moment }>();

  /**
   * @param eventIdWindow event ids, and sessions, remembered for each group
   * @param readRecentIds yields those that are in a group's Parquet files, oldest first
   * @param readAhead commits of a log read at a time
   */
  constructor(
    store: GroupStore,
    logger: Logger,
    eventIdWindow: number,
    readRecentIds: (logId: string, manifest: Manifest) => Promise<RecentIds>,
    readAhead: number = READ_AHEAD,
  ) {
    this.#store = store;
    this.#logger = logger;
    this.#eventIdWindow = eventIdWindow;
    this.#readRecentIds = readRecentIds;
    this.#readAhead = readAhead;
  }

  /** Creates a group. Throws `already_exists`. */
  async create(name: string): Promise<GroupDocument> {
    checkName("name", name);
    const document = { _id: name, logId: randomUUID().replaceAll("-", ""), createdAtMs: Date.now() };
    if (!(await this.#store.add(document))) throw alreadyExists("dataset group", name);
    return document;
  }

  /** Returns a group's document. Throws `not_found`. */
  async get(name: string): Promise<GroupDocument> {
    const document = await this.#store.find(name);
    if (document === null) {
      this.#named.delete(name);
      throw notFound(
        "dataset group",
        name,
        "Create it with CreateDatasetGroup, or see ListDatasetGroups for its name.",
      );
    }
    this.#named.set(name, { document, at: thisMoment() });
    return document;
  }

  /** All groups, by name. */
  async list(): Promise<GroupDocument[]> {
    const documents = await this.#store.list();
    return documents.sort((a, b) => (a._id < b._id ? -1 : 1));
  }

  /**
   * Opens a group for reading or writing.
   * @param evenIfUnreachable take what this process knows while MongoDB cannot be asked
   */
  async open(name: string, evenIfUnreachable: boolean = false): Promise<Group> {
    const group = await this.#openAny(name, evenIfUnreachable);
    if (group.state.manifest.deleted) throw notFound("dataset group", name, "It was deleted.");
    return group;
  }

  /** Unix time in milliseconds at which the group with a log id was deleted; 0 when it was not. */
  deletedAt(logId: string): Promise<number> {
    return this.#store.buriedAt(logId);
  }

  /** What is known of a group after looking for what other processes committed. Throws `not_found`. */
  async current(name: string): Promise<GroupState> {
    const { state } = await this.open(name);
    await state.catchUp();
    return state;
  }

  /**
   * Opens the group that a name or an event tracker's tracking id means. Throws `not_found`.
   * @param scope groups that the caller may reach; any other is answered like one that is not there
   */
  async openTracked(nameOrTrackingId: string, scope: GroupScope = "all"): Promise<Group> {
    if (!TRACKING_ID.test(nameOrTrackingId)) {
      if (!reaches(scope, nameOrTrackingId)) throw unreachable(nameOrTrackingId);
      return this.open(nameOrTrackingId);
    }
    let tracker = this.#trackers.get(nameOrTrackingId);
    if (tracker === undefined) {
      const found = await this.#store.tracker(nameOrTrackingId.slice(0, 32));
      if (found?.trackingId !== nameOrTrackingId) throw notFound("event tracker with tracking id", nameOrTrackingId);
      this.#trackers.set(nameOrTrackingId, (tracker = found));
    }
    if (!reaches(scope, tracker.group)) throw notFound("event tracker with tracking id", nameOrTrackingId);
    const group = await this.open(tracker.group);
    // The name may have passed to a new group; its data is not this tracker's business.
    if (group.state.logId !== tracker._id) throw notFound("event tracker with tracking id", nameOrTrackingId);
    return group;
  }

  /** The groups that this process has opened. */
  opened(): Group[] {
    return [...this.#open.values()];
  }

  /** Deletes a group. Its data is removed later, once no process can write to it any more. */
  async delete(name: string, force: boolean): Promise<void> {
    const document = await this.get(name);
    const group = await this.#openAny(name, false);
    if (!group.state.manifest.deleted) await this.#commitDeletion(group, force);
    await this.#store.bury(document.logId, Date.now());
    await this.#store.remove(name);
    // Last: until here another attempt may have to read the log.
    await this.#store.destroyKey(document.logId);
    this.#named.delete(name);
  }

  /** Lets go of a group that was removed for good. */
  forget(logId: string): void {
    this.#open.get(logId)?.close();
    this.#open.delete(logId);
  }

  /** Ends all background work once everything accepted is committed. */
  async close(): Promise<void> {
    await Promise.all(this.opened().map((group) => group.queue.idle()));
    for (const group of this.#open.values()) group.close();
  }

  async #openAny(name: string, evenIfUnreachable: boolean): Promise<Group> {
    const document = await this.#resolve(name, evenIfUnreachable);
    let group = this.#open.get(document.logId);
    if (group === undefined) {
      group = this.#make(document);
      this.#open.set(document.logId, group);
    }
    if (group.state.asOfMs === 0) await group.state.catchUp();
    return group;
  }

  async #commitDeletion(group: Group, force: boolean): Promise<void> {
    await group.queue.commitManifest((manifest, sequence) => {
      if (manifest.datasets.length > 0 && !force) {
        const labels = manifest.datasets.map((dataset) => dataset.name).join(", ");
        throw failedPrecondition(
          `Dataset group "${group.name}" still has datasets (${labels}); delete them, or set force.`,
        );
      }
      return { ...manifest, datasets: [], deleted: true, replacedAt: sequence };
    });
  }

  async #resolve(name: string, evenIfUnreachable: boolean): Promise<GroupDocument> {
    const known = this.#named.get(name);
    if (known && passedMs(known.at) < NAME_FRESH_MS) return known.document;
    try {
      return await this.get(name);
    } catch (thrown) {
      if (known && evenIfUnreachable && thrown instanceof PalateError && thrown.code === "unavailable")
        return known.document;
      throw thrown;
    }
  }

  #make(document: GroupDocument): Group {
    const { logId } = document;
    const window = new DeduplicationWindow(this.#eventIdWindow);
    const log = new ChangeLog(this.#store.log(logId));
    const state = new GroupState(logId, log, this.#store.hints, window, this.#readAhead);
    const queue = new CommitQueue(document._id, state, (manifest) => this.#readRecentIds(logId, manifest));
    return new Group(document._id, state, queue, this.#logger);
  }
}
