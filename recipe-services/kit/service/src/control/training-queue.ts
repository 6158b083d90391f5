import { Heartbeats, type Logger } from "@palate/host";
import type { Catalog, VersionDocument } from "@palate/store";
import { instruments, measuredJob } from "@palate/telemetry";
import type { TrainingExit, TrainingLauncher } from "../training/job.js";

/** A trainer whose heartbeat was not seen to change for this long counts as dead. */
const DEAD_AFTER_MS = 15_000;
const MAX_ATTEMPTS = 3;
/** What metrics call trainings. */
const JOB = "training";

/**
 * Trains every version that was asked for to its end: starts trainers, a few at a time, and restarts those that a crash
 * or restart left unfinished. Claims are inserts, so several replicas of a service share the work.
 */
export class TrainingQueue {
  readonly #catalog: Catalog;
  readonly #launcher: TrainingLauncher;
  readonly #maxRunning: number;
  readonly #logger: Logger;
  readonly #running = new Map<string, Promise<void>>();
  readonly #stopping = new Set<string>();
  /** Versions whose trainer was seen to die: they are started again without waiting for a heartbeat to be overdue. */
  readonly #orphaned = new Set<string>();
  readonly #heartbeats = new Heartbeats();
  #closed = false;
  /** The sync under way; two at once would both find the same version open and train it twice. */
  #syncing: Promise<void> = Promise.resolve();

  /** @param maxRunning most trainings that run at the same time */
  constructor(catalog: Catalog, launcher: TrainingLauncher, maxRunning: number, logger: Logger) {
    this.#catalog = catalog;
    this.#launcher = launcher;
    this.#maxRunning = maxRunning;
    this.#logger = logger;
  }

  /** Tells of the trainings that wait and run, whenever metrics are read, until the returned function is called. */
  observe(): () => void {
    return instruments.jobs.observe((tell) => {
      const open = [...this.#catalog.versions.keys()].filter((key) => !this.#catalog.results.has(key));
      tell(this.#running.size, JOB, "running");
      tell(open.filter((key) => !this.#running.has(key)).length, JOB, "waiting");
    });
  }

  /** Whether a version was asked to stop and has not ended. */
  isStopping(key: string): boolean {
    return this.#stopping.has(key);
  }

  /** Starts trainers for versions that have none, oldest first. */
  sync(): Promise<void> {
    const done = this.#syncing.then(() => this.#startOpen());
    this.#syncing = done.catch(() => {});
    return done;
  }

  async #startOpen(): Promise<void> {
    const open = [...this.#catalog.versions.values()].filter(
      (version) => !this.#catalog.results.has(version._id) && !this.#running.has(version._id),
    );
    open.sort((a, b) => a.createdAt - b.createdAt);
    this.#heartbeats.keepOnly(new Set(open.map(({ _id }) => _id)));
    for (const version of open) {
      if (this.#closed || this.#running.size >= this.#maxRunning) return;
      const progress = await this.#catalog.readProgress(version._id);
      const alive = progress !== null && this.#heartbeats.silentMs(version._id, progress.reportedAt) < DEAD_AFTER_MS;
      if (alive && !this.#orphaned.delete(version._id)) continue;
      await this.#start(version);
    }
  }

  /** Stops a training; it ends as CREATE STOPPED, keeping the checkpoints it has stored. */
  async stop(version: VersionDocument): Promise<void> {
    if (this.#catalog.results.has(version._id)) return;
    this.#stopping.add(version._id);
    const running = this.#running.get(version._id);
    if (running === undefined) {
      await this.#end(version, "CREATE STOPPED", "");
      return;
    }
    this.#launcher.stop(version);
  }

  /** Stops trainers; they are started again when the service is. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#launcher.close();
    await Promise.all(this.#running.values());
  }

  async #start(version: VersionDocument): Promise<void> {
    const key = version._id;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      if (!(await this.#catalog.claimAttempt(key, attempt))) continue;
      this.#logger.info({ version: key, attempt }, "training starts");
      this.#running.set(
        key,
        this.#run(version).finally(() => this.#running.delete(key)),
      );
      return;
    }
    await this.#end(
      version,
      "CREATE FAILED",
      `The training was started ${MAX_ATTEMPTS} times and died each time; the service's log has the causes.`,
    );
  }

  async #run(version: VersionDocument): Promise<void> {
    const exit = await this.#measuredTraining(version);
    try {
      await this.#catalog.refresh();
      if (this.#catalog.results.has(version._id)) return;
      if (this.#stopping.has(version._id)) await this.#end(version, "CREATE STOPPED", "");
      else if (exit.killed) this.#orphaned.add(version._id);
      else if (!this.#closed && !exit.ok) await this.#end(version, "CREATE FAILED", exit.reason);
    } catch (error) {
      this.#logger.error({ err: error, version: version._id }, "the end of a training could not be recorded");
    } finally {
      this.#stopping.delete(version._id);
    }
  }

  #measuredTraining(version: VersionDocument): Promise<TrainingExit> {
    const { datasetGroup, solution, versionId, recipe } = version;
    const names = { "palate.dataset_group": datasetGroup, "palate.solution": solution, "palate.recipe": recipe };
    return measuredJob(
      JOB,
      { ...names, "palate.solution_version": versionId },
      () => this.#launcher.launch(version),
      ({ ok }) => (ok ? "ok" : this.#stopping.has(version._id) || this.#closed ? "stopped" : "failed"),
    );
  }

  async #end(
    version: VersionDocument,
    outcome: "CREATE FAILED" | "CREATE STOPPED",
    failureReason: string,
  ): Promise<void> {
    const progress = await this.#catalog.readProgress(version._id);
    await this.#catalog.insert("results", {
      _id: version._id,
      outcome,
      failureReason,
      backend: "",
      seconds: Math.max(0, Date.now() - version.createdAt) / 1000,
      statistics: progress?.statistics ?? { users: 0, items: 0, interactions: 0, cursor: "" },
      createdAt: Date.now(),
    });
    this.#stopping.delete(version._id);
  }
}
