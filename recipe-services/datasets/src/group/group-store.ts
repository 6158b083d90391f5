import { isDuplicateKey } from "@palate/store";
import { MongoLogDocuments, type LogDocuments } from "../storage/log-documents.js";
import type { LogHints } from "../storage/log-hint.js";
import type { GroupDocument, TrackerDocument } from "../storage/group-documents.js";
import { SealedLogDocuments } from "../storage/sealed/sealed-log-documents.js";
import { guarded, refuseMore, type Store } from "../storage/store.js";

/** What the dataset groups are kept in. Every method throws PalateError `unavailable` when that cannot be reached. */
export interface GroupStore {
  /** The entry points of all logs. */
  readonly hints: LogHints;
  /** The documents of a group's log. */
  log(logId: string): LogDocuments;
  /** Writes a group down; false when there is one of that name. Throws PalateError `resource_exhausted` when there are too many. */
  add(document: GroupDocument): Promise<boolean>;
  /** The group of a name, or null. */
  find(name: string): Promise<GroupDocument | null>;
  /** All groups, in any order. */
  list(): Promise<GroupDocument[]>;
  /** Notes that the group with a log id was deleted, for whoever clears away what it leaves. */
  bury(logId: string, deletedAtMs: number): Promise<void>;
  /** Unix time in milliseconds at which the group with a log id was deleted; 0 when it was not. */
  buriedAt(logId: string): Promise<number>;
  /** Gives a name free. One that is not taken is no error. */
  remove(name: string): Promise<void>;
  /** Makes what is left of the group with a log id unreadable, where it is encrypted. */
  destroyKey(logId: string): Promise<void>;
  /** The event tracker of the group with a log id, or null. */
  tracker(logId: string): Promise<TrackerDocument | null>;
}

/** The dataset groups in the service's database. */
export class MongoGroupStore implements GroupStore {
  readonly #store: Store;
  readonly #maxGroups: number;

  /** @param maxGroups most groups that there may be */
  constructor(store: Store, maxGroups: number) {
    this.#store = store;
    this.#maxGroups = maxGroups;
  }

  get hints(): LogHints {
    return this.#store.hints;
  }

  log(logId: string): LogDocuments {
    const { db, keys } = this.#store;
    return new SealedLogDocuments(new MongoLogDocuments(db, logId), keys.cipherOf(logId), logId);
  }

  async add(document: GroupDocument): Promise<boolean> {
    await refuseMore(this.#store.groups, this.#maxGroups, "dataset groups");
    try {
      await guarded(this.#store.groups.insertOne(document));
      return true;
    } catch (thrown) {
      if (isDuplicateKey(thrown)) return false;
      throw thrown;
    }
  }

  find(name: string): Promise<GroupDocument | null> {
    return guarded(this.#store.groups.findOne({ _id: name }));
  }

  list(): Promise<GroupDocument[]> {
    return guarded(this.#store.groups.find({}).toArray());
  }

  async bury(logId: string, deletedAtMs: number): Promise<void> {
    const trash = { _id: logId, deletedAtMs };
    await guarded(this.#store.trash.replaceOne({ _id: logId }, trash, { upsert: true }));
  }

  async buriedAt(logId: string): Promise<number> {
    return (await guarded(this.#store.trash.findOne({ _id: logId })))?.deletedAtMs ?? 0;
  }

  async remove(name: string): Promise<void> {
    await guarded(this.#store.groups.deleteOne({ _id: name }));
  }

  destroyKey(logId: string): Promise<void> {
    return this.#store.keys.destroy(logId);
  }

  tracker(logId: string): Promise<TrackerDocument | null> {
    return guarded(this.#store.trackers.findOne({ _id: logId }));
  }
}
