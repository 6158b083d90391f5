import { PalateError, type Logger } from "@palate/host";
import { ResourceStatus } from "@palate/proto/dataset";
import { instruments, measuredJob } from "@palate/telemetry";
import type { JobDocument, JobOwner } from "../storage/job-documents.js";
import { isOver, type JobRecords } from "./job-records.js";

/** Time between two heartbeats of a job that waits or runs; it also learns then whether it is to stop. */
const HEARTBEAT_MS = 2_000;

/** The signal's reason where somebody asked to stop a job. */
export class JobStopped extends PalateError {
  constructor() {
    super("cancelled", "The job was stopped.");
  }
}

/** Why a job was not begun, or not gone on with: the service stops. */
export class ServiceClosing extends PalateError {
  constructor() {
    super("unavailable", "The service is stopping; start the job again.");
  }
}

/** A job that runs. */
export interface JobRun<D> {
  /** Aborted with {@link JobStopped} when somebody asks to stop the job. */
  readonly signal: AbortSignal;
  /** Aborted when the service stops. A running job may go on to its end, which is waited for. */
  readonly closing: AbortSignal;
  /** Tells how far the job is; the store learns it with the next heartbeat. */
  report(progress: Partial<D>): void;
}

/** What is done in jobs of one kind. */
export interface JobKind<D extends JobDocument> {
  /** What such a job is called in the log, such as "import". */
  readonly name: string;
  /** Jobs with the same text wait for one another; without it all of the kind do. */
  queueOf?(job: D): string;
  /** Does a job. Returns what is recorded with its end, beside ACTIVE. */
  run(job: D, run: JobRun<D>): Promise<Partial<D>>;
  /**
   * Returns what is recorded of a job that failed.
   * @param reason what may be told of the failure; undefined for a fault of the service, which the log has
   */
  failed(job: D, thrown: unknown, reason: string | undefined): Partial<D>;
  /** Returns what is recorded of a job whose process is gone; "again" takes the job up, undefined leaves it as it is. */
  abandoned(job: D): Promise<Partial<D> | "again" | undefined>;
  /** Tidies up once the end of a job that went well is recorded. */
  finished?(job: D): Promise<void>;
}

/** Where jobs are kept. */
export type JobStore<D extends JobDocument> = Pick<JobRecords<D>, "find" | "update" | "abandoned" | "owner">;

/** A job that waits or runs in this process. */
interface ActiveJob<D> {
  readonly stop: AbortController;
  progress: Partial<D>;
  running: boolean;
  timer: NodeJS.Timeout | undefined;
  /** The heartbeat that is on its way. */
  heartbeat: Promise<void>;
}

/**
 * Runs the jobs of one kind, one after the other in each queue. As long as a job waits or runs here it has heartbeats, by
 * which other processes tell that it is not abandoned.
 */
export class JobRunner<D extends JobDocument> {
  readonly #store: JobStore<D>;
  readonly #kind: JobKind<D>;
  readonly #logger: Logger;
  readonly #heartbeatMs: number;
  readonly #active = new Map<string, ActiveJob<D>>();
  readonly #queues = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();
  /** What such jobs are called in metrics. */
  readonly #label: string;
  readonly #stopObserving: () => void;

  constructor(store: JobStore<D>, kind: JobKind<D>, logger: Logger, heartbeatMs: number = HEARTBEAT_MS) {
    this.#store = store;
    this.#kind = kind;
    this.#logger = logger;
    this.#heartbeatMs = heartbeatMs;
    this.#label = kind.name.replaceAll(" ", "_");
    this.#stopObserving = instruments.jobs.observe((tell) => {
      const active = [...this.#active.values()];
      const running = active.filter((one) => one.running).length;
      tell(running, this.#label, "running");
      tell(active.length - running, this.#label, "waiting");
    });
  }

  /** Runs a job after those before it in its queue, unless it waits or runs here already. */
  submit(job: D): void {
    if (this.#active.has(job._id)) return;
    const active: ActiveJob<D> = {
      stop: new AbortController(),
      progress: {},
      running: false,
      timer: undefined,
      heartbeat: Promise.resolve(),
    };
    this.#active.set(job._id, active);
    active.timer = setInterval(() => {
      active.heartbeat = active.heartbeat.then(() => this.#beat(job._id, active)).catch(() => {});
    }, this.#heartbeatMs);
    const queue = this.#kind.queueOf?.(job) ?? "";
    const done = (this.#queues.get(queue) ?? Promise.resolve())
      .then(() => this.#run(job, active))
      .finally(() => {
        clearInterval(active.timer);
        this.#active.delete(job._id);
        if (this.#queues.get(queue) === done) this.#queues.delete(queue);
      });
    this.#queues.set(queue, done);
  }

  /** A stored job with what this process knows of its progress, which the store learns a little later. */
  current(job: D): D {
    if (isOver(job)) return job;
    const stopping = job.stopRequested ? { status: ResourceStatus.RESOURCE_STATUS_CREATE_STOPPING } : {};
    return { ...job, ...this.#active.get(job._id)?.progress, ...stopping };
  }

  /** Asks a job to stop; one that another process runs stops with its next heartbeat. */
  async stop(id: string): Promise<void> {
    await this.#store.update(id, { stopRequested: true } as Partial<D>);
    this.#active.get(id)?.stop.abort(new JobStopped());
  }

  /** Sees to the jobs whose process is gone. */
  async sweep(): Promise<void> {
    for (const job of await this.#store.abandoned()) {
      if (this.#active.has(job._id)) continue; // Only its heartbeats did not get through.
      const change = await this.#kind.abandoned(job);
      if (change === "again") this.submit(job);
      else if (change) await this.#store.update(job._id, change);
    }
  }

  /** Waits for the jobs that run; those that have not begun fail. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#queues.values());
    this.#stopObserving();
  }

  async #beat(id: string, active: ActiveJob<D>): Promise<void> {
    await this.#store.update(id, active.progress);
    if ((await this.#store.find(id))?.stopRequested) active.stop.abort(new JobStopped());
  }

  /** Runs a job to its end. Never rejects. */
  async #run(job: D, active: ActiveJob<D>): Promise<void> {
    try {
      const { signal } = active.stop;
      const closing = this.#closing.signal;
      if (closing.aborted) throw new ServiceClosing();
      signal.throwIfAborted();
      const stored = await this.#store.find(job._id);
      if (stored === null || isOver(stored)) return; // Another process, or another job, was first.
      await this.#store.update(job._id, begun<D>(this.#store.owner));
      active.running = true;
      const report = (progress: Partial<D>) => void (active.progress = progress);
      const change = await measuredJob(
        this.#label,
        { "palate.dataset_group": job.group, "palate.job": job.jobName },
        () => this.#kind.run(stored, { signal, closing, report }),
        () => "ok",
        (thrown) => (thrown instanceof JobStopped ? "stopped" : "failed"),
      );
      await this.#finish(job._id, { ...ended<D>(), ...change });
    } catch (thrown) {
      await this.#fail(job, thrown);
      return;
    }
    await this.#kind.finished?.(job).catch((error: unknown) => {
      this.#logger.warn({ group: job.group, job: job.jobName, err: error }, `${this.#kind.name} left something behind`);
    });
  }

  async #fail(job: D, thrown: unknown): Promise<void> {
    const { name } = this.#kind;
    const about = { group: job.group, job: job.jobName };
    const reason = thrown instanceof PalateError && thrown.code !== "internal" ? thrown.message : undefined;
    if (thrown instanceof JobStopped) this.#logger.info(about, `${name} stopped`);
    else if (reason === undefined) this.#logger.error({ ...about, err: thrown }, `${name} failed`);
    try {
      await this.#finish(job._id, this.#kind.failed(job, thrown, reason));
    } catch (error) {
      this.#logger.error({ ...about, err: error }, `could not record that the ${name} failed`);
    }
  }

  /** Records the end of a job; from then on its progress is what the store says. */
  async #finish(id: string, change: Partial<D>): Promise<void> {
    const active = this.#active.get(id);
    clearInterval(active?.timer);
    await active?.heartbeat; // Or it might be written behind the end.
    await this.#store.update(id, change);
    this.#active.delete(id);
  }
}

function begun<D extends JobDocument>(owner: JobOwner): Partial<D> {
  return { status: ResourceStatus.RESOURCE_STATUS_CREATE_IN_PROGRESS, owner } as Partial<D>;
}

function ended<D extends JobDocument>(): Partial<D> {
  return { status: ResourceStatus.RESOURCE_STATUS_ACTIVE } as Partial<D>;
}
