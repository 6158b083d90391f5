import { alreadyExists, notFound, PalateError } from "@palate/kit/errors";
import { isDuplicateKey } from "@palate/kit/gridfs";
import type { Logger } from "@palate/kit/host";
import {
  ImportMode,
  ResourceStatus,
  type CreateDatasetImportJobRequest,
  type ImportProblem,
} from "@palate/proto/dataset";
import { FileRefused } from "./file-problem.js";
import type { Groups } from "./groups.js";
import type { FileImporter } from "./import-file.js";
import type { Locations } from "./locations.js";
import { needDataset } from "./manifest.js";
import { checkName } from "./names.js";
import { guarded, type ImportJobDocument, type Store } from "./store.js";

/** How often a running job gives a sign of life. */
const ALIVE_MS = 5_000;

/** A job without a sign of life for this long has lost its process. */
const DEAD_MS = 30_000;

/** Keeps the import jobs and runs them, one after the other: an import takes all the cores it is given. */
export class ImportJobs {
  readonly #store: Store;
  readonly #groups: Groups;
  readonly #locations: Locations;
  readonly #importer: FileImporter;
  readonly #logger: Logger;
  #last: Promise<void> = Promise.resolve();
  #closing = false;

  constructor(store: Store, groups: Groups, locations: Locations, importer: FileImporter, logger: Logger) {
    this.#store = store;
    this.#groups = groups;
    this.#locations = locations;
    this.#importer = importer;
    this.#logger = logger;
  }

  /** Accepts a job. A retry with the same name and content returns the job there is. */
  async create(request: CreateDatasetImportJobRequest): Promise<ImportJobDocument> {
    checkName("job_name", request.jobName);
    const group = await this.#groups.open(request.datasetGroup);
    needDataset(group.state.manifest, group.name, request.datasetType);
    const mode = request.importMode || ImportMode.IMPORT_MODE_FULL;
    const now = Date.now();
    const job: ImportJobDocument = {
      _id: `${group.state.logId}|${request.jobName}`,
      logId: group.state.logId,
      group: group.name,
      jobName: request.jobName,
      datasetType: request.datasetType,
      location: request.location,
      importMode: mode,
      dryRun: request.dryRun,
      status: ResourceStatus.RESOURCE_STATUS_CREATE_PENDING,
      failureReason: "",
      problems: "[]",
      problemRows: 0,
      rows: 0,
      progress: 0,
      createdAtMs: now,
      updatedAtMs: now,
    };
    const existing = await guarded(this.#store.importJobs.findOne({ _id: job._id }));
    if (existing) return sameJob(existing, job);
    await this.#locations.find(request.location);
    try {
      await guarded(this.#store.importJobs.insertOne(job));
    } catch (thrown) {
      if (!isDuplicateKey(thrown)) throw thrown;
      return sameJob(await this.get(request.datasetGroup, request.jobName), job);
    }
    this.#enqueue(job);
    return job;
  }

  /** Returns a job. Throws `not_found`. */
  async get(groupName: string, jobName: string): Promise<ImportJobDocument> {
    const { logId } = await this.#groups.get(groupName);
    const job = await guarded(this.#store.importJobs.findOne({ _id: `${logId}|${jobName}` }));
    if (job === null)
      throw notFound("import job", jobName, `See ListDatasetImportJobs of "${groupName}" for its name.`);
    return job;
  }

  /** The jobs of a group, newest first. */
  async list(groupName: string): Promise<ImportJobDocument[]> {
    const { logId } = await this.#groups.get(groupName);
    const jobs = await guarded(this.#store.importJobs.find({ logId }).toArray());
    return jobs.sort((a, b) => (jobOrder(a) < jobOrder(b) ? 1 : -1));
  }

  /** Marks jobs as failed whose process is gone. */
  async sweep(): Promise<void> {
    for (const job of await guarded(this.#store.importJobs.find({}).toArray())) {
      const over =
        job.status === ResourceStatus.RESOURCE_STATUS_ACTIVE ||
        job.status === ResourceStatus.RESOURCE_STATUS_CREATE_FAILED;
      if (over || Date.now() - job.updatedAtMs < DEAD_MS) continue;
      await this.#update(job._id, {
        status: ResourceStatus.RESOURCE_STATUS_CREATE_FAILED,
        failureReason: "The service stopped during the import. The dataset is unchanged; start the job again.",
      });
    }
  }

  /** Waits for the running job; those that have not begun are failed. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#last;
  }

  /** Runs a job after those before it; it gives signs of life from now on. */
  #enqueue(job: ImportJobDocument): void {
    let progress = 0;
    const alive = setInterval(() => void this.#update(job._id, { progress }).catch(() => {}), ALIVE_MS);
    this.#last = this.#last
      .then(() => this.#run(job, (share) => (progress = share)))
      .finally(() => clearInterval(alive));
  }

  async #run(job: ImportJobDocument, progress: (share: number) => void): Promise<void> {
    try {
      if (this.#closing) throw new PalateError("unavailable", "The service is stopping; start the job again.");
      await this.#update(job._id, { status: ResourceStatus.RESOURCE_STATUS_CREATE_IN_PROGRESS });
      const started = Date.now();
      const rows = await this.#importer.run({
        group: await this.#groups.open(job.group),
        type: job.datasetType,
        source: await this.#locations.find(job.location),
        mode: job.importMode,
        dryRun: job.dryRun,
        progress,
      });
      this.#logger.info({ group: job.group, job: job.jobName, rows, ms: Date.now() - started }, "import finished");
      await this.#update(job._id, { status: ResourceStatus.RESOURCE_STATUS_ACTIVE, rows, progress: 1 });
      if (!job.dryRun) await this.#locations.release(job.location);
    } catch (thrown) {
      await this.#fail(job, thrown).catch((error: unknown) => {
        this.#logger.error({ job: job.jobName, err: error }, "could not record that an import failed");
      });
    }
  }

  async #fail(job: ImportJobDocument, thrown: unknown): Promise<void> {
    const refused = thrown instanceof FileRefused ? thrown : undefined;
    const known = refused ?? (thrown instanceof PalateError && thrown.code !== "internal" ? thrown : undefined);
    if (known === undefined) this.#logger.error({ group: job.group, job: job.jobName, err: thrown }, "import failed");
    await this.#update(job._id, {
      status: ResourceStatus.RESOURCE_STATUS_CREATE_FAILED,
      failureReason:
        known?.message ?? "The import failed inside the service; its log has the cause. The dataset is unchanged.",
      problems: JSON.stringify(refused?.problems ?? []),
      problemRows: refused?.problemRows ?? 0,
      rows: refused?.rows ?? 0,
    });
  }

  async #update(id: string, change: Partial<ImportJobDocument>): Promise<void> {
    await guarded(this.#store.importJobs.updateOne({ _id: id }, { $set: { ...change, updatedAtMs: Date.now() } }));
  }
}

/** Sorts by age, and by name within a millisecond. */
export function jobOrder(job: ImportJobDocument): string {
  return `${String(job.createdAtMs).padStart(15, "0")}|${job.jobName}`;
}

/** The problems of a job. */
export function problemsOf(job: ImportJobDocument): ImportProblem[] {
  return JSON.parse(job.problems) as ImportProblem[];
}

/** The job there is, if it is the one asked for; otherwise the name is taken. */
function sameJob(existing: ImportJobDocument, wanted: ImportJobDocument): ImportJobDocument {
  const same = (["datasetType", "location", "importMode", "dryRun"] as const).every(
    (key) => existing[key] === wanted[key],
  );
  if (!same) throw alreadyExists("import job", wanted.jobName);
  return existing;
}
