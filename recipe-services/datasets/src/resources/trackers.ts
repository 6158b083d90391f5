import { alreadyExists } from "@palate/host";
import { isDuplicateKey } from "@palate/store";
import { randomUUID } from "node:crypto";
import type { Groups } from "../group/groups.js";
import { checkName } from "../schema/names.js";
import type { TrackerDocument } from "../storage/group-documents.js";
import { guarded, type Store } from "../storage/store.js";

/** The event trackers: one for a dataset group. */
export class Trackers {
  readonly #store: Store;
  readonly #groups: Groups;

  constructor(store: Store, groups: Groups) {
    this.#store = store;
    this.#groups = groups;
  }

  /** Creates the tracker of a group. Throws `already_exists` when the group has one. */
  async create(groupName: string, name: string): Promise<TrackerDocument> {
    checkName("name", name);
    const { logId } = await this.#groups.get(groupName);
    // The group's log id makes the tracking id findable by one exact key; the second half keeps it unguessable.
    const trackingId = `${logId}-${randomUUID().replaceAll("-", "")}`;
    const document = { _id: logId, group: groupName, name, trackingId, createdAtMs: Date.now() };
    try {
      await guarded(this.#store.trackers.insertOne(document));
    } catch (thrown) {
      if (isDuplicateKey(thrown)) throw alreadyExists("event tracker (a dataset group has one)", groupName);
      throw thrown;
    }
    return document;
  }

  /** The trackers of a group: none or one. */
  async list(groupName: string): Promise<TrackerDocument[]> {
    const { logId } = await this.#groups.get(groupName);
    const document = await guarded(this.#store.trackers.findOne({ _id: logId }));
    return document ? [document] : [];
  }
}
