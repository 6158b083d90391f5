import { PalateError, unaryCall, type Logger } from "@palate/host";
import type { DatasetGroup, DatasetServiceClient } from "@palate/proto/dataset";
import type { Catalog, SeenGroupDocument } from "@palate/store";
import type { DeletedGroup } from "./deleted-group.js";

/** Milliseconds from one reading of the dataset groups to the next. */
const WATCH_EVERY_MS = 1_000;

/** Milliseconds the datasets service gets to answer, and while somebody waits for a solution. */
const DEADLINE_MS = 5_000;
const SHORT_DEADLINE_MS = 2_000;

/** What is deleted here when dataset groups, or users or items in them, are deleted. */
export interface DeletionCascade {
  /** A dataset group was deleted: deletes everything made of it. Called again until it succeeds. */
  deleted(group: DeletedGroup): Promise<void>;
  /** Users or items of a group were deleted after `since`: deletes what is stored of them. Called again until it succeeds. */
  erased(datasetGroup: string, since: number): Promise<void>;
}

/**
 * Watches the dataset groups that solutions here are of, and keeps in the catalogue what it has seen of them: when a group is
 * deleted, everything made of it is deleted too; when users or items are, what is stored of them. While the datasets
 * service is unreachable, the last state seen stays in force. A solution keeps the uid of its group, so that the deletion of a group
 * that was gone before the watch had seen it is noticed too.
 */
export class GroupWatch {
  readonly #catalog: Catalog;
  readonly #datasets: DatasetServiceClient;
  readonly #cascade: DeletionCascade;
  readonly #logger: Logger;
  /** The look at a group under way: one at a time, so that nothing is deleted twice. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(catalog: Catalog, datasets: DatasetServiceClient, cascade: DeletionCascade, logger: Logger) {
    this.#catalog = catalog;
    this.#datasets = datasets;
    this.#cascade = cascade;
    this.#logger = logger;
  }

  /** Watches until the returned function is called. */
  start(): () => Promise<void> {
    const stopping = new AbortController();
    const loop = (async () => {
      while (!stopping.signal.aborted) {
        await this.sync(stopping.signal).catch((err: unknown) => {
          if (!stopping.signal.aborted) this.#logger.debug({ err }, "the dataset groups could not be read");
        });
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, WATCH_EVERY_MS);
          const stop = (): void => {
            clearTimeout(timer);
            resolve();
          };
          stopping.signal.addEventListener("abort", stop, { once: true });
        });
      }
    })();
    return async () => {
      stopping.abort();
      await loop;
    };
  }

  /** Reads every group once. Throws when the datasets service or MongoDB is unreachable. */
  async sync(signal?: AbortSignal): Promise<void> {
    if (this.#catalog.revision < 0) return;
    const names = new Set(this.#catalog.groups.keys());
    for (const { datasetGroup } of this.#catalog.solutions.values()) names.add(datasetGroup);
    let failure: unknown;
    for (const name of names) {
      if (signal?.aborted) return;
      // A group whose deletion has to wait does not delay the others.
      await this.settle(name, signal).catch((thrown: unknown) => (failure ??= thrown));
    }
    if (failure !== undefined) throw failure;
  }

  /** Reads the groups that have or had a name. Throws when the datasets service or MongoDB is unreachable. */
  settle(name: string, signal?: AbortSignal): Promise<void> {
    const turn = this.#turn.then(() => this.#settle(name, signal));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Uid of a group; while the datasets service is unreachable, the last one seen. Undefined when there is no such group. */
  async uidOf(name: string): Promise<string | undefined> {
    try {
      return (await this.#ask(name, "", AbortSignal.timeout(SHORT_DEADLINE_MS))).datasetGroup?.uid || undefined;
    } catch (err) {
      this.#logger.warn({ err, datasetGroup: name }, "the dataset group could not be asked for");
      return this.#catalog.groups.get(name)?.uid;
    }
  }

  async #settle(name: string, signal: AbortSignal | undefined): Promise<void> {
    const uids = new Set<string>();
    for (const { datasetGroup, groupUid } of this.#catalog.solutions.values())
      if (datasetGroup === name && groupUid !== undefined) uids.add(groupUid);
    const seen = this.#catalog.groups.get(name);
    if (seen !== undefined) uids.add(seen.uid);
    let current: DatasetGroup | undefined;
    for (const uid of uids) {
      const { datasetGroup, deletedAtMs } = await this.#ask(name, uid, signal);
      current ??= datasetGroup;
      if (deletedAtMs === 0) continue;
      await this.#cascade.deleted({ name, uid, deletedAt: deletedAtMs });
      if (seen?.uid === uid) await this.#catalog.remove("groups", [name]);
      this.#logger.info({ datasetGroup: name }, "the dataset group was deleted, and all that was made of it");
    }
    if (uids.size === 0) current = (await this.#ask(name, "", signal)).datasetGroup;
    if (current !== undefined && current.uid !== "") await this.#see(name, current);
  }

  /** Keeps what was seen of a group, and follows its deletions of users and items. */
  async #see(name: string, datasetGroup: DatasetGroup): Promise<void> {
    const seen = this.#catalog.groups.get(name);
    const { uid, lastDeletionCursor: deletionCursor, lastDeletionAtMs: deletionAt } = datasetGroup;
    const changed = seen?.uid !== uid || seen.deletionCursor !== deletionCursor;
    const current: SeenGroupDocument = changed
      ? { _id: name, uid, deletionCursor, deletionAt, erasedThrough: seen?.erasedThrough ?? 0 }
      : seen;
    if (changed) await this.#catalog.writeGroup(current);
    if (current.deletionAt <= current.erasedThrough) return;
    await this.#cascade.erased(name, current.erasedThrough);
    await this.#catalog.writeGroup({ ...current, erasedThrough: current.deletionAt });
  }

  /** A group as it is now; undefined for one that the datasets service does not know, which may still be created. */
  async #ask(
    name: string,
    uid: string,
    signal: AbortSignal | undefined,
  ): Promise<{ datasetGroup?: DatasetGroup | undefined; deletedAtMs: number }> {
    try {
      const settings = { deadlineMs: DEADLINE_MS, ...(signal && { signal }) };
      return await unaryCall(this.#datasets, this.#datasets.getDatasetGroup, { name, uid }, settings);
    } catch (thrown) {
      if (thrown instanceof PalateError && thrown.code === "not_found") return { deletedAtMs: 0 };
      throw thrown;
    }
  }
}
