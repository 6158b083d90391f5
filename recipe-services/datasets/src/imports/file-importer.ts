import { PalateError } from "@palate/host";
import { ImportMode, ImportPhase, type DatasetType, type ImportMapping } from "@palate/proto/dataset";
import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import type { ImportAnalyser } from "../analysis/import-analyser.js";
import type { Group } from "../group/group.js";
import { rulesOf } from "../schema/dataset-types.js";
import { needDataset, withDataset, type DataFile, type DatasetEntry } from "../schema/manifest.js";
import { sameColumns } from "../schema/schema-change.js";
import type { DuckDbLimits } from "../storage/duckdb.js";
import { missingEventColumns } from "../storage/parquet-columns.js";
import type { ParquetStore } from "../storage/parquet-store.js";
import { convertFiles, type ConvertedFiles } from "./convert-files.js";
import { FileRefused, problemAt } from "./staging/file-problem.js";
import type { Source } from "./sources/source.js";

/** How far an import is. */
export interface ImportProgress {
  /** What it is doing. */
  readonly phase: ImportPhase;
  /** Share done, 0 to 1. */
  readonly share: number;
  /** Bytes read so far, as the files were given. */
  readonly bytesRead: number;
  /** Bytes of all files; 0 when some do not say. */
  readonly bytesTotal: number;
}

/** What to import, and how. */
export interface ImportRequest {
  /** The group. */
  readonly group: Group;
  /** The job's name. */
  readonly jobName: string;
  /** The dataset. */
  readonly type: DatasetType;
  /** The files, in the order in which their rows count. */
  readonly sources: readonly Source[];
  /** How the files' rows become rows of the dataset; undefined when they have its columns and forms. */
  readonly mapping: ImportMapping | undefined;
  /** FULL or INCREMENTAL. */
  readonly mode: ImportMode;
  /** Check the files only. */
  readonly dryRun: boolean;
  /** Unix time in milliseconds at which the job was created: what was deleted since is left out. */
  readonly createdAtMs: number;
  /** Stops the import, until its rows are being made part of the dataset. */
  readonly signal: AbortSignal;
  /** Is told how far it is. */
  readonly progress: (progress: ImportProgress) => void;
}

/** What came of an import. */
export interface ImportResult extends Omit<ConvertedFiles, "extra" | "leadingZeros"> {
  /** Rows of all files. */
  readonly rows: number;
  /** Whether the rows were analysed. */
  readonly analysed: boolean;
}

/**
 * Takes users and items that were deleted since a moment (Unix time in milliseconds) out of a Parquet file of imported rows,
 * and says how many rows that were.
 */
export type EraseDeleted = (group: Group, type: DatasetType, file: string, sinceMs: number) => Promise<number>;

/** A stored file that is to become part of a dataset. */
type NewFile = Pick<DataFile, "id" | "rows" | "bytes" | "extraColumns">;

/** Thrown inside a manifest change: users or items were deleted that the file may still hold. */
class DeletedMeanwhile extends Error {}

/** Thrown inside a manifest change: an earlier attempt went through although it seemed to fail. */
class AlreadyCommitted extends Error {}

/** How long an import waits for MongoDB to come back before its last step. */
const COMMIT_PATIENCE_MS = 120_000;

/** Time between two attempts. */
const COMMIT_RETRY_MS = 500;

/** Share of the work that is done when the files are converted, and when their rows are analysed. */
const CONVERTED_SHARE = 0.8;
const ANALYSED_SHARE = 0.9;

/** Imports files: checks them, converts them to Parquet, stores that, and makes it part of the dataset at once. */
export class FileImporter {
  readonly #files: ParquetStore;
  readonly #analyser: ImportAnalyser;
  readonly #limits: DuckDbLimits;
  readonly #maxBytes: number;
  readonly #eraseDeleted: EraseDeleted;

  /**
   * @param maxBytes most bytes of a file after decompression
   * @param eraseDeleted takes out of files what was deleted since they were received
   */
  constructor(
    files: ParquetStore,
    analyser: ImportAnalyser,
    limits: DuckDbLimits,
    maxBytes: number,
    eraseDeleted: EraseDeleted,
  ) {
    this.#files = files;
    this.#analyser = analyser;
    this.#limits = limits;
    this.#maxBytes = maxBytes;
    this.#eraseDeleted = eraseDeleted;
  }

  /**
   * Imports files. Until the last step, one commit, the dataset is as it was.
   * @throws FileRefused when the files have problems; the signal's reason when it was stopped
   */
  async run(request: ImportRequest): Promise<ImportResult> {
    const { group, type, sources, signal } = request;
    const { label } = rulesOf(type);
    await group.state.catchUp();
    const dataset = needDataset(group.state.manifest, group.name, type);
    const work = path.join(this.#limits.folder, `import-${randomUUID()}`);
    await mkdir(work, { recursive: true });
    const { id, file, discard } = await this.#files.newFile(group.state.logId, label);
    let [added, stored] = [false, false];
    let bytes = { bytesRead: 0, bytesTotal: 0 };
    const tell = (phase: ImportPhase, share: number) => request.progress({ phase, share, ...bytes });
    try {
      const { extra, leadingZeros, ...converted } = await convertFiles({
        sources,
        type,
        columns: dataset.columns,
        mapping: request.mapping,
        extra: missingEventColumns(dataset),
        work,
        target: file,
        limits: { ...this.#limits, maxBytes: this.#maxBytes },
        signal,
        progress: ({ share, ...read }) => {
          bytes = read;
          tell(ImportPhase.IMPORT_PHASE_READING, CONVERTED_SHARE * share);
        },
      });
      const rows = converted.files.reduce((sum, each) => sum + each.rows, 0);
      tell(ImportPhase.IMPORT_PHASE_ANALYSING, CONVERTED_SHARE);
      const columns = [...dataset.columns, ...extra];
      const rowsOfFiles = { file, files: converted.files, leadingZeros };
      const analysed = await this.#analyser.analyse({ ...request, columns, ...rowsOfFiles, work });
      if (!request.dryRun) {
        tell(ImportPhase.IMPORT_PHASE_STORING, ANALYSED_SHARE);
        signal.throwIfAborted();
        const extraColumns = extra.map(({ name }) => name);
        const received = Math.min(request.createdAtMs, ...sources.map((source) => source.stagedAtMs ?? Infinity));
        let left = rows;
        for (let through = 0; !stored;) {
          await group.state.catchUp();
          const { lastErasure } = group.state.manifest;
          if ((lastErasure?.at ?? 0) > through) left -= await this.#eraseDeleted(group, type, file, received);
          through = lastErasure?.at ?? 0;
          added = true;
          const size = await this.#files.add(group.state.logId, id);
          signal.throwIfAborted();
          stored = true;
          try {
            await this.#commit(request, dataset, { id, rows: left, bytes: size, extraColumns }, through);
          } catch (thrown) {
            if (!(thrown instanceof DeletedMeanwhile)) throw thrown;
            stored = false;
            await this.#files.removeStored(group.state.logId, id);
          }
        }
        await this.#analyser.remember(request);
      }
      return { ...converted, rows, analysed };
    } finally {
      await rm(work, { recursive: true, force: true });
      // Once stored, the commit may have been written even if that failed: the sweeper removes the file if it was not.
      if (!stored) await rm(file, { force: true });
      await discard();
      if (added && !stored) await this.#files.remove(group.state.logId, id).catch(() => {}); // Else the sweep does.
    }
  }

  /**
   * Makes the file part of the dataset. Should MongoDB become unreachable just then, it waits: whether the commit was written has to
   * be known, since a failed import must have changed nothing.
   */
  async #commit(request: ImportRequest, dataset: DatasetEntry, file: NewFile, erasedThrough: number): Promise<void> {
    for (const giveUpAt = performance.now() + COMMIT_PATIENCE_MS; ;) {
      try {
        return await this.#tryCommit(request, dataset, file, erasedThrough);
      } catch (thrown) {
        if (thrown instanceof AlreadyCommitted) return;
        const isUnreachable = thrown instanceof PalateError && thrown.code === "unavailable";
        if (!isUnreachable || performance.now() > giveUpAt) throw thrown;
        await new Promise((resolve) => setTimeout(resolve, COMMIT_RETRY_MS));
      }
    }
  }

  /** Throws when the dataset was deleted, made anew or given another schema since the files were checked. */
  async #tryCommit(request: ImportRequest, dataset: DatasetEntry, file: NewFile, erasedThrough: number): Promise<void> {
    const { group, type, mode } = request;
    const { label } = rulesOf(type);
    let replaced: string[] = [];
    await group.queue.commitManifest((manifest, sequence) => {
      const current = needDataset(manifest, group.name, type);
      if (current.files.some((existing) => existing.id === file.id)) throw new AlreadyCommitted();
      if ((manifest.lastErasure?.at ?? 0) > erasedThrough) throw new DeletedMeanwhile();
      if (current.createdSequence !== dataset.createdSequence) {
        const message = "was checked against a dataset that is gone; import it again";
        throw new FileRefused(label, [problemAt(0, "", "", message)]);
      }
      if (!sameColumns(current.columns, dataset.columns)) {
        const message = "was checked against the schema that the dataset had then; import it again";
        throw new FileRefused(label, [problemAt(0, "", "", message)]);
      }
      const stay = current.files.filter(
        (existing) => mode === ImportMode.IMPORT_MODE_INCREMENTAL || existing.kind === "streamed",
      );
      replaced = current.files.filter((existing) => !stay.includes(existing)).map((existing) => existing.id);
      const added = { ...file, kind: "imported" as const, arrived: sequence };
      const changed = { ...current, files: [...stay, added], updatedAtMs: Date.now() };
      return { ...withDataset(manifest, changed), replacedAt: sequence };
    });
    this.#files.removeLater(group.state.logId, replaced);
  }
}
