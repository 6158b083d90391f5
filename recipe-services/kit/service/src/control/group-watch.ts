import { PalateError, unaryCall, type Logger } from "@palate/host";
import type { DatasetGroup, DatasetServiceClient } from "@palate/proto/dataset";
import type { Catalog, SeenGroupDocument } from "@palate/store";

/** Milliseconds from one reading of the dataset groups to the next. */
const WATCH_EVERY_MS = 1_000;

/** Milliseconds the datasets service gets to answer. */
const DEADLINE_MS = 5_000;

/** What is deleted here when dataset groups, or users or items in them, are deleted. */
export interface DeletionCascade {
  /** A dataset group was deleted: deletes everything made of it up to `at`, Unix time in milliseconds. */
  deleted(datasetGroup: string, at: number): Promise<void>;
  /** Users or items of a group were deleted after `since`: deletes what is stored of them. Called again until it succeeds. */
  erased(datasetGroup: string, since: number): Promise<void>;
}

/**
 * Watches the dataset groups that solutions here are of, and keeps in the catalogue what it has seen of them: when a group is
 * deleted, everything made of it is deleted too; when users or items are, what is stored of them. While the datasets
 * service is unreachable, the last state seen stays in force.
 */
export class GroupWatch {
  readonly #catalog: Catalog;
  readonly #datasets: DatasetServiceClient;
  readonly #cascade: DeletionCascade;
  readonly #logger: Logger;

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
      await this.#syncGroup(name, signal).catch((thrown: unknown) => (failure ??= thrown));
    }
    if (failure !== undefined) throw failure;
  }

  async #syncGroup(name: string, signal: AbortSignal | undefined): Promise<void> {
    const seen = this.#catalog.groups.get(name);
    const { datasetGroup, deletedAtMs } = await this.#ask(name, seen?.uid ?? "", signal);
    if (deletedAtMs > 0) {
      await this.#cascade.deleted(name, deletedAtMs);
      await this.#catalog.remove("groups", [name]);
      this.#logger.info({ datasetGroup: name }, "the dataset group was deleted, and all that was made of it");
      return;
    }
    if (datasetGroup === undefined || datasetGroup.uid === "") return;
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
