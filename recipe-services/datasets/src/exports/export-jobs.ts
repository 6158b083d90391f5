import { alreadyExists, failedPrecondition, PalateError, type Logger } from "@palate/host";
import { ExportFormat, IngestionMode, ResourceStatus, type CreateDatasetExportJobRequest } from "@palate/proto/dataset";
import { deleteFile, readFileStream, writeFile } from "@palate/store";
import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { Groups } from "../group/groups.js";
import { isOver, jobKey, JobRecords } from "../group/job-records.js";
import { rulesOf } from "../schema/dataset-types.js";
import { needDataset } from "../schema/manifest.js";
import { checkName } from "../schema/names.js";
import type { DuckDb } from "../storage/duckdb.js";
import type { ParquetStore } from "../storage/parquet-store.js";
import { exportBucketOf, guarded, type ExportJobDocument, type Store } from "../storage/store.js";
import type { Destinations } from "./destinations.js";
import { ENDINGS, writeExport } from "./write-export.js";

/** How often a running job gives a sign of life. */
const ALIVE_MS = 5_000;

/** Most bytes of one message of a file. */
const MESSAGE_BYTES = 512 * 1024;

/** Keeps the export jobs and runs them, one after the other. */
export class ExportJobs {
  readonly #store: Store;
  readonly #records: JobRecords<ExportJobDocument>;
  readonly #groups: Groups;
  readonly #files: ParquetStore;
  readonly #duckdb: DuckDb;
  readonly #destinations: Destinations;
  readonly #folder: string;
  readonly #logger: Logger;
  #last: Promise<void> = Promise.resolve();
  #closing = false;

  /** @param parts what they work with; `folder` for work files */
  constructor(parts: {
    readonly store: Store;
    readonly groups: Groups;
    readonly files: ParquetStore;
    readonly duckdb: DuckDb;
    readonly destinations: Destinations;
    readonly folder: string;
    readonly logger: Logger;
  }) {
    this.#store = parts.store;
    const { exportJobs } = parts.store;
    this.#records = new JobRecords(exportJobs, parts.groups, "dataset export job", "ListDatasetExportJobs");
    this.#groups = parts.groups;
    this.#files = parts.files;
    this.#duckdb = parts.duckdb;
    this.#destinations = parts.destinations;
    this.#folder = parts.folder;
    this.#logger = parts.logger;
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
    const existing = await this.#records.find(wanted._id);
    if (existing) return sameJob(existing, wanted);
    const destination = wanted.asked === "" ? "" : await this.#destinations.resolve(wanted.asked, wanted.fileName);
    const job = { ...wanted, destination, ...(destination && { fileName: path.posix.basename(destination) }) };
    if (!(await this.#records.insert(job))) {
      return sameJob(await this.get(request.datasetGroup, request.jobName), job);
    }
    this.#last = this.#last.then(() => this.#run(job));
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
    for await (const piece of readFileStream(this.#store.db, exportBucketOf(job.logId), job.fileId)) {
      for (let at = 0; at < piece.length; at += MESSAGE_BYTES) {
        yield { data: Buffer.from(piece.subarray(at, at + MESSAGE_BYTES)) };
      }
    }
  }

  /** Whether jobs of a group that were created up to a time are not over. */
  areRunning(logId: string, createdUntilMs: number): Promise<boolean> {
    return this.#records.areRunning(logId, createdUntilMs);
  }

  /** Marks jobs as failed whose process is gone. */
  async sweep(): Promise<void> {
    for (const job of await this.#records.abandoned()) {
      await this.#fail(job, "The service stopped during the export; start another job.");
    }
  }

  /** Waits for the running job; those that have not begun are failed. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#last;
    await this.#destinations.close();
  }

  async #run(job: ExportJobDocument): Promise<void> {
    const { group: groupName, logId, format, datasetType: type, ingestionMode: mode } = job;
    const work = path.join(this.#folder, `export-${randomUUID()}`);
    const alive = setInterval(() => void this.#records.update(job._id, {}).catch(() => undefined), ALIVE_MS);
    try {
      if (this.#closing) throw new PalateError("unavailable", "The service is stopping; start the job again.");
      await this.#records.update(job._id, { status: ResourceStatus.RESOURCE_STATUS_CREATE_IN_PROGRESS });
      await mkdir(work, { recursive: true });
      const target = path.join(work, `rows${ENDINGS[format]}`);
      const group = await this.#groups.open(groupName);
      const rows = await writeExport({ group, type, mode, format, target }, this.#files, this.#duckdb);
      const stored = job.destination === "" ? await this.store(logId, job.jobName, target) : await digestOf(target);
      if (job.destination !== "") await this.#destinations.deliver(target, job.destination);
      await this.#records.update(job._id, { status: ResourceStatus.RESOURCE_STATUS_ACTIVE, rows, ...stored });
      this.#logger.info({ group: groupName, job: job.jobName, rows }, "export finished");
    } catch (thrown) {
      const known = thrown instanceof PalateError && thrown.code !== "internal" ? thrown.message : undefined;
      if (known === undefined) this.#logger.error({ group: groupName, job: job.jobName, err: thrown }, "export failed");
      await this.#fail(job, known ?? "The export failed inside the service; its log has the cause.").catch(
        () => undefined,
      );
    } finally {
      clearInterval(alive);
      await rm(work, { recursive: true, force: true });
    }
  }

  /** Keeps a file in the group's bucket of exports, under an id of its own. */
  async store(
    logId: string,
    jobName: string,
    file: string,
  ): Promise<Pick<ExportJobDocument, "fileId" | "bytes" | "sha256">> {
    const fileId = `${jobName}-${randomUUID()}`;
    const source = createReadStream(file, { highWaterMark: 1024 * 1024 });
    const written = await writeFile(this.#store.db, exportBucketOf(logId), fileId, source);
    return { fileId, ...written };
  }

  async #fail(job: ExportJobDocument, failureReason: string): Promise<void> {
    await this.#records.update(job._id, { status: ResourceStatus.RESOURCE_STATUS_CREATE_FAILED, failureReason });
  }
}

async function digestOf(file: string): Promise<Pick<ExportJobDocument, "bytes" | "sha256">> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return { bytes: (await stat(file)).size, sha256: hash.digest("hex") };
}

/** The job there is, if it is the one asked for; otherwise the name is taken. */
function sameJob(existing: ExportJobDocument, wanted: ExportJobDocument): ExportJobDocument {
  const keys = ["datasetType", "ingestionMode", "format", "asked"] as const;
  if (keys.every((key) => existing[key] === wanted[key])) return existing;
  throw alreadyExists("dataset export job", wanted.jobName);
}
