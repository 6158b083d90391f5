import { PalateError, unaryCall, type Logger } from "@palate/host";
import type { DatasetGroup, DatasetServiceClient } from "@palate/proto/dataset";
import type { Catalog, SeenGroupDocument } from "@palate/store";

/** How often the dataset groups are looked at. */
const LOOK_EVERY_MS = 1_000;

/** Milliseconds the datasets service gets to answer. */
const DEADLINE_MS = 5_000;

/** The last deletion of users or items in a dataset group. */
export interface LastDeletion {
  /** Cursor of its commit. */
  readonly cursor: string;
  /** Unix time in milliseconds. */
  readonly at: number;
}

/** What follows from changes of dataset groups. */
export interface GroupConsequences {
  /** A dataset group was deleted: everything made of it up to a moment, Unix time in milliseconds, is to go. */
  deleted(datasetGroup: string, at: number): Promise<void>;
  /** Users or items of a group were deleted: what is stored of them is to go. Repeated until it goes through. */
  erased(datasetGroup: string, since: number): Promise<void>;
}

/**
 * Watches the dataset groups that solutions here are of: what is made of a group goes with it, and what was learnt from
 * deleted users or items is known for that. While the datasets service is away, what was seen last holds.
 */
export class GroupWatch {
  readonly #catalog: Catalog;
  readonly #datasets: DatasetServiceClient;
  readonly #consequences: GroupConsequences;
  readonly #logger: Logger;
  #seen: Map<string, SeenGroupDocument> | undefined;

  constructor(catalog: Catalog, datasets: DatasetServiceClient, consequences: GroupConsequences, logger: Logger) {
    this.#catalog = catalog;
    this.#datasets = datasets;
    this.#consequences = consequences;
    this.#logger = logger;
  }

  /** The last deletion in a dataset group; undefined when there was none. */
  lastDeletion(datasetGroup: string): LastDeletion | undefined {
    const seen = this.#seen?.get(datasetGroup);
    return seen && seen.deletionCursor !== "" ? { cursor: seen.deletionCursor, at: seen.deletionAt } : undefined;
  }

  /** Looks again and again until the returned function is called. */
  start(): () => Promise<void> {
    const stopping = new AbortController();
    const loop = (async () => {
      while (!stopping.signal.aborted) {
        await this.look(stopping.signal).catch((err: unknown) => {
          if (!stopping.signal.aborted) this.#logger.debug({ err }, "the dataset groups could not be looked at");
        });
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, LOOK_EVERY_MS);
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

  /** Looks once. Throws when the datasets service or MongoDB is away. */
  async look(signal?: AbortSignal): Promise<void> {
    if (this.#catalog.revision < 0) return;
    this.#seen ??= new Map((await this.#catalog.readGroups()).map((group) => [group._id, group]));
    const names = new Set(this.#seen.keys());
    for (const { datasetGroup } of this.#catalog.solutions.values()) names.add(datasetGroup);
    let failure: unknown;
    for (const name of names) {
      if (signal?.aborted) return;
      // What one group has to wait for is none of the others' business.
      await this.#lookAt(name, this.#seen.get(name), signal).catch((thrown: unknown) => (failure ??= thrown));
    }
    if (failure !== undefined) throw failure;
  }

  async #lookAt(name: string, seen: SeenGroupDocument | undefined, signal: AbortSignal | undefined): Promise<void> {
    const { datasetGroup, deletedAtMs } = await this.#ask(name, seen?.uid ?? "", signal);
    if (deletedAtMs > 0) {
      await this.#consequences.deleted(name, deletedAtMs);
      await this.#catalog.removeGroup(name);
      this.#seen!.delete(name);
      this.#logger.info({ datasetGroup: name }, "the dataset group was deleted, and all that was made of it");
      return;
    }
    if (datasetGroup === undefined || datasetGroup.uid === "") return;
    const { uid, lastDeletionCursor: deletionCursor, lastDeletionAtMs: deletionAt } = datasetGroup;
    if (seen?.uid !== uid || seen.deletionCursor !== deletionCursor) {
      await this.#write({ _id: name, uid, deletionCursor, deletionAt, erasedThrough: seen?.erasedThrough ?? 0 });
    }
    const current = this.#seen!.get(name)!;
    if (current.deletionAt <= current.erasedThrough) return;
    await this.#consequences.erased(name, current.erasedThrough);
    await this.#write({ ...current, erasedThrough: current.deletionAt });
  }

  async #write(group: SeenGroupDocument): Promise<void> {
    await this.#catalog.writeGroup(group);
    this.#seen!.set(group._id, group);
  }

  /** A group as it is; nothing for one that the datasets service does not know, which may be yet to come. */
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

/** Whether data was deleted after a version had read it. A cursor is a log's id, a point and a number. */
export function isDeletedSince(cursor: string, deletion: LastDeletion | undefined): boolean {
  if (deletion === undefined || cursor === "") return false;
  const [log, sequence] = cursor.split(".");
  const [deletionLog, deletionSequence] = deletion.cursor.split(".");
  return log === deletionLog && Number(sequence) < Number(deletionSequence);
}
