import type { Logger } from "@palate/host";
import { DatasetType, ResourceStatus, type ImportProblem } from "@palate/proto/dataset";
import { deleteFile, readFileStream } from "@palate/store";
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { AnalysisStore } from "../analysis/analysis-store.js";
import { keepExport } from "../exports/export-jobs.js";
import type { Group } from "../group/group.js";
import { importSecrets } from "../imports/import-jobs.js";
import type { Locations } from "../imports/locations.js";
import { fileIds, withDataset, type DataFile, type Erasure } from "../schema/manifest.js";
import type { DuckDb } from "../storage/duckdb.js";
import { ErasedIds, livingRecords } from "../storage/erased-ids.js";
import { withParquet } from "../storage/parquet-lease.js";
import type { ParquetStore } from "../storage/parquet-store.js";
import { exportBucketOf, guarded, type Store } from "../storage/store.js";
import { rewriteExport } from "./rewrite-export.js";
import { rewriteParquet } from "./rewrite-parquet.js";

/** What was removed from one kind of place. */
export interface Removal {
  readonly place: string;
  /** Documents or files. */
  readonly objects: number;
  readonly rows: number;
  /** Unix time in milliseconds. */
  readonly doneAtMs: number;
}

/** What was removed for each of several deletions, which are worked off together. */
export class RemovalTally {
  readonly #removals: Map<string, { objects: number; rows: number; doneAtMs: number }>[];

  constructor(deletions: number) {
    this.#removals = Array.from({ length: deletions }, () => new Map());
  }

  /** Counts what one object held; nothing when that was nothing. */
  add(place: string, rows: readonly number[]): void {
    rows.forEach((count, i) => {
      const before = this.#removals[i]!.get(place) ?? { objects: 0, rows: 0 };
      const objects = before.objects + (count > 0 ? 1 : 0);
      this.#removals[i]!.set(place, { objects, rows: before.rows + count, doneAtMs: Date.now() });
    });
  }

  /** What was removed for the i-th deletion. */
  of(i: number): Removal[] {
    return [...this.#removals[i]!].map(([place, counts]) => ({ place, ...counts }));
  }
}

const PLACES: Readonly<Record<number, string>> = {
  [DatasetType.DATASET_TYPE_INTERACTIONS]: "interactions files",
  [DatasetType.DATASET_TYPE_ITEMS]: "items files",
  [DatasetType.DATASET_TYPE_USERS]: "users files",
  [DatasetType.DATASET_TYPE_ACTIONS]: "actions files",
  [DatasetType.DATASET_TYPE_ACTION_INTERACTIONS]: "action interactions files",
};

/** Log documents looked at together. */
const READ_AHEAD = 16;

/** What an eraser works with. */
export interface EraserParts {
  readonly store: Store;
  readonly files: ParquetStore;
  readonly duckdb: DuckDb;
  readonly locations: Locations;
  readonly analyses: AnalysisStore;
  /** For work files. */
  readonly folder: string;
  readonly logger: Logger;
}

/** Takes deleted users and items out of everything that is stored of a group. Every step may be repeated. */
export class Eraser {
  readonly #parts: EraserParts;

  constructor(parts: EraserParts) {
    this.#parts = parts;
  }

  /** Writes log documents anew that hold records of before the deletions. */
  async eraseLog({ state }: Group, erasures: readonly Erasure[], tally: RemovalTally): Promise<void> {
    const erased = erasures.map((erasure) => new ErasedIds(erasure));
    const { deletedThrough } = await this.#parts.store.hints.read(state.logId);
    const end = Math.max(...erasures.map(({ at }) => at));
    for (let from = deletedThrough + 1; from < end; from += READ_AHEAD) {
      const width = Math.min(READ_AHEAD, end - from);
      const commits = await Promise.all(Array.from({ length: width }, (_, i) => state.log.read(from + i)));
      for (const commit of commits) {
        if (!commit?.records) continue;
        let records = commit.records;
        const rows = erasures.map(({ at }, i) => {
          if (commit.sequence >= at) return 0;
          const living = livingRecords(records, erased[i]!);
          records = living.batch;
          return living.rows;
        });
        tally.add("log documents", rows);
        if (rows.some((count) => count > 0)) await state.log.rewrite(commit.sequence, records);
      }
    }
  }

  /**
   * Writes Parquet files anew and makes the new ones the group's, which ends the deletions as far as readers care. The old
   * ones, and whatever else of before nobody names, are removed.
   */
  async eraseFiles(group: Group, erasures: readonly Erasure[], tally: RemovalTally): Promise<void> {
    const { files, duckdb } = this.#parts;
    const { logId, manifest } = group.state;
    /** Old file → the new one; undefined when nothing is left of it. */
    const replaced = new Map<string, DataFile | undefined>();
    for (const dataset of manifest.datasets) {
      for (const file of dataset.files) {
        const erased = erasures.map(
          (erasure) => new ErasedIds(file.arrived < erasure.at ? erasure : { ...erasure, hashes: [] }),
        );
        if (erasures.every(({ at }) => file.arrived >= at)) continue;
        const fresh = await files.newFile(logId, "rewritten");
        try {
          const rewritten = await withParquet(files, logId, async (lease) => {
            const rows = { path: await lease.path(file), type: dataset.type, origin: file.kind };
            return rewriteParquet(duckdb, rows, erased, fresh.file);
          });
          tally.add(PLACES[dataset.type]!, rewritten?.removed ?? erased.map(() => 0));
          if (rewritten === undefined) continue;
          if (rewritten.rows === 0) {
            await rm(fresh.file, { force: true });
            replaced.set(file.id, undefined);
            continue;
          }
          const bytes = await files.add(logId, fresh.id);
          replaced.set(file.id, { ...file, id: fresh.id, bytes, rows: rewritten.rows });
        } finally {
          await fresh.discard();
        }
      }
    }
    const done = new Set(erasures.map(({ job }) => job));
    await group.queue.commitManifest((current) => {
      let next = { ...current, erasures: (current.erasures ?? []).filter(({ job }) => !done.has(job)) };
      for (const dataset of current.datasets) {
        const kept = dataset.files.flatMap((file) => (replaced.has(file.id) ? (replaced.get(file.id) ?? []) : [file]));
        next = { ...withDataset(next, { ...dataset, files: kept }), erasures: next.erasures };
      }
      return next;
    });
    await this.#parts.store.hints.advance(logId, { manifestSequence: group.state.manifestSequence });
    for (const id of replaced.keys()) await files.remove(logId, id);
  }

  /** Removes files of before a time that nobody names any more. */
  async purge({ state }: Group, beforeMs: number): Promise<number> {
    return this.#parts.files.purge(state.logId, fileIds(state.manifest), beforeMs);
  }

  /** Writes the exports anew that the service keeps. */
  async eraseExports({ state }: Group, erasures: readonly Erasure[], tally: RemovalTally): Promise<void> {
    const { store, duckdb } = this.#parts;
    const erased = erasures.map((erasure) => new ErasedIds(erasure));
    const bucket = exportBucketOf(state.logId);
    for (const job of await guarded(store.exportJobs.find({ logId: state.logId }).toArray())) {
      if (job.fileId === "") continue;
      const work = path.join(this.#parts.folder, `erasing-${randomUUID()}`);
      await mkdir(work, { recursive: true });
      try {
        const [old, target] = [path.join(work, "old"), path.join(work, "new")];
        const cipher = store.keys.cipherOf(state.logId);
        await pipeline(readFileStream(store.db, bucket, job.fileId, cipher), createWriteStream(old));
        const file = { path: old, type: job.datasetType, format: job.format };
        const rewritten = await rewriteExport(duckdb, file, erased, target);
        tally.add("exports", rewritten?.removed ?? erased.map(() => 0));
        if (rewritten === undefined) continue;
        const stored = await keepExport(store, state.logId, job.jobName, target);
        const rowsDeleted = job.rowsDeleted + Math.max(0, job.rows - rewritten.rows);
        const change = { ...stored, rows: rewritten.rows, rowsDeleted, updatedAtMs: Date.now() };
        await guarded(store.exportJobs.updateOne({ _id: job._id }, { $set: change }));
        await deleteFile(store.db, bucket, job.fileId);
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    }
  }

  /** Removes uploads that finished jobs left, and what the records of import jobs and analyses say about the ids. */
  async eraseImports({ state }: Group, erasures: readonly Erasure[], tally: RemovalTally): Promise<void> {
    const { store, locations, analyses } = this.#parts;
    const erased = erasures.map((erasure) => new ErasedIds(erasure));
    const all = (rows: number) => erasures.map(() => rows);
    const secrets = importSecrets(store.keys);
    for (const stored of await guarded(store.importJobs.find({ logId: state.logId }).toArray())) {
      const job = await secrets.open(stored);
      const over = job.status !== ResourceStatus.RESOURCE_STATUS_CREATE_PENDING && job.phase === 5;
      if (over) tally.add("uploads", all(await locations.release(job.locations ?? [job.location])));
      const problems = JSON.parse(job.problems) as ImportProblem[];
      const about = (problem: ImportProblem) => erased.map((one) => problem.value.split("|").some((id) => one.has(id)));
      const gone = problems.filter((problem) => about(problem).includes(true));
      tally.add(
        "import jobs",
        erased.map((_, i) => problems.filter((problem) => about(problem)[i]).length),
      );
      if (gone.length === 0) continue;
      const told = gone.some(
        ({ message, value }) => job.failureReason.includes(message) || job.failureReason.includes(value),
      );
      const change = {
        problems: JSON.stringify(problems.filter((problem) => !gone.includes(problem))),
        ...(told && { failureReason: "The file had problems; the first was about a user or item deleted since." }),
      };
      await guarded(store.importJobs.updateOne({ _id: job._id }, { $set: await secrets.seal(job, change) }));
    }
    tally.add("analyses", await analyses.erase(state.logId, erased));
  }

  /** Gives space of removed data back, where the database can: deleted bytes may lie in its files until then. */
  async compactDatabase({ state }: Group): Promise<void> {
    const { store, logger } = this.#parts;
    for (const collection of [`log_${state.logId}`, `files_${state.logId}.chunks`, "export_jobs"]) {
      await store.db.command({ compact: collection }).catch((thrown: unknown) => {
        logger.debug({ err: thrown, collection }, "the database was not compacted");
      });
    }
  }
}
