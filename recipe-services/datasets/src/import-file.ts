import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { PalateError } from "@palate/kit/errors";
import { ImportMode, type DatasetType } from "@palate/proto/dataset";
import { rulesOf } from "./dataset-types.js";
import { convertFile } from "./convert-file.js";
import type { DuckDbLimits } from "./duckdb.js";
import { FileRefused, problemAt } from "./file-problem.js";
import type { Group } from "./groups.js";
import type { SourceFile } from "./locations.js";
import { needDataset, withDataset, type DataFile, type DatasetEntry } from "./manifest.js";
import type { ParquetStore } from "./parquet-store.js";

/** What to import, and how. */
export interface ImportRequest {
  /** The group. */
  readonly group: Group;
  /** The dataset. */
  readonly type: DatasetType;
  /** The file. */
  readonly source: SourceFile;
  /** FULL or INCREMENTAL. */
  readonly mode: ImportMode;
  /** Check the file only. */
  readonly dryRun: boolean;
  /** Is told the share done, 0 to 1. */
  readonly progress: (share: number) => void;
}

/** A stored file that is to become part of a dataset. */
type NewFile = Pick<DataFile, "id" | "rows" | "bytes">;

/** Thrown inside a manifest change: an earlier attempt went through although it seemed to fail. */
class AlreadyCommitted extends Error {}

/** How long an import waits for MongoDB to come back before its last step. */
const COMMIT_PATIENCE_MS = 120_000;

/** Time between two attempts. */
const COMMIT_RETRY_MS = 500;

/** Imports files: checks them, converts them to Parquet, stores that, and makes it part of the dataset at once. */
export class FileImporter {
  readonly #files: ParquetStore;
  readonly #limits: DuckDbLimits;
  readonly #maxBytes: number;

  /** @param maxBytes most bytes of a file after decompression */
  constructor(files: ParquetStore, limits: DuckDbLimits, maxBytes: number) {
    this.#files = files;
    this.#limits = limits;
    this.#maxBytes = maxBytes;
  }

  /**
   * Imports a file and returns its number of rows. Until the last step, one commit, the dataset is as it was.
   * @throws FileRefused when the file has problems
   */
  async run(request: ImportRequest): Promise<number> {
    const { group, type, source, progress } = request;
    const { label } = rulesOf(type);
    await group.state.catchUp();
    const dataset = needDataset(group.state.manifest, group.name, type);
    const work = path.join(this.#limits.folder, `import-${randomUUID()}`);
    await mkdir(work, { recursive: true });
    const { id, file } = await this.#files.newFile(group.state.logId, label);
    let stored = false;
    try {
      const limits = { ...this.#limits, maxBytes: this.#maxBytes };
      const rows = await convertFile(source, type, dataset.columns, work, file, limits, progress);
      if (request.dryRun) return rows;
      const bytes = await this.#files.add(group.state.logId, id);
      stored = true;
      progress(0.95);
      await this.#commit(request, dataset, { id, rows, bytes });
      return rows;
    } finally {
      await rm(work, { recursive: true, force: true });
      // Once stored, the commit may have been written even if that failed: the sweeper removes the file if it was not.
      if (!stored) await rm(file, { force: true });
    }
  }

  /**
   * Makes the file part of the dataset. Should MongoDB go away just then, it waits: whether the commit was written has to
   * be known, since a failed import must have changed nothing.
   */
  async #commit(request: ImportRequest, dataset: DatasetEntry, file: NewFile): Promise<void> {
    for (const giveUpAt = Date.now() + COMMIT_PATIENCE_MS; ;) {
      try {
        return await this.#tryCommit(request, dataset, file);
      } catch (thrown) {
        if (thrown instanceof AlreadyCommitted) return;
        const away = thrown instanceof PalateError && thrown.code === "unavailable";
        if (!away || Date.now() > giveUpAt) throw thrown;
        await new Promise((resolve) => setTimeout(resolve, COMMIT_RETRY_MS));
      }
    }
  }

  /** Throws when the dataset was deleted or made anew since the file was checked. */
  async #tryCommit(request: ImportRequest, dataset: DatasetEntry, file: NewFile): Promise<void> {
    const { group, type, mode } = request;
    const { label } = rulesOf(type);
    let replaced: string[] = [];
    await group.queue.commitManifest((manifest, sequence) => {
      const current = needDataset(manifest, group.name, type);
      if (current.files.some((existing) => existing.id === file.id)) throw new AlreadyCommitted();
      if (current.createdSequence !== dataset.createdSequence) {
        const message = "was checked against a dataset that is gone; import it again";
        throw new FileRefused(label, [problemAt(0, "", "", message)]);
      }
      const stay = current.files.filter(
        (existing) => mode === ImportMode.IMPORT_MODE_INCREMENTAL || existing.kind === "streamed",
      );
      replaced = current.files.filter((existing) => !stay.includes(existing)).map((existing) => existing.id);
      const added = { ...file, kind: "imported" as const, arrived: sequence, extraColumns: [] };
      const changed = { ...current, files: [...stay, added], updatedAtMs: Date.now() };
      return { ...withDataset(manifest, changed), replacedAt: sequence };
    });
    this.#files.removeLater(group.state.logId, replaced);
  }
}
