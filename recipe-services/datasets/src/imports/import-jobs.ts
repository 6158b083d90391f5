import type { KeyRing } from "@palate/encryption";
import { failedPrecondition, type Logger } from "@palate/host";
import {
  ImportMapping,
  ImportMode,
  ImportPhase,
  ResourceStatus,
  type CreateDatasetImportJobRequest,
} from "@palate/proto/dataset";
import { JobPhases } from "@palate/telemetry";
import type { Groups } from "../group/groups.js";
import { isOver, jobKey, JobRecords } from "../jobs/job-records.js";
import { JobRunner, JobStopped, type JobKind, type JobRun } from "../jobs/job-runner.js";
import { needDataset } from "../schema/manifest.js";
import { checkName } from "../schema/names.js";
import type { ImportJobDocument, JobOwner } from "../storage/job-documents.js";
import type { DuckDb } from "../storage/duckdb.js";
import { missingEventColumns } from "../storage/parquet-columns.js";
import { SealedFields } from "../storage/sealed/sealed-fields.js";
import type { Store } from "../storage/store.js";
import type { FileImporter, ImportProgress } from "./file-importer.js";
import { mappingOf } from "./import-message.js";
import type { Locations } from "./locations.js";
import { checkMapping } from "./mapping/check-mapping.js";
import { FileRefused } from "./staging/file-problem.js";

/** Files of a job that are listed. */
const MAX_FILES_LISTED = 1_000;

/** Encrypts what records of import jobs quote of the data. */
export function importSecrets(keys: KeyRing): SealedFields<ImportJobDocument> {
  return new SealedFields(keys, "import_jobs", ["problems", "failureReason", "mapping", "notes", "ignoredColumns"]);
}

const { IMPORT_PHASE_WAITING, IMPORT_PHASE_READING, IMPORT_PHASE_DONE } = ImportPhase;

/** What import jobs work with. */
export interface ImportParts {
  readonly store: Store;
  /** This process, as jobs name it. */
  readonly owner: JobOwner;
  readonly groups: Groups;
  readonly locations: Locations;
  readonly importer: FileImporter;
  /** Reads the SQL of mappings, and runs none of it. */
  readonly duckdb: DuckDb;
  readonly logger: Logger;
}

/** Keeps the import jobs and runs them, one after the other: an import takes all the cores it is given. */
export class ImportJobs {
  readonly #records: JobRecords<ImportJobDocument>;
  readonly #groups: Groups;
  readonly #locations: Locations;
  readonly #duckdb: DuckDb;
  readonly #runner: JobRunner<ImportJobDocument>;

  constructor(parts: ImportParts) {
    const { store, groups, locations, duckdb, owner, logger } = parts;
    const names = { kind: "import job", listing: "ListDatasetImportJobs" };
    this.#records = new JobRecords(store.importJobs, groups, names, owner, importSecrets(store.keys));
    this.#groups = groups;
    this.#locations = locations;
    this.#duckdb = duckdb;
    this.#runner = new JobRunner(this.#records, new ImportWork(parts), logger);
  }

  /** Accepts a job. A retry with the same name and content returns the job there is. */
  async create(request: CreateDatasetImportJobRequest): Promise<ImportJobDocument> {
    checkName("job_name", request.jobName);
    const group = await this.#groups.open(request.datasetGroup);
    const dataset = needDataset(group.state.manifest, group.name, request.datasetType);
    const mode = request.importMode || ImportMode.IMPORT_MODE_FULL;
    const now = Date.now();
    const named = request.location === "" ? [] : [request.location];
    const locations = [...named, ...request.locations];
    const wanted: ImportJobDocument = {
      _id: jobKey(group.state.logId, request.jobName),
      logId: group.state.logId,
      group: group.name,
      jobName: request.jobName,
      datasetType: request.datasetType,
      location: locations[0] ?? "",
      locations,
      importMode: mode,
      ...(request.mapping && { mapping: JSON.stringify(ImportMapping.toJSON(request.mapping)) }),
      dryRun: request.dryRun,
      status: ResourceStatus.RESOURCE_STATUS_CREATE_PENDING,
      phase: IMPORT_PHASE_WAITING,
      failureReason: "",
      problems: "[]",
      problemRows: 0,
      rows: 0,
      progress: 0,
      createdAtMs: now,
      updatedAtMs: now,
    };
    const { job, isNew } = await this.#records.findOrCreate(
      wanted._id,
      (existing) => isSame(existing, wanted),
      async () => {
        const { mapping } = request;
        const columns = [...dataset.columns, ...missingEventColumns(dataset)];
        if (mapping) await this.#duckdb.with((connection) => checkMapping(connection, mapping, columns));
        await this.#locations.check(locations.length === 0 ? [""] : locations, request.mapping);
        return wanted;
      },
    );
    if (isNew) this.#runner.submit(job);
    return this.#runner.current(job);
  }

  /** Returns a job, as far as it is now. Throws `not_found`. */
  async get(groupName: string, jobName: string): Promise<ImportJobDocument> {
    return this.#runner.current(await this.#records.get(groupName, jobName));
  }

  /** The jobs of a group, newest first. */
  async list(groupName: string): Promise<ImportJobDocument[]> {
    return (await this.#records.list(groupName)).map((job) => this.#runner.current(job));
  }

  /**
   * Stops a job; one that another process runs stops within seconds. A job whose last step has begun goes through.
   * Throws `not_found`, or `failed_precondition` when it is over.
   */
  async stop(groupName: string, jobName: string): Promise<ImportJobDocument> {
    const job = await this.get(groupName, jobName);
    if (isOver(job)) throw failedPrecondition(`Import job "${jobName}" is over; there is nothing to stop.`);
    const status = ResourceStatus.RESOURCE_STATUS_CREATE_STOPPING;
    await this.#runner.stop(job._id);
    return { ...job, status };
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
  close(): Promise<void> {
    return this.#runner.close();
  }
}

/** What an import job does. */
class ImportWork implements JobKind<ImportJobDocument> {
  readonly name = "import";
  readonly #parts: ImportParts;

  constructor(parts: ImportParts) {
    this.#parts = parts;
  }

  async run(job: ImportJobDocument, run: JobRun<ImportJobDocument>): Promise<Partial<ImportJobDocument>> {
    const { groups, locations, importer, logger } = this.#parts;
    const { signal } = run;
    const mapping = mappingOf(job);
    const started = Date.now();
    let last: ImportProgress = { phase: IMPORT_PHASE_READING, share: 0, bytesRead: 0, bytesTotal: 0 };
    const phases = new JobPhases("import");
    const progress = (now: ImportProgress) => {
      last = now;
      phases.enter(phaseName(now.phase));
      const { share, ...rest } = now;
      run.report({ ...rest, progress: share });
    };
    progress(last);
    const imported = importer.run({
      group: await groups.open(job.group),
      jobName: job.jobName,
      type: job.datasetType,
      sources: await locations.find(locationsOf(job), signal, mapping),
      mapping,
      mode: job.importMode,
      dryRun: job.dryRun,
      signal,
      createdAtMs: job.createdAtMs,
      progress,
    });
    const { files, rows, analysed, ...decided } = await imported.finally(() => phases.end());
    logger.info({ group: job.group, job: job.jobName, rows, ms: Date.now() - started }, "import finished");
    return {
      phase: IMPORT_PHASE_DONE,
      rows,
      progress: 1,
      bytesRead: last.bytesRead,
      bytesTotal: last.bytesTotal,
      files: JSON.stringify(files.slice(0, MAX_FILES_LISTED)),
      fileCount: files.length,
      analysed,
      ...decided,
    };
  }

  failed(_job: ImportJobDocument, thrown: unknown, reason: string | undefined): Partial<ImportJobDocument> {
    if (thrown instanceof JobStopped) {
      return {
        status: ResourceStatus.RESOURCE_STATUS_CREATE_STOPPED,
        phase: IMPORT_PHASE_DONE,
        failureReason: "The import was stopped. The dataset is unchanged.",
      };
    }
    const refused = thrown instanceof FileRefused ? thrown : undefined;
    return {
      status: ResourceStatus.RESOURCE_STATUS_CREATE_FAILED,
      phase: IMPORT_PHASE_DONE,
      failureReason: reason ?? "The import failed inside the service; its log has the cause. The dataset is unchanged.",
      problems: JSON.stringify(refused?.problems ?? []),
      problemRows: refused?.problemRows ?? 0,
      rows: refused?.rows ?? 0,
    };
  }

  async abandoned(): Promise<Partial<ImportJobDocument>> {
    return {
      status: ResourceStatus.RESOURCE_STATUS_CREATE_FAILED,
      phase: IMPORT_PHASE_DONE,
      failureReason: "The service stopped during the import. The dataset is unchanged; start the job again.",
    };
  }

  async finished(job: ImportJobDocument): Promise<void> {
    if (!job.dryRun) await this.#parts.locations.release(locationsOf(job));
  }
}

/** What metrics call a phase: "reading". */
function phaseName(phase: ImportPhase): string {
  return ImportPhase[phase].replace("IMPORT_PHASE_", "").toLowerCase();
}

function locationsOf(job: ImportJobDocument): readonly string[] {
  return job.locations ?? [job.location];
}

/** Whether a job is the one asked for. */
function isSame(existing: ImportJobDocument, wanted: ImportJobDocument): boolean {
  const same = (["datasetType", "importMode", "dryRun", "mapping"] as const).every(
    (key) => existing[key] === wanted[key],
  );
  return same && JSON.stringify(locationsOf(existing)) === JSON.stringify(locationsOf(wanted));
}
