import { createLogger, invalidArgument } from "@palate/host";
import { ResourceStatus } from "@palate/proto/dataset";
import { afterEach, expect, test, vi } from "vitest";
import type { JobDocument } from "../storage/job-documents.js";
import { isOver } from "./job-records.js";
import { JobRunner, JobStopped, ServiceClosing, type JobKind, type JobRun, type JobStore } from "./job-runner.js";

interface TestJob extends JobDocument {
  readonly progress: number;
}

const {
  RESOURCE_STATUS_ACTIVE,
  RESOURCE_STATUS_CREATE_PENDING,
  RESOURCE_STATUS_CREATE_IN_PROGRESS,
  RESOURCE_STATUS_CREATE_STOPPED,
  RESOURCE_STATUS_CREATE_STOPPING,
  RESOURCE_STATUS_CREATE_FAILED,
} = ResourceStatus;

/** Jobs in memory. A job counts as abandoned when it is not over. */
class MemoryJobs implements JobStore<TestJob> {
  readonly jobs = new Map<string, TestJob>();
  readonly owner = { folder: "folder", run: "run" };
  /** How often each job was changed. */
  readonly updates = new Map<string, number>();

  add(name: string): TestJob {
    const job: TestJob = {
      ...{ _id: name, logId: "log", group: "group", jobName: name, progress: 0, failureReason: "" },
      ...{ status: RESOURCE_STATUS_CREATE_PENDING, createdAtMs: 1, updatedAtMs: 1 },
    };
    this.jobs.set(name, job);
    return job;
  }
  async find(id: string): Promise<TestJob | null> {
    return this.jobs.get(id) ?? null;
  }
  async update(id: string, change: Partial<TestJob>): Promise<void> {
    this.jobs.set(id, { ...this.jobs.get(id)!, ...change });
    this.updates.set(id, (this.updates.get(id) ?? 0) + 1);
  }
  async abandoned(): Promise<TestJob[]> {
    return [...this.jobs.values()].filter((job) => !isOver(job));
  }
}

/** Jobs whose end the test decides on. */
class TestKind implements JobKind<TestJob> {
  readonly name = "test job";
  readonly running = new Map<string, { run: JobRun<TestJob>; end: () => void; fail: (error: unknown) => void }>();
  readonly begun: string[] = [];
  readonly tidied: string[] = [];

  queueOf({ jobName }: TestJob): string {
    return jobName[0]!;
  }
  run({ jobName }: TestJob, run: JobRun<TestJob>): Promise<Partial<TestJob>> {
    this.begun.push(jobName);
    return new Promise((resolve, reject) => {
      this.running.set(jobName, { run, end: () => resolve({ progress: 1 }), fail: reject });
      run.signal.addEventListener("abort", () => reject(run.signal.reason as Error));
    });
  }
  failed(_job: TestJob, thrown: unknown, reason: string | undefined): Partial<TestJob> {
    if (thrown instanceof JobStopped) return { status: RESOURCE_STATUS_CREATE_STOPPED };
    if (thrown instanceof ServiceClosing) return { updatedAtMs: 0 };
    return { status: RESOURCE_STATUS_CREATE_FAILED, failureReason: reason ?? "see the log" };
  }
  async abandoned({ jobName }: TestJob): Promise<Partial<TestJob> | "again" | undefined> {
    if (jobName === "again") return "again";
    return jobName === "gone" ? { status: RESOURCE_STATUS_CREATE_FAILED } : undefined;
  }
  async finished({ jobName }: TestJob): Promise<void> {
    this.tidied.push(jobName);
    if (jobName === "untidy") throw new Error("could not tidy up");
  }
}

const open: { readonly runner: JobRunner<TestJob>; readonly kind: TestKind }[] = [];
afterEach(async () => {
  for (const { runner, kind } of open.splice(0)) {
    const closed = runner.close();
    for (const { end } of kind.running.values()) end();
    await closed;
  }
});

const PATIENCE = { timeout: 20_000, interval: 2 };

function setUp(heartbeatMs = 60_000) {
  const store = new MemoryJobs();
  const kind = new TestKind();
  const runner = new JobRunner(store, kind, createLogger("test", "silent"), heartbeatMs);
  open.push({ runner, kind });
  const submit = (...names: string[]) => names.forEach((name) => runner.submit(store.add(name)));
  const isRunning = (name: string) => vi.waitFor(() => expect(kind.running.has(name)).toBe(true), PATIENCE);
  const hasStatus = (name: string, status: ResourceStatus) =>
    vi.waitFor(() => expect(store.jobs.get(name)?.status).toBe(status), PATIENCE);
  return { store, kind, runner, submit, isRunning, hasStatus };
}

test("jobs of one queue run one after the other, those of another beside them", async () => {
  const { kind, store, submit, isRunning, hasStatus } = setUp();
  submit("a1", "a2", "b1");
  await isRunning("a1");
  await isRunning("b1");
  expect(store.jobs.get("a1")?.status).toBe(RESOURCE_STATUS_CREATE_IN_PROGRESS);
  expect(store.jobs.get("a2")?.status).toBe(RESOURCE_STATUS_CREATE_PENDING);
  kind.running.get("a1")!.end();
  await isRunning("a2");
  expect(store.jobs.get("a1")).toMatchObject({ status: RESOURCE_STATUS_ACTIVE, progress: 1 });
  kind.running.get("a2")!.end();
  await hasStatus("a2", RESOURCE_STATUS_ACTIVE);
  expect(kind.begun).toEqual(["a1", "b1", "a2"]);
  expect(kind.tidied).toEqual(["a1", "a2"]);
});

test("a job that waits has heartbeats as one that runs, and none once it is over", async () => {
  const { kind, store, submit, isRunning, hasStatus } = setUp(1);
  submit("a1", "a2");
  await isRunning("a1");
  kind.running.get("a1")!.run.report({ progress: 0.5 });
  await vi.waitFor(() => expect(store.updates.get("a2")).toBeGreaterThan(3), PATIENCE);
  await vi.waitFor(() => expect(store.jobs.get("a1")?.progress).toBe(0.5), PATIENCE);
  kind.running.get("a1")!.end();
  await hasStatus("a1", RESOURCE_STATUS_ACTIVE);
  const [updates, others] = [store.updates.get("a1"), store.updates.get("a2")!];
  await vi.waitFor(() => expect(store.updates.get("a2")).toBeGreaterThan(others + 3), PATIENCE);
  expect(store.updates.get("a1")).toBe(updates);
  expect(store.jobs.get("a1")?.progress).toBe(1);
});

test("progress is known here before the store has it", async () => {
  const { kind, store, runner, submit, isRunning } = setUp();
  submit("a");
  await isRunning("a");
  kind.running.get("a")!.run.report({ progress: 0.25 });
  expect(runner.current(store.jobs.get("a")!)).toMatchObject({ progress: 0.25 });
  expect(store.jobs.get("a")?.progress).toBe(0);
});

test.each(["here", "through another process"])(
  "a job that is asked to stop %s stops, also while it waits",
  async (where) => {
    const { store, runner, submit, isRunning, hasStatus } = setUp(1);
    submit("a1", "a2", "a3");
    await isRunning("a1");
    for (const name of ["a2", "a1"]) {
      if (where === "here") await runner.stop(name);
      else await store.update(name, { stopRequested: true });
    }
    await hasStatus("a1", RESOURCE_STATUS_CREATE_STOPPED);
    await hasStatus("a2", RESOURCE_STATUS_CREATE_STOPPED);
    await isRunning("a3");
  },
);

test("a job that is about to stop says so", async () => {
  const { store, runner, submit } = setUp();
  submit("a");
  expect(runner.current({ ...store.jobs.get("a")!, stopRequested: true }).status).toBe(RESOURCE_STATUS_CREATE_STOPPING);
});

test("a failure says its reason where the caller may know it, and the next job runs", async () => {
  const { kind, store, submit, isRunning, hasStatus } = setUp();
  submit("a1", "a2");
  await isRunning("a1");
  kind.running.get("a1")!.fail(invalidArgument("The file is wrong."));
  await isRunning("a2");
  kind.running.get("a2")!.fail(new TypeError("secret of the code"));
  await hasStatus("a2", RESOURCE_STATUS_CREATE_FAILED);
  expect(["a1", "a2"].map((name) => store.jobs.get(name)?.failureReason)).toEqual([
    "The file is wrong.",
    "see the log",
  ]);
});

test("what is left behind does not undo a job that went well", async () => {
  const { kind, store, submit, isRunning } = setUp();
  submit("untidy");
  await isRunning("untidy");
  kind.running.get("untidy")!.end();
  await vi.waitFor(() => expect(kind.tidied).toEqual(["untidy"]), PATIENCE);
  expect(store.jobs.get("untidy")?.status).toBe(RESOURCE_STATUS_ACTIVE);
});

test("a job that another one has done meanwhile is not begun", async () => {
  const { kind, store, submit, isRunning } = setUp();
  submit("a1", "a2", "a3");
  await isRunning("a1");
  await store.update("a2", { status: RESOURCE_STATUS_ACTIVE });
  kind.running.get("a1")!.end();
  await isRunning("a3");
  expect(kind.begun).toEqual(["a1", "a3"]);
});

test("abandoned jobs fail or are taken up again, but none that runs here", async () => {
  const { kind, store, runner, submit, isRunning, hasStatus } = setUp();
  submit("here");
  await isRunning("here");
  for (const name of ["gone", "again", "other"]) store.add(name);
  await runner.sweep();
  await hasStatus("gone", RESOURCE_STATUS_CREATE_FAILED);
  await isRunning("again");
  await runner.sweep();
  expect(store.jobs.get("other")?.status).toBe(RESOURCE_STATUS_CREATE_PENDING);
  expect(store.jobs.get("here")?.status).toBe(RESOURCE_STATUS_CREATE_IN_PROGRESS);
  expect(kind.begun.filter((name) => name === "again")).toHaveLength(1);
});

test("closing waits for the job that runs, tells it, and begins no other", async () => {
  const { kind, store, runner, submit, isRunning } = setUp();
  submit("a1", "a2");
  await isRunning("a1");
  let closed = false;
  const closing = runner.close().then(() => (closed = true));
  expect(kind.running.get("a1")!.run.closing.aborted).toBe(true);
  expect(closed).toBe(false);
  kind.running.get("a1")!.end();
  await closing;
  expect(store.jobs.get("a1")?.status).toBe(RESOURCE_STATUS_ACTIVE);
  expect(kind.begun).toEqual(["a1"]);
  expect(store.jobs.get("a2")?.updatedAtMs).toBe(0);
});
