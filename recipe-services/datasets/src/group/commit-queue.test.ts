import { ChangeBatch, Interaction } from "@palate/proto/dataset";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { NO_RECORDS } from "../recording/put-checks.js";
import { EMPTY_MANIFEST } from "../schema/manifest.js";
import type { LogHint, LogHints } from "../storage/log-hint.js";
import type { ChangeLog, Commit, CommitContent } from "../storage/log.js";
import { CommitQueue, type Records } from "./commit-queue.js";
import { EventIdWindow } from "./event-id-window.js";
import { GroupState } from "./group-state.js";

/** A log in memory whose inserts take a turn of the event loop; the real one is tested over gRPC. */
class MemoryLog {
  readonly commits = new Map<number, Commit>();
  hint: LogHint = { manifestSequence: 0, deletedThrough: 0 };

  async read(sequence: number): Promise<Commit | null> {
    await Promise.resolve();
    return this.commits.get(sequence) ?? null;
  }

  async append(sequence: number, content: CommitContent): Promise<Commit | null> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.commits.has(sequence)) return null;
    const commit = { ...content, sequence, atMs: Date.now(), bytes: 1 };
    this.commits.set(sequence, commit);
    return commit;
  }

  async remove(sequence: number): Promise<void> {
    this.commits.delete(sequence);
  }

  /** A process that writes to this log. */
  writer(): { state: GroupState; queue: CommitQueue } {
    const hints = { read: async () => this.hint } as unknown as LogHints;
    const state = new GroupState("log", this as unknown as ChangeLog, hints, new EventIdWindow(1000));
    return { state, queue: new CommitQueue("group", state, async () => ({ eventIds: [], sessions: [] })) };
  }
}

const records = (itemId: string, eventId: string = "", check = () => {}): Records => ({
  ...NO_RECORDS,
  interactions: [Interaction.fromPartial({ userId: "u", itemId, eventId })],
  bytes: 10,
  check,
});

const itemsOf = (log: MemoryLog) =>
  [...log.commits.values()].flatMap((commit) => (commit.records?.interactions ?? []).map(({ itemId }) => itemId));

let log: MemoryLog;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  log = new MemoryLog();
});
afterEach(() => {
  vi.useRealTimers();
});

test("requests that wait for a commit go into the next one together", async () => {
  const { queue, state } = log.writer();
  const first = queue.commitRecords(records("a"));
  await new Promise((resolve) => setTimeout(resolve, 1));
  const rest = ["b", "c", "d"].map((itemId) => queue.commitRecords(records(itemId)));
  await Promise.all([first, ...rest]);
  expect(log.commits.size).toBeLessThanOrEqual(2);
  expect(itemsOf(log)).toEqual(["a", "b", "c", "d"]);
  expect(state.head).toBe(log.commits.size);
});

test("a request that is refused at the last moment costs the others nothing", async () => {
  const { queue } = log.writer();
  const refused = queue.commitRecords(
    records("bad", "", () => {
      throw new Error("no dataset");
    }),
  );
  const good = queue.commitRecords(records("good"));
  await expect(refused).rejects.toThrow("no dataset");
  expect(await good).toEqual({ cursor: "log.1", recorded: 1 });
  expect(itemsOf(log)).toEqual(["good"]);
});

test("a refused change of the manifest writes nothing", async () => {
  const { queue, state } = log.writer();
  const change = queue.commitManifest(() => {
    throw new Error("not now");
  });
  await expect(change).rejects.toThrow("not now");
  expect(log.commits.size).toBe(0);
  expect(await queue.commitManifest((manifest, sequence) => ({ ...manifest, replacedAt: sequence }))).toMatchObject({
    replacedAt: 1,
  });
  expect(state.manifestSequence).toBe(1);
});

test("a deleted group takes nothing more, from no writer", async () => {
  const first = log.writer();
  const second = log.writer();
  await second.queue.commitRecords(records("a"));
  await first.queue.commitManifest((manifest) => ({ ...manifest, deleted: true }));
  await expect(second.queue.commitRecords(records("b"))).rejects.toMatchObject({ code: "not_found" });
  expect(itemsOf(log)).toEqual(["a"]);
});

describe("a writer that slept while others went on", () => {
  /** Others write up to number 10, compact twice, and delete the first 6 documents. */
  function goOn(): void {
    for (let sequence = 2; sequence <= 9; sequence++) {
      const batch = ChangeBatch.fromPartial({ interactions: [{ itemId: `${sequence}`, eventId: `e${sequence}` }] });
      log.commits.set(sequence, { records: batch, sequence, atMs: 0, bytes: 1 });
    }
    const manifest = { ...EMPTY_MANIFEST, compactedThrough: 8, obsoleteThrough: 6 };
    log.commits.set(10, { manifest, sequence: 10, atMs: 0, bytes: 1 });
    log.hint = { manifestSequence: 10, deletedThrough: 6 };
    for (let sequence = 1; sequence <= 6; sequence++) log.commits.delete(sequence);
  }

  test("does not write where documents were deleted", async () => {
    const sleeper = log.writer();
    await sleeper.queue.commitRecords(records("1", "e1"));
    goOn();
    vi.setSystemTime(Date.now() + 60_000);
    expect(await sleeper.queue.commitRecords(records("late"))).toEqual({ cursor: "log.11", recorded: 1 });
    expect(sleeper.state.manifest.compactedThrough).toBe(8);
    expect(sleeper.state.uncompacted().map((commit) => commit.sequence)).toEqual([9, 10, 11]);
  });

  test("takes back what it wrote there when it slept in the middle of writing", async () => {
    const sleeper = log.writer();
    await sleeper.queue.commitRecords(records("1", "e1"));
    const append = log.append.bind(log);
    vi.spyOn(log, "append").mockImplementationOnce(async (sequence, content) => {
      goOn();
      vi.setSystemTime(Date.now() + 60_000);
      return append(sequence, content);
    });
    expect(await sleeper.queue.commitRecords(records("late", "late"))).toEqual({ cursor: "log.11", recorded: 1 });
    expect([...log.commits.keys()].sort((a, b) => a - b)).toEqual([7, 8, 9, 10, 11]);
  });

  test("that starts anew enters at the hint", async () => {
    await log.writer().queue.commitRecords(records("1"));
    goOn();
    const { state } = log.writer();
    await state.catchUp();
    expect(state.head).toBe(10);
    expect(state.uncompacted().map((commit) => commit.sequence)).toEqual([9, 10]);
  });
});
