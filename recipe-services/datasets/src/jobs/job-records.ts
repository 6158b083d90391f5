import { alreadyExists, Heartbeats, notFound } from "@palate/host";
import { ResourceStatus } from "@palate/proto/dataset";
import { isDuplicateKey } from "@palate/store";
import type { Collection, Filter, OptionalUnlessRequiredId, UpdateFilter } from "mongodb";
import type { JobDocument, JobOwner } from "../storage/job-documents.js";
import type { SealedFields } from "../storage/sealed/sealed-fields.js";
import { guarded } from "../storage/store.js";
import type { Groups } from "../group/groups.js";
import { isEarlierRun } from "./job-owner.js";

/** A job that waits or runs and whose heartbeat was not seen to change for this long has lost its process. */
const DEAD_MS = 30_000;

const OVER: readonly ResourceStatus[] = [
  ResourceStatus.RESOURCE_STATUS_ACTIVE,
  ResourceStatus.RESOURCE_STATUS_CREATE_FAILED,
  ResourceStatus.RESOURCE_STATUS_CREATE_STOPPED,
];

/** Key of a job. */
export function jobKey(logId: string, jobName: string): string {
  return `${logId}|${jobName}`;
}

/** Whether a job has come to its end, of whatever kind. */
export function isOver({ status }: Pick<JobDocument, "status">): boolean {
  return OVER.includes(status);
}

/** Sorts jobs by age, and by name within a millisecond. */
export function jobOrder({ createdAtMs, jobName }: JobDocument): string {
  return `${String(createdAtMs).padStart(15, "0")}|${jobName}`;
}

/** Names of a kind of job, for messages. */
export interface JobNames {
  /** What such a job is called. */
  readonly kind: string;
  /** The call that lists them. */
  readonly listing: string;
}

/** The jobs of one kind as they are stored. Everything throws `unavailable` when the store does not answer. */
export class JobRecords<D extends JobDocument> {
  readonly #collection: Collection<D>;
  readonly #groups: Groups;
  readonly #kind: string;
  readonly #listing: string;
  readonly #sealed: SealedFields<D> | undefined;
  readonly #heartbeats = new Heartbeats();
  /** This process. */
  readonly owner: JobOwner;

  /**
   * @param owner this process
   * @param sealed encrypts what in jobs quotes the data; nothing unless given
   */
  constructor(
    collection: Collection<D>,
    groups: Groups,
    { kind, listing }: JobNames,
    owner: JobOwner,
    sealed?: SealedFields<D>,
  ) {
    this.owner = owner;
    this.#collection = collection;
    this.#groups = groups;
    this.#kind = kind;
    this.#listing = listing;
    this.#sealed = sealed;
  }

  /** The job with a key, or null. */
  async find(id: string): Promise<D | null> {
    const found = (await guarded(this.#collection.findOne(withId<D>(id)))) as D | null;
    return found && this.#opened(found);
  }

  /** A job by its name. Throws `not_found`. */
  async get(groupName: string, jobName: string): Promise<D> {
    const { logId } = await this.#groups.get(groupName);
    const job = await this.find(jobKey(logId, jobName));
    if (job) return job;
    throw notFound(this.#kind, jobName, `See ${this.#listing} of "${groupName}" for its name.`);
  }

  /** The jobs of a group, newest first. */
  async list(groupName: string): Promise<D[]> {
    const { logId } = await this.#groups.get(groupName);
    const jobs = await this.ofGroup(logId);
    return jobs.sort((a, b) => (jobOrder(a) < jobOrder(b) ? 1 : -1));
  }

  /** The jobs of a group in any order. */
  async ofGroup(logId: string): Promise<D[]> {
    const jobs = (await guarded(this.#collection.find({ logId } as Filter<D>).toArray())) as D[];
    return Promise.all(jobs.map((job) => this.#opened(job)));
  }

  /**
   * The job with a key, made and stored when there is none yet: so a caller may send a request again.
   * @param isSame whether a job that exists is the one asked for
   * @param make makes the job
   * @throws PalateError `already_exists` when another job has the name
   */
  async findOrCreate(
    id: string,
    isSame: (existing: D) => boolean,
    make: () => Promise<D>,
  ): Promise<{ readonly job: D; readonly isNew: boolean }> {
    for (;;) {
      const existing = await this.find(id);
      if (existing !== null) {
        if (!isSame(existing)) throw alreadyExists(this.#kind, existing.jobName);
        return { job: existing, isNew: false };
      }
      const job = await make();
      if (await this.#insert(job)) return { job, isNew: true };
    }
  }

  /** Stores a new job; false when there is one of its name. */
  async #insert(job: D): Promise<boolean> {
    try {
      const owned = { ...job, owner: this.owner };
      const stored = this.#sealed ? await this.#sealed.seal(job, owned) : owned;
      await guarded(this.#collection.insertOne(stored as unknown as OptionalUnlessRequiredId<D>));
      return true;
    } catch (thrown) {
      if (isDuplicateKey(thrown)) return false;
      throw thrown;
    }
  }

  /** Changes a job; that counts as a heartbeat, too. */
  async update(id: string, change: Partial<D>): Promise<void> {
    const logId = id.slice(0, id.indexOf("|"));
    const stored = this.#sealed ? await this.#sealed.seal({ _id: id, logId }, change) : change;
    const $set = { updatedAtMs: Date.now(), ...stored };
    await guarded(this.#collection.updateOne(withId<D>(id), { $set } as unknown as UpdateFilter<D>));
  }

  /** Ids of the jobs of a group that are not over. */
  async open(logId: string): Promise<string[]> {
    return (await this.ofGroup(logId)).filter((job) => !isOver(job)).map(({ _id }) => _id);
  }

  /**
   * The jobs that are not over and whose process is gone: known at once of one that used this process's folder before, else after the
   * jobs' heartbeats were seen not to change for some calls.
   */
  async abandoned(): Promise<D[]> {
    const jobs = (await guarded(this.#collection.find({}).toArray())) as D[];
    const open = jobs.filter((job) => !isOver(job));
    this.#heartbeats.keepOnly(new Set(open.map(({ _id }) => _id)));
    const dead = open.filter(({ _id, owner, updatedAtMs }) => {
      const silentMs = this.#heartbeats.silentMs(_id, updatedAtMs);
      return updatedAtMs === 0 || isEarlierRun(owner, this.owner) || silentMs >= DEAD_MS;
    });
    return Promise.all(dead.map((job) => this.#opened(job)));
  }

  async #opened(job: D): Promise<D> {
    return this.#sealed ? this.#sealed.open(job) : job;
  }
}

function withId<D>(id: string): Filter<D> {
  return { _id: id } as Filter<D>;
}
