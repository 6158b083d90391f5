import { hashOfDeletedId, alreadyExists, invalidArgument, PalateError, type Logger } from "@palate/host";
import { DeletionKind, Deletions, ResourceStatus, type CreateDataDeletionJobRequest } from "@palate/proto/dataset";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExportJobs } from "../exports/export-jobs.js";
import type { Compactor } from "../group/compaction.js";
import type { Group, Groups } from "../group/groups.js";
import { jobKey, JobRecords } from "../group/job-records.js";
import type { ImportJobs } from "../imports/import-jobs.js";
import { MAX_ID_LENGTH } from "../schema/dataset-types.js";
import type { Erasure } from "../schema/manifest.js";
import { checkName } from "../schema/names.js";
import type { DuckDb } from "../storage/duckdb.js";
import { hashOfSession } from "../storage/erased-ids.js";
import type { ParquetStore } from "../storage/parquet-store.js";
import { guarded, type DeletionJobDocument, type Store } from "../storage/store.js";
import { RemovalTally, type Eraser, type Removal } from "./eraser.js";
import { findSessions } from "./find-sessions.js";

/** Most ids of one job. */
const MAX_IDS = 10_000;

/** How often a process that works on deletions gives a sign of life. */
const ALIVE_MS = 5_000;

/** Time after which followers that were not told of a deletion get a snapshot instead. */
const REMEMBERED_MS = 60_000;

/** How often it is looked whether jobs that began before a deletion are over. */
const POLL_MS = 250;

const { RESOURCE_STATUS_ACTIVE, RESOURCE_STATUS_CREATE_IN_PROGRESS, RESOURCE_STATUS_CREATE_PENDING } = ResourceStatus;

/** What deletions work with. */
export interface DeletionParts {
  readonly store: Store;
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
  readonly #running = new Map<string, Promise<void>>();
  #closing = false;

  constructor(parts: DeletionParts) {
    this.#parts = parts;
    const { deletionJobs } = parts.store;
    this.#records = new JobRecords(deletionJobs, parts.groups, "data deletion job", "ListDataDeletionJobs");
  }

  /** Deletes ids as far as readers care, and begins to remove them from everything stored. */
  async create(request: CreateDataDeletionJobRequest): Promise<DeletionJobDocument> {
    const ids = checked(request);
    const group = await this.#parts.groups.open(request.datasetGroup);
    await group.state.catchUp();
    const id = jobKey(group.state.logId, request.jobName);
    let job = await this.#records.find(id);
    if (job === null) {
      job = await this.#newJob(id, group, request, ids);
      if (!(await this.#records.insert(job))) job = await this.get(request.datasetGroup, request.jobName);
    }
    const { salt, hashes, kind } = job;
    const same =
      kind === request.kind && job.ids === ids.length && ids.every((id, i) => hashOfDeletedId(salt, id) === hashes[i]);
    if (!same) throw alreadyExists("data deletion job", request.jobName);
    if (job.at === 0) job = await this.#commit(group, job, ids);
    this.#work(group);
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
  async sweep(): Promise<void> {
    for (const job of await this.#records.abandoned()) {
      if (job.status !== RESOURCE_STATUS_CREATE_IN_PROGRESS) continue;
      const group = await this.#parts.groups.open(job.group).catch(() => undefined);
      if (group?.state.logId === job.logId) this.#work(group);
    }
  }

  /** Ends the work; what is left is taken up after the next start. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#running.values());
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
    const committedAtMs = Date.now();
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
    setTimeout(() => state.forgetDeletions(at), REMEMBERED_MS).unref();
    const change = { at, committedAtMs, hashes, status: RESOURCE_STATUS_CREATE_IN_PROGRESS, updatedAtMs: Date.now() };
    await this.#records.update(job._id, change);
    return { ...job, ...change };
  }

  /** Works off a group's deletions in the background. */
  #work(group: Group): void {
    const { logId } = group.state;
    if (this.#closing || this.#running.has(logId)) return;
    const done = this.#workOff(group)
      .catch((thrown: unknown) => {
        this.#parts.logger.warn({ group: group.name, err: thrown }, "deleted data could not be removed; trying on");
        const reason = thrown instanceof PalateError ? thrown.message : "The service's log has the cause.";
        return this.#alive(logId, `The last attempt failed and is repeated: ${reason}`).catch(() => undefined);
      })
      .then(() => (this.#closing ? this.#handOver(logId) : undefined))
      .finally(() => this.#running.delete(logId));
    this.#running.set(logId, done);
  }

  async #workOff(group: Group): Promise<void> {
    const { logId } = group.state;
    const alive = setInterval(() => void this.#alive(logId).catch(() => undefined), ALIVE_MS);
    try {
      for (;;) {
        const jobs = (await this.#open(logId)).filter(({ at }) => at > 0);
        if (jobs.length === 0 || this.#closing) return;
        await this.#remove(group, jobs);
      }
    } finally {
      clearInterval(alive);
    }
  }

  /** Removes what several deletions deleted from everything stored, and records what that was. */
  async #remove(group: Group, jobs: readonly DeletionJobDocument[]): Promise<void> {
    const { compactor, eraser, logger } = this.#parts;
    const { state } = group;
    const started = Date.now();
    const newest = Math.max(...jobs.map(({ committedAtMs }) => committedAtMs));
    await compactor.settled(state.logId);
    await this.#jobsOver(state.logId, newest);
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
    for (const [i, job] of jobs.entries()) {
      const removals = JSON.stringify(tally.of(i) satisfies Removal[]);
      await this.#records.update(job._id, { status: RESOURCE_STATUS_ACTIVE, failureReason: "", removals });
    }
    logger.info({ group: group.name, jobs: jobs.length, ms: Date.now() - started }, "deleted data removed");
  }

  /** Waits until no import or export is under way that began before the deletions: it might still bring their rows. */
  async #jobsOver(logId: string, committedAtMs: number): Promise<void> {
    const { importJobs, exportJobs } = this.#parts;
    while ((await importJobs.areRunning(logId, committedAtMs)) || (await exportJobs.areRunning(logId, committedAtMs))) {
      if (this.#closing) throw new PalateError("unavailable", "The service is stopping; the deletion goes on later.");
      await sleep(POLL_MS);
    }
  }

  /** The deletions of a group that are not over. */
  async #open(logId: string): Promise<DeletionJobDocument[]> {
    return (await this.#records.ofGroup(logId)).filter(({ status }) => status === RESOURCE_STATUS_CREATE_IN_PROGRESS);
  }

  /** Leaves what is not done to whichever process comes next, at once. */
  async #handOver(logId: string): Promise<void> {
    for (const { _id } of await this.#open(logId).catch(() => [])) {
      await this.#records.update(_id, { updatedAtMs: 0 }).catch(() => undefined);
    }
  }

  async #alive(logId: string, failureReason?: string): Promise<void> {
    for (const { _id } of await this.#open(logId)) {
      await this.#records.update(_id, failureReason === undefined ? {} : { failureReason });
    }
  }
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
  const wrong = ids.findIndex((id) => id === "" || id.length > MAX_ID_LENGTH);
  if (wrong >= 0) {
    const problem = ids[wrong] === "" ? "is empty" : `has ${ids[wrong]!.length} characters`;
    throw invalidArgument(`ids[${wrong}] ${problem}; 1 to ${MAX_ID_LENGTH} are right.`);
  }
  return [...new Set(ids)];
}
