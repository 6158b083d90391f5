import { alreadyExists, failedPrecondition, PalateError, type Logger } from "@palate/host";
import {
  ImportMode,
  ImportPhase,
  ResourceStatus,
  type CreateDatasetImportJobRequest,
  type ImportProblem,
} from "@palate/proto/dataset";
import type { Groups } from "../group/groups.js";
import { isOver, jobKey, JobRecords } from "../group/job-records.js";
import { needDataset } from "../schema/manifest.js";
import { checkName } from "../schema/names.js";
import type { ImportJobDocument, Store } from "../storage/store.js";
import { FileRefused } from "./staging/file-problem.js";
import type { FileImporter, ImportProgress } from "./file-importer.js";
import type { Locations } from "./locations.js";

/** How often a running job gives a sign of life, and learns whether another process was asked to stop it. */
const ALIVE_MS = 2_000;

/** Files of a job that are listed. */
const MAX_FILES_LISTED = 1_000;

/** Why a job was aborted: somebody asked for it. */
class Stopped extends Error {}

/** A job that waits or runs in this process. */
interface ActiveJob {
  readonly stop: AbortController;
  progress: ImportProgress;
  /** Gives signs of life. */
  timer: NodeJS.Timeout | undefined;
  /** The sign of life that is on its way. */
  beating: Promise<void>;
}

const NOT_BEGUN: ImportProgress = {
  phase: ImportPhase.IMPORT_PHASE_WAITING,
  share: 0,
  bytesRead: 0,
  bytesTotal: 0,
};

/** Keeps the import jobs and runs them, one after the other: an import takes all the cores it is given. */
export class ImportJobs {
  readonly #records: JobRecords<ImportJobDocument>;
  readonly #groups: Groups;
  readonly #locations: Locations;
  readonly #importer: FileImporter;
  readonly #logger: Logger;
  readonly #active = new Map<string, ActiveJob>();
  #last: Promise<void> = Promise.resolve();
  #closing = false;

  constructor(store: Store, groups: Groups, locations: Locations, importer: FileImporter, logger: Logger) {
    this.#records = new JobRecords(store.importJobs, groups, "import job", "ListDatasetImportJobs");
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
    const named = request.location === "" ? [] : [request.location];
    const locations = [...named, ...request.locations];
    const job: ImportJobDocument = {
      _id: jobKey(group.state.logId, request.jobName),
      logId: group.state.logId,
      group: group.name,
      jobName: request.jobName,
      datasetType: request.datasetType,
      location: locations[0] ?? "",
      locations,
      importMode: mode,
      dryRun: request.dryRun,
      status: ResourceStatus.RESOURCE_STATUS_CREATE_PENDING,
      phase: ImportPhase.IMPORT_PHASE_WAITING,
      failureReason: "",
      problems: "[]",
      problemRows: 0,
      rows: 0,
      progress: 0,
      createdAtMs: now,
      updatedAtMs: now,
    };
    const existing = await this.#records.find(job._id);
    if (existing) return sameJob(existing, job);
    await this.#locations.check(locations.length === 0 ? [""] : locations);
    if (!(await this.#records.insert(job))) {
      return sameJob(await this.get(request.datasetGroup, request.jobName), job);
    }
    this.#enqueue(job);
    return job;
  }

  /** Returns a job, as far as it is now. Throws `not_found`. */
  async get(groupName: string, jobName: string): Promise<ImportJobDocument> {
    return this.#live(await this.#records.get(groupName, jobName));
  }

  /** The jobs of a group, newest first. */
  async list(groupName: string): Promise<ImportJobDocument[]> {
    return (await this.#records.list(groupName)).map((job) => this.#live(job));
  }

  /**
   * Stops a job; one that another process runs stops within seconds. A job whose last step has begun goes through.
   * Throws `not_found`, or `failed_precondition` when it is over.
   */
  async stop(groupName: string, jobName: string): Promise<ImportJobDocument> {
    const job = await this.get(groupName, jobName);
    if (isOver(job)) throw failedPrecondition(`Import job "${jobName}" is over; there is nothing to stop.`);
    const status = ResourceStatus.RESOURCE_STATUS_CREATE_STOPPING;
    await this.#records.update(job._id, { stopRequested: true });
    this.#active.get(job._id)?.stop.abort(new Stopped());
    return { ...job, status };
  }

  /** Whether jobs of a group that were created up to a time are not over. */
  areRunning(logId: string, createdUntilMs: number): Promise<boolean> {
    return this.#records.areRunning(logId, createdUntilMs);
  }

  /** Marks jobs as failed whose process is gone. */
  async sweep(): Promise<void> {
    for (const job of await this.#records.abandoned()) {
      await this.#records.update(job._id, {
        status: ResourceStatus.RESOURCE_STATUS_CREATE_FAILED,
        phase: ImportPhase.IMPORT_PHASE_DONE,
        failureReason: "The service stopped during the import. The dataset is unchanged; start the job again.",
      });
    }
  }

  /** Waits for the running job; those that have not begun are failed. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#last;
  }

  /** The job with what this process knows of its progress, which the database learns a little later. */
  #live(job: ImportJobDocument): ImportJobDocument {
    if (isOver(job)) return job;
    const active = this.#active.get(job._id);
    const { share, ...rest } = active?.progress ?? { share: job.progress };
    const stopping = job.stopRequested ? { status: ResourceStatus.RESOURCE_STATUS_CREATE_STOPPING } : {};
    return { ...job, ...rest, progress: share, ...stopping };
  }

  /** Runs a job after those before it; it gives signs of life from now on. */
  #enqueue(job: ImportJobDocument): void {
    const active: ActiveJob = {
      stop: new AbortController(),
      progress: NOT_BEGUN,
      timer: undefined,
      beating: Promise.resolve(),
    };
    this.#active.set(job._id, active);
    active.timer = setInterval(() => {
      active.beating = active.beating.then(() => this.#beat(job._id, active)).catch(() => {});
    }, ALIVE_MS);
    this.#last = this.#last
      .then(() => this.#run(job, active))
      .finally(() => {
        clearInterval(active.timer);
        this.#active.delete(job._id);
      });
  }

  async #beat(id: string, active: ActiveJob): Promise<void> {
    const { share, ...rest } = active.progress;
    await this.#records.update(id, { progress: share, ...rest });
    const job = await this.#records.find(id);
    if (job?.stopRequested) active.stop.abort(new Stopped());
  }

  async #run(job: ImportJobDocument, active: ActiveJob): Promise<void> {
    const { signal } = active.stop;
    try {
      if (this.#closing) throw new PalateError("unavailable", "The service is stopping; start the job again.");
      signal.throwIfAborted();
      await this.#records.update(job._id, { status: ResourceStatus.RESOURCE_STATUS_CREATE_IN_PROGRESS });
      const started = Date.now();
      active.progress = { ...NOT_BEGUN, phase: ImportPhase.IMPORT_PHASE_READING };
      const locations = job.locations ?? [job.location];
      const { files, rows, analysed } = await this.#importer.run({
        group: await this.#groups.open(job.group),
        jobName: job.jobName,
        type: job.datasetType,
        sources: await this.#locations.find(locations, signal),
        mode: job.importMode,
        dryRun: job.dryRun,
        signal,
        createdAtMs: job.createdAtMs,
        progress: (progress) => (active.progress = progress),
      });
      this.#logger.info({ group: job.group, job: job.jobName, rows, ms: Date.now() - started }, "import finished");
      const { bytesRead, bytesTotal } = active.progress;
      await this.#finish(job._id, {
        status: ResourceStatus.RESOURCE_STATUS_ACTIVE,
        rows,
        progress: 1,
        bytesRead,
        bytesTotal,
        files: JSON.stringify(files.slice(0, MAX_FILES_LISTED)),
        fileCount: files.length,
        analysed,
      });
      if (!job.dryRun) await this.#locations.release(locations);
    } catch (thrown) {
      await this.#fail(job, thrown).catch((error: unknown) => {
        this.#logger.error({ job: job.jobName, err: error }, "could not record that an import failed");
      });
    }
  }

  async #fail(job: ImportJobDocument, thrown: unknown): Promise<void> {
    if (thrown instanceof Stopped) {
      this.#logger.info({ group: job.group, job: job.jobName }, "import stopped");
      return this.#finish(job._id, {
        status: ResourceStatus.RESOURCE_STATUS_CREATE_STOPPED,
        failureReason: "The import was stopped. The dataset is unchanged.",
      });
    }
    const refused = thrown instanceof FileRefused ? thrown : undefined;
    const known = refused ?? (thrown instanceof PalateError && thrown.code !== "internal" ? thrown : undefined);
    if (known === undefined) this.#logger.error({ group: job.group, job: job.jobName, err: thrown }, "import failed");
    await this.#finish(job._id, {
      status: ResourceStatus.RESOURCE_STATUS_CREATE_FAILED,
      failureReason:
        known?.message ?? "The import failed inside the service; its log has the cause. The dataset is unchanged.",
      problems: JSON.stringify(refused?.problems ?? []),
      problemRows: refused?.problemRows ?? 0,
      rows: refused?.rows ?? 0,
    });
  }

  /** Records the end of a job; from then on its progress is what the database says. */
  async #finish(id: string, change: Partial<ImportJobDocument>): Promise<void> {
    const active = this.#active.get(id);
    clearInterval(active?.timer);
    await active?.beating; // Or it might be written behind the end.
    await this.#records.update(id, { ...change, phase: ImportPhase.IMPORT_PHASE_DONE });
    this.#active.delete(id);
  }
}

/** The problems of a job. */
export function problemsOf(job: ImportJobDocument): ImportProblem[] {
  return JSON.parse(job.problems) as ImportProblem[];
}

/** The job there is, if it is the one asked for; otherwise the name is taken. */
function sameJob(existing: ImportJobDocument, wanted: ImportJobDocument): ImportJobDocument {
  const same = (["datasetType", "importMode", "dryRun"] as const).every((key) => existing[key] === wanted[key]);
  const locations = (job: ImportJobDocument) => JSON.stringify(job.locations ?? [job.location]);
  if (!same || locations(existing) !== locations(wanted)) throw alreadyExists("import job", wanted.jobName);
  return existing;
}
