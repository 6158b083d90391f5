import { hashOfDeletedId, idLengthProblem, invalidArgument, type Logger } from "@palate/host";
import { DeletionKind, Deletions, ResourceStatus, type CreateDataDeletionJobRequest } from "@palate/proto/dataset";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExportJobs } from "../exports/export-jobs.js";
import type { Compactor } from "../group/compactor.js";
import type { Group } from "../group/group.js";
import type { Groups } from "../group/groups.js";
import type { ImportJobs } from "../imports/import-jobs.js";
import { isOver, jobKey, JobRecords } from "../jobs/job-records.js";
import { JobRunner, ServiceClosing, type JobKind, type JobRun } from "../jobs/job-runner.js";
import type { Erasure } from "../schema/manifest.js";
import { checkName } from "../schema/names.js";
import type { DuckDb } from "../storage/duckdb.js";
import { hashOfSession } from "../storage/erased-ids.js";
import type { ParquetStore } from "../storage/parquet-store.js";
import type { DeletionJobDocument, JobOwner } from "../storage/job-documents.js";
import { guarded, type Store } from "../storage/store.js";
import { RemovalTally, type Eraser, type Removal } from "./eraser.js";
import { findSessions } from "./find-sessions.js";

/** Most ids of one job. */
const MAX_IDS = 10_000;

/** Time after which followers that were not told of a deletion get a snapshot instead. */
const TOLD_FOR_MS = 60_000;

/** How often it is looked whether jobs that began before a deletion are over. */
const POLL_MS = 250;

const { RESOURCE_STATUS_ACTIVE, RESOURCE_STATUS_CREATE_IN_PROGRESS, RESOURCE_STATUS_CREATE_PENDING } = ResourceStatus;

/** What deletions work with. */
export interface DeletionParts {
  readonly store: Store;
  /** This process, as jobs name it. */
  readonly owner: JobOwner;
  readonly groups: Groups;
  readonly files: ParquetStore;
  readonly duckdb: DuckDb;
  readonly compactor: Compactor;
  readonly importJobs: ImportJobs;
  readonly exportJobs: ExportJobs;
  readonly eraser: Eraser;
  readonly logger: Logger;
}

/**
 * Deletes users and items. One commit makes them invisible to every reader; then everything stored is written anew without
 * them, by one process at a time, again and again until it has gone through.
 */
export class DeletionJobs {
  readonly #parts: DeletionParts;
  readonly #records: JobRecords<DeletionJobDocument>;
  readonly #runner: JobRunner<DeletionJobDocument>;

  constructor(parts: DeletionParts) {
    this.#parts = parts;
    const { deletionJobs } = parts.store;
    const names = { kind: "data deletion job", listing: "ListDataDeletionJobs" };
    this.#records = new JobRecords(deletionJobs, parts.groups, names, parts.owner);
    this.#runner = new JobRunner(this.#records, new DeletionWork(parts, this.#records), parts.logger);
  }

  /** Deletes ids as far as readers care, and begins to remove them from everything stored. */
  async create(request: CreateDataDeletionJobRequest): Promise<DeletionJobDocument> {
    const ids = checked(request);
    const group = await this.#parts.groups.open(request.datasetGroup);
    await group.state.catchUp();
    const id = jobKey(group.state.logId, request.jobName);
    const found = await this.#records.findOrCreate(
      id,
      (existing) => isSame(existing, request, ids),
      () => this.#newJob(id, group, request, ids),
    );
    const job = found.job.at === 0 ? await this.#commit(group, found.job, ids) : found.job;
    if (!isOver(job)) this.#runner.submit(job);
    return job;
  }

  /** Returns a job. Throws `not_found`. */
  get(groupName: string, jobName: string): Promise<DeletionJobDocument> {
    return this.#records.get(groupName, jobName);
  }

  /** The jobs of a group, newest first. */
  list(groupName: string): Promise<DeletionJobDocument[]> {
    return this.#records.list(groupName);
  }

  /** Takes up deletions whose process is gone. */
  sweep(): Promise<void> {
    return this.#runner.sweep();
  }

  /** Ends the work; what is left is taken up by another process, or after the next start. */
  close(): Promise<void> {
    return this.#runner.close();
  }

  async #newJob(
    _id: string,
    group: Group,
    { jobName, kind }: CreateDataDeletionJobRequest,
    ids: readonly string[],
  ): Promise<DeletionJobDocument> {
    const { files, duckdb } = this.#parts;
    const salt = randomBytes(16).toString("hex");
    const isUsers = kind === DeletionKind.DELETION_KIND_USERS;
    const sessions = isUsers ? await findSessions(group.state, files, duckdb, ids) : [];
    const hashes = [...ids.map((id) => hashOfDeletedId(salt, id)), ...sessions.map((id) => hashOfSession(salt, id))];
    const now = Date.now();
    return {
      _id,
      logId: group.state.logId,
      group: group.name,
      jobName,
      kind,
      salt,
      hashes,
      ids: ids.length,
      status: RESOURCE_STATUS_CREATE_PENDING,
      failureReason: "",
      at: 0,
      committedAtMs: 0,
      removals: "[]",
      remains: await this.#remains(group, ids),
      createdAtMs: now,
      updatedAtMs: now,
    };
  }

  /** What a deletion does not reach. */
  async #remains(group: Group, ids: readonly string[]): Promise<string[]> {
    const { logId, manifest } = group.state;
    const exports = await guarded(this.#parts.store.exportJobs.find({ logId }).toArray());
    const away = exports.filter(({ destination, fileName }) => destination !== "" && fileName !== "");
    const filters = (manifest.filters ?? []).filter(({ versions }) =>
      versions.some(({ expression }) => ids.some((id) => expression.includes(`"${id}"`))),
    );
    return [
      ...away.map(
        (job) => `Export "${job.jobName}" was laid down at ${job.destination}, where the service changes nothing.`,
      ),
      ...filters.map(({ name }) => `Filter "${name}" names one of the ids in one of its versions.`),
    ];
  }

  /** Makes the commit as of which the ids are gone. */
  async #commit(group: Group, job: DeletionJobDocument, ids: readonly string[]): Promise<DeletionJobDocument> {
    const { state } = group;
    const isUsers = job.kind === DeletionKind.DELETION_KIND_USERS;
    const sessions = isUsers ? await findSessions(state, this.#parts.files, this.#parts.duckdb, ids) : [];
    const deletions = Deletions.create(isUsers ? { userIds: [...ids], sessionIds: sessions } : { itemIds: [...ids] });
    const hashes = [...job.hashes.slice(0, ids.length), ...sessions.map((id) => hashOfSession(job.salt, id))];
    let at = 0;
    const committedAtMs = state.nowMs;
    await group.queue.commitManifest((manifest, sequence) => {
      if (at !== 0) state.forgetDeletions(at);
      at = sequence;
      state.noteDeletions(sequence, deletions);
      const erasure: Erasure = {
        job: job.jobName,
        kind: job.kind,
        salt: job.salt,
        hashes,
        at: sequence,
        atMs: committedAtMs,
      };
      const others = (manifest.erasures ?? []).filter((other) => other.job !== job.jobName);
      return { ...manifest, erasures: [...others, erasure], lastErasure: { at: sequence, atMs: committedAtMs } };
    });
    setTimeout(() => state.forgetDeletions(at), TOLD_FOR_MS).unref();
    const change = { at, committedAtMs, hashes, status: RESOURCE_STATUS_CREATE_IN_PROGRESS, updatedAtMs: Date.now() };
    await this.#records.update(job._id, change);
    return { ...job, ...change };
  }
}

/** What is done once a deletion is committed. The deletions of a group are worked off together. */
class DeletionWork implements JobKind<DeletionJobDocument> {
  readonly name = "data deletion";
  readonly #parts: DeletionParts;
  readonly #records: JobRecords<DeletionJobDocument>;

  constructor(parts: DeletionParts, records: JobRecords<DeletionJobDocument>) {
    this.#parts = parts;
    this.#records = records;
  }

  queueOf({ logId }: DeletionJobDocument): string {
    return logId;
  }

  async run(job: DeletionJobDocument, { closing }: JobRun<DeletionJobDocument>): Promise<Partial<DeletionJobDocument>> {
    const group = await this.#parts.groups.open(job.group);
    const others = (await this.#records.ofGroup(job.logId)).filter(
      ({ _id, status, at }) => _id !== job._id && status === RESOURCE_STATUS_CREATE_IN_PROGRESS && at > 0,
    );
    const [removals, ...removalsOfOthers] = await this.#remove(group, [job, ...others], closing);
    for (const [i, { _id }] of others.entries()) await this.#records.update(_id, removedAll(removalsOfOthers[i]!));
    return removedAll(removals!);
  }

  /** A deletion is tried again until it has gone through: without heartbeats another process takes it up. */
  failed(job: DeletionJobDocument, thrown: unknown, reason: string | undefined): Partial<DeletionJobDocument> {
    if (thrown instanceof ServiceClosing) return { updatedAtMs: 0 }; // Whichever process comes next may begin at once.
    this.#parts.logger.warn({ group: job.group, err: thrown }, "deleted data could not be removed; trying on");
    return {
      failureReason: `The last attempt failed and is repeated: ${reason ?? "The service's log has the cause."}`,
    };
  }

  async abandoned(job: DeletionJobDocument): Promise<"again" | undefined> {
    if (job.status !== RESOURCE_STATUS_CREATE_IN_PROGRESS) return undefined;
    const group = await this.#parts.groups.open(job.group).catch(() => undefined);
    return group?.state.logId === job.logId ? "again" : undefined;
  }

  /** Removes what several deletions deleted from everything stored. Returns what that was for each of them. */
  async #remove(group: Group, jobs: readonly DeletionJobDocument[], closing: AbortSignal): Promise<Removal[][]> {
    const { compactor, eraser, logger } = this.#parts;
    const { state } = group;
    const started = Date.now();
    const newest = Math.max(...jobs.map(({ committedAtMs }) => committedAtMs));
    await compactor.settled(state.logId);
    await this.#jobsOver(state.logId, closing);
    await state.catchUp();
    const erasures = jobs.map(erasureOf);
    const tally = new RemovalTally(jobs.length);
    await eraser.eraseLog(group, erasures, tally);
    await eraser.eraseExports(group, erasures, tally);
    await eraser.eraseImports(group, erasures, tally);
    await eraser.eraseFiles(group, erasures, tally);
    const leftover = await eraser.purge(group, newest);
    tally.add(
      "leftover files",
      jobs.map(() => leftover),
    );
    await eraser.compactDatabase(group);
    logger.info({ group: group.name, jobs: jobs.length, ms: Date.now() - started }, "deleted data removed");
    return jobs.map((_, i) => tally.of(i));
  }

  /** Waits until none of the imports and exports is under way that are now: they might still bring the rows of what was deleted. */
  async #jobsOver(logId: string, closing: AbortSignal): Promise<void> {
    const { importJobs, exportJobs } = this.#parts;
    const open = async () => [...(await importJobs.open(logId)), ...(await exportJobs.open(logId))];
    const now = new Set(await open());
    while (now.size > 0 && (await open()).some((id) => now.has(id))) {
      if (closing.aborted) throw new ServiceClosing();
      await sleep(POLL_MS);
    }
  }
}

/** What is recorded of a deletion that has gone through. */
function removedAll(removals: readonly Removal[]): Partial<DeletionJobDocument> {
  return { status: RESOURCE_STATUS_ACTIVE, failureReason: "", removals: JSON.stringify(removals) };
}

/** Whether a job is the one asked for: it was for the same ids, of which it holds hashes. */
function isSame(
  { kind, salt, hashes, ids: count }: DeletionJobDocument,
  request: CreateDataDeletionJobRequest,
  ids: readonly string[],
): boolean {
  return kind === request.kind && count === ids.length && ids.every((id, i) => hashOfDeletedId(salt, id) === hashes[i]);
}

/** A deletion as manifests hold it. */
export function erasureOf({ jobName, kind, salt, hashes, at, committedAtMs }: DeletionJobDocument): Erasure {
  return { job: jobName, kind, salt, hashes, at, atMs: committedAtMs };
}

/** The ids of a request, each once. Throws `invalid_argument`. */
function checked({ jobName, kind, ids }: CreateDataDeletionJobRequest): string[] {
  checkName("job_name", jobName);
  if (kind !== DeletionKind.DELETION_KIND_USERS && kind !== DeletionKind.DELETION_KIND_ITEMS) {
    throw invalidArgument("kind is missing; say whether users or items are to be deleted.");
  }
  if (ids.length === 0 || ids.length > MAX_IDS) {
    throw invalidArgument(`ids has ${ids.length} entries; from 1 to ${MAX_IDS} are right.`);
  }
  const wrong = ids.findIndex((id) => idLengthProblem(id) !== undefined);
  if (wrong >= 0) {
    const [field, message] = [`ids[${wrong}]`, idLengthProblem(ids[wrong]!)!];
    throw invalidArgument(`${field} ${message}.`, [{ field, message }]);
  }
  return [...new Set(ids)];
}
