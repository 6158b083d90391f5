import { failedPrecondition, type Logger } from "@palate/host";
import { ExportFormat, IngestionMode, ResourceStatus, type CreateDatasetExportJobRequest } from "@palate/proto/dataset";
import { deleteFile, readFileStream, writeFile } from "@palate/store";
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Groups } from "../group/groups.js";
import { isOver, jobKey, JobRecords } from "../jobs/job-records.js";
import { JobRunner, type JobKind } from "../jobs/job-runner.js";
import { rulesOf } from "../schema/dataset-types.js";
import { needDataset } from "../schema/manifest.js";
import { checkName } from "../schema/names.js";
import type { DuckDb } from "../storage/duckdb.js";
import { fileSha256 } from "../storage/file-sha256.js";
import type { ParquetStore } from "../storage/parquet-store.js";
import type { ExportJobDocument, JobOwner } from "../storage/job-documents.js";
import { exportBucketOf, guarded, type Store } from "../storage/store.js";
import type { Destinations } from "./destinations.js";
import { ENDINGS, writeExport } from "./write-export.js";

/** Most bytes of one message of a file. */
const MESSAGE_BYTES = 512 * 1024;

/** What export jobs work with. */
export interface ExportParts {
  readonly store: Store;
  /** This process, as jobs name it. */
  readonly owner: JobOwner;
  readonly groups: Groups;
  readonly files: ParquetStore;
  readonly duckdb: DuckDb;
  readonly destinations: Destinations;
  /** For work files. */
  readonly folder: string;
  readonly logger: Logger;
}

/** Keeps the export jobs and runs them, one after the other. */
export class ExportJobs {
  readonly #store: Store;
  readonly #groups: Groups;
  readonly #destinations: Destinations;
  readonly #records: JobRecords<ExportJobDocument>;
  readonly #runner: JobRunner<ExportJobDocument>;

  constructor(parts: ExportParts) {
    const { store, groups, destinations, owner, logger } = parts;
    this.#store = store;
    this.#groups = groups;
    this.#destinations = destinations;
    const names = { kind: "dataset export job", listing: "ListDatasetExportJobs" };
    this.#records = new JobRecords(store.exportJobs, groups, names, owner);
    this.#runner = new JobRunner(this.#records, new ExportWork(parts), logger);
  }

  /** Accepts a job. A retry with the same name and content returns the job there is. */
  async create(request: CreateDatasetExportJobRequest): Promise<ExportJobDocument> {
    checkName("job_name", request.jobName);
    const group = await this.#groups.open(request.datasetGroup);
    needDataset(group.state.manifest, group.name, request.datasetType);
    const format = request.format || ExportFormat.EXPORT_FORMAT_CSV;
    const now = Date.now();
    const label = rulesOf(request.datasetType).label.toLowerCase();
    const wanted: ExportJobDocument = {
      _id: jobKey(group.state.logId, request.jobName),
      logId: group.state.logId,
      group: group.name,
      jobName: request.jobName,
      datasetType: request.datasetType,
      ingestionMode: request.ingestionMode || IngestionMode.INGESTION_MODE_PUT,
      format,
      asked: request.destination,
      destination: "",
      status: ResourceStatus.RESOURCE_STATUS_CREATE_PENDING,
      failureReason: "",
      fileName: `${group.name}-${label}-${request.jobName}${ENDINGS[format]}`,
      fileId: "",
      rows: 0,
      bytes: 0,
      sha256: "",
      rowsDeleted: 0,
      createdAtMs: now,
      updatedAtMs: now,
    };
    const { job, isNew } = await this.#records.findOrCreate(
      wanted._id,
      (existing) => isSame(existing, wanted),
      async () => {
        if (wanted.asked === "") return wanted;
        const destination = await this.#destinations.resolve(wanted.asked, wanted.fileName);
        return { ...wanted, destination, fileName: path.posix.basename(destination) };
      },
    );
    if (isNew) this.#runner.submit(job);
    return job;
  }

  /** Returns a job. Throws `not_found`. */
  get(groupName: string, jobName: string): Promise<ExportJobDocument> {
    return this.#records.get(groupName, jobName);
  }

  /** The jobs of a group, newest first. */
  list(groupName: string): Promise<ExportJobDocument[]> {
    return this.#records.list(groupName);
  }

  /** Deletes a job with its file, if that is kept here. Throws `not_found`, `failed_precondition` while it runs. */
  async delete(groupName: string, jobName: string): Promise<void> {
    const job = await this.get(groupName, jobName);
    if (!isOver(job)) throw failedPrecondition(`Export job "${jobName}" is running; delete it when it is over.`);
    await guarded(this.#store.exportJobs.deleteOne({ _id: job._id }));
    if (job.fileId !== "") await deleteFile(this.#store.db, exportBucketOf(job.logId), job.fileId);
  }

  /** The bytes of a job's file. Throws `not_found`, `failed_precondition` when it has none here. */
  async *read(groupName: string, jobName: string): AsyncGenerator<{ data: Buffer }> {
    const job = await this.get(groupName, jobName);
    if (job.destination !== "") throw failedPrecondition(`Export "${jobName}" was laid down at ${job.destination}.`);
    if (job.status !== ResourceStatus.RESOURCE_STATUS_ACTIVE || job.fileId === "") {
      throw failedPrecondition(`Export "${jobName}" has no file (yet); it has one when it is ACTIVE.`);
    }
    const { db, keys } = this.#store;
    const cipher = keys.cipherOf(job.logId);
    for await (const piece of readFileStream(db, exportBucketOf(job.logId), job.fileId, cipher)) {
      for (let at = 0; at < piece.length; at += MESSAGE_BYTES) {
        yield { data: Buffer.from(piece.subarray(at, at + MESSAGE_BYTES)) };
      }
    }
  }

  /** Ids of a group's jobs that are not over. */
  open(logId: string): Promise<string[]> {
    return this.#records.open(logId);
  }

  /** Marks jobs as failed whose process is gone. */
  sweep(): Promise<void> {
    return this.#runner.sweep();
  }

  /** Waits for the running job; those that have not begun fail. */
  async close(): Promise<void> {
    await this.#runner.close();
    await this.#destinations.close();
  }
}

/** What an export job does. */
class ExportWork implements JobKind<ExportJobDocument> {
  readonly name = "export";
  readonly #parts: ExportParts;

  constructor(parts: ExportParts) {
    this.#parts = parts;
  }

  async run(job: ExportJobDocument): Promise<Partial<ExportJobDocument>> {
    const { store, groups, files, duckdb, destinations, folder, logger } = this.#parts;
    const { logId, format, datasetType: type, ingestionMode: mode } = job;
    const work = path.join(folder, `export-${randomUUID()}`);
    try {
      await mkdir(work, { recursive: true });
      const target = path.join(work, `rows${ENDINGS[format]}`);
      const group = await groups.open(job.group);
      const rows = await writeExport({ group, type, mode, format, target }, files, duckdb);
      const isKept = job.destination === "";
      const stored = isKept ? await keepExport(store, logId, job.jobName, target) : await digestOf(target);
      if (!isKept) await destinations.deliver(target, job.destination);
      logger.info({ group: job.group, job: job.jobName, rows }, "export finished");
      return { rows, ...stored };
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }

  failed(_job: ExportJobDocument, _thrown: unknown, reason: string | undefined): Partial<ExportJobDocument> {
    return failure(reason ?? "The export failed inside the service; its log has the cause.");
  }

  async abandoned(): Promise<Partial<ExportJobDocument>> {
    return failure("The service stopped during the export; start another job.");
  }
}

function failure(failureReason: string): Partial<ExportJobDocument> {
  return { status: ResourceStatus.RESOURCE_STATUS_CREATE_FAILED, failureReason };
}

/** Keeps a file in the group's bucket of exports, under an id of its own. */
export async function keepExport(
  store: Store,
  logId: string,
  jobName: string,
  file: string,
): Promise<Pick<ExportJobDocument, "fileId" | "bytes" | "sha256">> {
  const fileId = `${jobName}-${randomUUID()}`;
  const source = createReadStream(file, { highWaterMark: 1024 * 1024 });
  const cipher = store.keys.cipherOf(logId);
  const written = await writeFile(store.db, exportBucketOf(logId), fileId, source, { cipher });
  return { fileId, ...written };
}

async function digestOf(file: string): Promise<Pick<ExportJobDocument, "bytes" | "sha256">> {
  return { bytes: (await stat(file)).size, sha256: await fileSha256(file) };
}

/** Whether a job is the one asked for. */
function isSame(existing: ExportJobDocument, wanted: ExportJobDocument): boolean {
  return (["datasetType", "ingestionMode", "format", "asked"] as const).every((key) => existing[key] === wanted[key]);
}
