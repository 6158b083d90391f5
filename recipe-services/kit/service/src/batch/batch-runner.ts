import { cut, failedPrecondition, Heartbeats, notFound, PalateError, toPalateError, type Logger } from "@palate/host";
import type { BatchJobDocument, BatchProgressDocument, Catalog } from "@palate/store";
import { instruments, JobPhases, measuredJob, type JobOutcome } from "@palate/telemetry";
import { setImmediate as turn } from "node:timers/promises";
import { ExclusionMask } from "../serving/exclusion-mask.js";
import type { LoadedModel, ServingHub } from "../serving/serving-hub.js";
import { batchAnswer, type BatchOutput } from "./batch-answer.js";
import { batchKind, batchRequest } from "./batch-line.js";
import { populationOf } from "./batch-population.js";
import { templateOf } from "./batch-records.js";
import type { BatchStore } from "./batch-store.js";

/** Milliseconds of work before live requests get their turn. */
const SLICE_MS = 2;
/** Lines and bytes after which a part of the output is stored: the most that is answered again after a crash. */
const PART_LINES = 5_000;
const PART_BYTES = 4 * 1024 * 1024;
const HEARTBEAT_MS = 1_000;
/** What metrics call batch jobs. */
const JOB = "batch";
/** A runner whose heartbeat was not seen to change for this long counts as dead. */
const DEAD_AFTER_MS = 5_000;

/** The answer to a line, before it is written. */
interface Answered {
  readonly output: BatchOutput | null;
  readonly error: string | null;
}

/** A part of the output, before it is stored. */
interface Part {
  readonly content: Uint8Array;
  readonly lines: number;
  readonly failed: number;
  /** What is wrong with the first line that could not be answered. */
  readonly problem: string | undefined;
  readonly seconds: number;
}

/** Why a job failed of which no line could be answered; the output says it of each. */
function nothingAnswered(lines: number, problem: string | undefined): string {
  const first = problem === undefined ? "the output says why" : `the first: ${cut(problem, 500)}`;
  return `None of the ${lines} ${lines === 1 ? "line" : "lines"} could be answered; ${first}`;
}

/**
 * Runs batch jobs, one at a time, in the process that answers live requests and with the same model and replica, in
 * slices so short that live requests are hardly delayed. A job that a crash cut short resumes after the last stored part. Several
 * processes may share the work: a claim is an insert.
 */
export class BatchRunner {
  readonly #catalog: Catalog;
  readonly #store: BatchStore;
  readonly #hub: ServingHub;
  readonly #logger: Logger;
  readonly #mask = new ExclusionMask();
  #running: { readonly key: string; readonly stop: AbortController; readonly done: Promise<void> } | undefined;
  readonly #heartbeats = new Heartbeats();
  #closed = false;

  constructor(catalog: Catalog, store: BatchStore, hub: ServingHub, logger: Logger) {
    this.#catalog = catalog;
    this.#store = store;
    this.#hub = hub;
    this.#logger = logger;
  }

  /** Starts the oldest job that is not running anywhere, unless one is running here. */
  async sync(): Promise<void> {
    if (this.#closed || this.#running !== undefined) return;
    const open = [...this.#catalog.batchJobs.values()].filter((job) => !this.#catalog.batchResults.has(job._id));
    open.sort((a, b) => a.createdAt - b.createdAt);
    this.#heartbeats.keepOnly(new Set(open.map(({ _id }) => _id)));
    for (const job of open) {
      const progress = await this.#catalog.readBatchProgress(job._id);
      if (progress !== null && this.#heartbeats.silentMs(job._id, progress.reportedAt) < DEAD_AFTER_MS) continue;
      const epoch = (progress?.epoch ?? 0) + 1;
      if (!(await this.#catalog.claimAttempt(`batch|${job._id}`, epoch))) continue;
      const stop = new AbortController();
      const done = this.#measured(job, epoch, progress, stop.signal).finally(() => (this.#running = undefined));
      this.#running = { key: job._id, stop, done };
      return;
    }
  }

  /** Stops a job; it ends as CREATE STOPPED, keeping its output. */
  async stop(job: BatchJobDocument): Promise<void> {
    if (this.#catalog.batchResults.has(job._id)) return;
    const progress = await this.#catalog.readBatchProgress(job._id);
    await this.#end(job, progress, "CREATE STOPPED", "");
    if (this.#running?.key !== job._id) return;
    this.#running.stop.abort();
    await this.#running.done;
  }

  /** Stops the job that runs; it resumes when a service is started again. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#running?.stop.abort();
    await this.#running?.done;
  }

  /** Tells of the jobs that wait and run, whenever metrics are read, until the returned function is called. */
  observe(): () => void {
    return instruments.jobs.observe((tell) => {
      const open = [...this.#catalog.batchJobs.keys()].filter((key) => !this.#catalog.batchResults.has(key));
      const running = this.#running === undefined ? 0 : 1;
      tell(running, JOB, "running");
      tell(open.filter((key) => key !== this.#running?.key).length, JOB, "waiting");
    });
  }

  async #measured(
    job: BatchJobDocument,
    epoch: number,
    before: BatchProgressDocument | null,
    signal: AbortSignal,
  ): Promise<void> {
    const { datasetGroup, name, solution, recipe } = job;
    const names = { "palate.dataset_group": datasetGroup, "palate.solution": solution, "palate.recipe": recipe };
    const phases = new JobPhases(JOB);
    await measuredJob(
      JOB,
      { ...names, "palate.job": name },
      () => this.#run(job, epoch, before, { signal, phases }).finally(() => phases.end()),
      (outcome) => outcome,
    );
  }

  /** Runs a job as far as it gets; never rejects. */
  async #run(
    job: BatchJobDocument,
    epoch: number,
    before: BatchProgressDocument | null,
    { signal, phases }: { readonly signal: AbortSignal; readonly phases: JobPhases },
  ): Promise<JobOutcome> {
    let progress: BatchProgressDocument = {
      ...(before ?? { _id: job._id, lines: 0, done: 0, failed: 0, parts: 0, outputBytes: 0, seconds: 0 }),
      epoch,
      reportedAt: Date.now(),
    };
    const write = (): Promise<void> => this.#catalog.writeBatchProgress({ ...progress, reportedAt: Date.now() });
    const heartbeat = setInterval(() => void write().catch(() => undefined), HEARTBEAT_MS);
    let release = (): void => undefined;
    try {
      phases.enter("preparing");
      await write();
      const version = this.#catalog.versions.get(job.versionKey);
      if (version === undefined) throw notFound("solution version", job.versionKey);
      const lease = await this.#hub.lease(version, signal);
      release = lease.release;
      await this.#prepare(job, lease.loaded);
      if (progress.lines === 0) {
        let lines = 0;
        for await (const _ of this.#store.lines(job._id)) lines++;
        progress = { ...progress, lines };
        await write();
      }
      phases.enter("answering");
      let problem: string | undefined;
      for await (const part of this.#parts(job, lease.loaded, progress, signal)) {
        problem ??= part.problem;
        await this.#store.writePart(job._id, progress.parts + 1, part.content);
        progress = {
          ...progress,
          parts: progress.parts + 1,
          done: progress.done + part.lines,
          failed: progress.failed + part.failed,
          outputBytes: progress.outputBytes + part.content.length,
          seconds: progress.seconds + part.seconds,
        };
        await write();
      }
      const { lines, failed } = progress;
      const answered = lines === 0 || failed < lines;
      if (answered) await this.#end(job, progress, "ACTIVE", "");
      else await this.#end(job, progress, "CREATE FAILED", nothingAnswered(lines, problem));
      return answered ? "ok" : "failed";
    } catch (error) {
      if (signal.aborted) return "stopped";
      const { code, message } = toPalateError(error);
      this.#logger.error({ err: error, job: job._id }, "batch job failed");
      // What is unreachable comes back: the job is resumed when its last heartbeat is old enough.
      if (code === "unavailable") return "stopped";
      await this.#end(job, progress, "CREATE FAILED", message).catch((err: unknown) =>
        this.#logger.error({ err, job: job._id }, "the end of a batch job could not be recorded"),
      );
      return "failed";
    } finally {
      clearInterval(heartbeat);
      release();
    }
  }

  /** For a job without input: stores one line for everything that the recipe can be asked about. */
  async #prepare(job: BatchJobDocument, loaded: LoadedModel): Promise<void> {
    if (await this.#store.hasInput(job._id)) return;
    const population = populationOf(loaded);
    if (population === undefined)
      throw failedPrecondition(`${job.recipe} needs an input: what it is asked by cannot be listed.`);
    await this.#store.writeInput(job._id, population);
  }

  /** The output that is not stored yet, in parts. */
  async *#parts(
    job: BatchJobDocument,
    loaded: LoadedModel,
    { done }: BatchProgressDocument,
    signal: AbortSignal,
  ): AsyncGenerator<Part> {
    const template = templateOf(job);
    const kind = batchKind(loaded.descriptor);
    const now = Math.floor(job.createdAt / 1000);
    let skipped = 0;
    let chunks: string[] = [];
    let [lines, failed, characters] = [0, 0, 0];
    let problem: string | undefined;
    let started = performance.now();
    let sliceEnd = started + SLICE_MS;
    const part = () => {
      const content = Buffer.from(chunks.join(""), "utf8");
      const finished = { content, lines, failed, problem, seconds: (performance.now() - started) / 1000 };
      chunks = [];
      [lines, failed, characters, started] = [0, 0, 0, performance.now()];
      return finished;
    };
    for await (const text of this.#store.lines(job._id)) {
      if (skipped < done) {
        skipped++;
        continue;
      }
      signal.throwIfAborted();
      let answered: Answered;
      try {
        const asked = batchRequest(text, kind, template, job.datasetGroup);
        const output = await batchAnswer(asked, loaded, { mask: this.#mask, now, signal });
        answered = { output, error: null };
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof PalateError) || error.code === "internal" || error.code === "unavailable") throw error;
        failed++;
        problem ??= error.message;
        answered = { output: null, error: error.message };
      }
      const line = `{"input":${inputOf(text)},"output":${JSON.stringify(answered.output)},"error":${JSON.stringify(answered.error)}}\n`;
      chunks.push(line);
      characters += line.length;
      lines++;
      if (lines >= PART_LINES || characters >= PART_BYTES) yield part();
      if (performance.now() >= sliceEnd) {
        await turn();
        sliceEnd = performance.now() + SLICE_MS;
      }
    }
    if (lines > 0) yield part();
  }

  async #end(
    job: BatchJobDocument,
    progress: BatchProgressDocument | null,
    outcome: "ACTIVE" | "CREATE FAILED" | "CREATE STOPPED",
    failureReason: string,
  ): Promise<void> {
    const { lines = 0, done = 0, failed = 0, parts = 0, outputBytes = 0, seconds = 0 } = progress ?? {};
    const counts = { lines, done, failed, parts, outputBytes, seconds };
    await this.#catalog.insert("batchResults", {
      _id: job._id,
      outcome,
      failureReason,
      ...counts,
      createdAt: Date.now(),
    });
  }
}

/** The line as it was given, or as a JSON string when it is not valid JSON. */
function inputOf(text: string): string {
  try {
    JSON.parse(text);
    return text.trim();
  } catch {
    return JSON.stringify(text);
  }
}
