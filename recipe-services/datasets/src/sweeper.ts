import type { Logger } from "@palate/host";
import { dropBucket } from "@palate/store";
import type { AnalysisStore } from "./analysis/analysis-store.js";
import type { DeletionJobs } from "./deletion/deletion-jobs.js";
import type { ExportJobs } from "./exports/export-jobs.js";
import type { Compactor } from "./group/compactor.js";
import type { Groups } from "./group/groups.js";
import type { ImportJobs } from "./imports/import-jobs.js";
import type { Locations } from "./imports/locations.js";
import { fileIds } from "./schema/manifest.js";
import { MongoLogDocuments } from "./storage/log-documents.js";
import type { ParquetStore } from "./storage/parquet-store.js";
import { bucketOf, exportBucketOf, guarded, type Store } from "./storage/store.js";

/** Time from one sweep to the next. */
const INTERVAL_MS = 60_000;

/** In the first minute jobs are looked after more often: others may have died together with the run before. */
const FIRST_INTERVAL_MS = 5_000;
const FIRST_MS = 60_000;

/** A deleted group's data goes only after every process has noticed the deletion. */
const TRASH_AGE_MS = 60_000;

/** What the sweeper looks after. */
export interface Swept {
  readonly store: Store;
  readonly groups: Groups;
  readonly files: ParquetStore;
  readonly compactor: Compactor;
  readonly importJobs: ImportJobs;
  readonly exportJobs: ExportJobs;
  readonly deletionJobs: DeletionJobs;
  readonly locations: Locations;
  readonly analyses: AnalysisStore;
}

/** Tidies up behind crashes and deletions, once a minute. Whatever it misses now it finds the next time. */
export class Sweeper {
  readonly #swept: Swept;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  readonly #firstTimer: NodeJS.Timeout;
  #running: Promise<void> = Promise.resolve();

  constructor(swept: Swept, logger: Logger) {
    this.#swept = swept;
    this.#logger = logger;
    this.#timer = setInterval(() => void this.sweep(), INTERVAL_MS);
    this.#timer.unref();
    const startedAt = performance.now();
    this.#firstTimer = setInterval(() => {
      if (performance.now() - startedAt > FIRST_MS) clearInterval(this.#firstTimer);
      else this.#running = this.#running.then(() => this.#attempt(() => this.#sweepJobs()));
    }, FIRST_INTERVAL_MS);
    this.#firstTimer.unref();
  }

  /** Sweeps once. Never rejects. */
  sweep(): Promise<void> {
    this.#running = this.#running.then(() => this.#attempt(() => this.#sweep()));
    return this.#running;
  }

  /** Ends the sweeping. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    clearInterval(this.#firstTimer);
    await this.#running;
  }

  async #attempt(sweep: () => Promise<void>): Promise<void> {
    try {
      await sweep();
    } catch (thrown) {
      this.#logger.debug({ err: thrown }, "sweep cut short");
    }
  }

  async #sweepJobs(): Promise<void> {
    const { importJobs, exportJobs, deletionJobs } = this.#swept;
    await importJobs.sweep();
    await exportJobs.sweep();
    await deletionJobs.sweep();
  }

  async #sweep(): Promise<void> {
    const { locations, groups, files, compactor } = this.#swept;
    await this.#sweepJobs();
    await locations.sweep();
    await this.#emptyTrash();
    for (const group of groups.opened()) {
      if (group.state.asOfMs === 0 || group.state.manifest.deleted) continue;
      await group.state.catchUp();
      const removed = await files.sweep(group.state.logId, fileIds(group.state.manifest));
      if (removed > 0) this.#logger.info({ group: group.name, removed }, "removed files that nothing refers to");
      compactor.consider(group);
    }
  }

  async #emptyTrash(): Promise<void> {
    const { store, groups, files, analyses } = this.#swept;
    for (const { _id: logId, deletedAtMs, emptied } of await guarded(store.trash.find({}).toArray())) {
      if (emptied || Date.now() - deletedAtMs < TRASH_AGE_MS) continue;
      groups.forget(logId);
      await files.forget(logId);
      await dropBucket(store.db, bucketOf(logId));
      await dropBucket(store.db, exportBucketOf(logId));
      await new MongoLogDocuments(store.db, logId).drop();
      await guarded(store.trackers.deleteOne({ _id: logId }));
      for (const job of await guarded(store.importJobs.find({ logId }).toArray())) {
        await guarded(store.importJobs.deleteOne({ _id: job._id }));
      }
      for (const job of await guarded(store.exportJobs.find({ logId }).toArray())) {
        await guarded(store.exportJobs.deleteOne({ _id: job._id }));
      }
      for (const job of await guarded(store.deletionJobs.find({ logId }).toArray())) {
        await guarded(store.deletionJobs.deleteOne({ _id: job._id }));
      }
      await analyses.removeAll(logId);
      await store.hints.remove(logId);
      await store.keys.destroy(logId);
      await guarded(store.trash.updateOne({ _id: logId }, { $set: { emptied: true } }));
      this.#logger.info({ logId }, "data of a deleted dataset group removed");
    }
  }
}
