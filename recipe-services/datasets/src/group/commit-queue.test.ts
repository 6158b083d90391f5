import { notFound } from "@palate/host";
import { ChangeBatch, Interaction } from "@palate/proto/dataset";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EMPTY_MANIFEST, type Manifest } from "../schema/manifest.js";
import { MemoryGroupStore } from "../simulation/memory-groups.js";
import { ChangeLog, type Commit } from "../storage/change-log.js";
import { CommitQueue, NO_RECORDS, type Records } from "./commit-queue.js";
import { DeduplicationWindow } from "./deduplication-window.js";
import { GroupState } from "./group-state.js";
import type { RecentIds } from "./recent-ids.js";

const NO_RECENT_IDS: RecentIds = { eventIds: [], sessions: [] };

/** A log in memory whose inserts take a turn of the event loop. */
class SlowLog {
  readonly #store = new MemoryGroupStore();
  readonly #documents = this.#store.log("log");
  readonly log: ChangeLog;
  readonly hints = this.#store.hints;
  /** Called before the next insert. */
  beforeInsert: () => Promise<void> = () => Promise.resolve();

  /** Called when the next document was looked for, before that is answered. */
  afterFind: () => Promise<void> = () => Promise.resolve();

  constructor() {
    const documents = this.#documents;
    this.log = new ChangeLog({
      find: async (id) => {
        const found = await documents.find(id);
        const after = this.afterFind;
        this.afterFind = () => Promise.resolve();
        await after();
        return found;
      },
      insert: async (document) => {
        await new Promise((resolve) => setImmediate(resolve));
        const before = this.beforeInsert;
        this.beforeInsert = () => Promise.resolve();
        await before();
        return documents.insert(document);
      },
      replaceRecords: (id, bytes) => documents.replaceRecords(id, bytes),
      remove: (id) => documents.remove(id),
      drop: () => documents.drop(),
    });
  }

  /** The commits that are there. */
  async commits(): Promise<Commit[]> {
    const numbers = Array.from({ length: 20 }, (_, before) => before + 1);
    const found = await Promise.all(numbers.map((sequence) => this.log.read(sequence)));
    return found.filter((commit) => commit !== null);
  }

  /** The items of the events that are there. */
  async items(): Promise<string[]> {
    return (await this.commits()).flatMap(({ records }) => (records?.interactions ?? []).map(({ itemId }) => itemId));
  }

  /** A process that writes to this log. */
  writer(readRecentIds: (manifest: Manifest) => Promise<RecentIds> = async () => NO_RECENT_IDS): {
    state: GroupState;
    queue: CommitQueue;
  } {
    const state = new GroupState("log", this.log, this.hints, new DeduplicationWindow(1000));
    return { state, queue: new CommitQueue("group", state, readRecentIds) };
  }
}

const records = (itemId: string, eventId: string = "", check = () => {}): Records => ({
  ...NO_RECORDS,
  interactions: [Interaction.fromPartial({ userId: "u", itemId, eventId })],
  bytes: 10,
  check,
});

let log: SlowLog;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  log = new SlowLog();
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
  const { length } = await log.commits();
  expect(length).toBeLessThanOrEqual(2);
  expect(await log.items()).toEqual(["a", "b", "c", "d"]);
  expect(state.head).toBe(length);
});

test("a request is written however soon after an answer it comes", async () => {
  const { queue } = log.writer();
  for (let turns = 0; turns < 10; turns++) {
    await queue.commitRecords(records(`${turns} first`));
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    await queue.commitRecords(records(`${turns} next`));
  }
  expect(await log.items()).toHaveLength(20);
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
  expect(await log.items()).toEqual(["good"]);
});

test("a refused change of the manifest writes nothing", async () => {
  const { queue, state } = log.writer();
  const change = queue.commitManifest(() => {
    throw new Error("not now");
  });
  await expect(change).rejects.toThrow("not now");
  expect(await log.commits()).toEqual([]);
  expect(await queue.commitManifest((manifest, sequence) => ({ ...manifest, replacedAt: sequence }))).toMatchObject({
    replacedAt: 1,
  });
  expect(state.manifestSequence).toBe(1);
});

test("a change is refused only by what is newest, whoever wrote that", async () => {
  const [first, second] = [log.writer(), log.writer()];
  await first.queue.commitManifest((manifest) => ({ ...manifest, replacedAt: 1 }));
  await second.state.catchUp();
  await first.queue.commitManifest((manifest) => ({ ...manifest, replacedAt: 2 }));
  const change = second.queue.commitManifest((manifest) => {
    if (manifest.replacedAt === 1) throw new Error("what was there stands in the way");
    return { ...manifest, replacedAt: 3 };
  });
  expect(await change).toMatchObject({ replacedAt: 3 });
});

test("who looks for what others committed sees all that was acknowledged before", async () => {
  const [writer, reader] = [log.writer(), log.writer()];
  await writer.state.catchUp();
  await reader.state.catchUp();
  let answer = (): void => {};
  log.afterFind = () => new Promise((resolve) => (answer = resolve));
  const before = reader.state.catchUp(); // Finds nothing, and is not yet told so.
  await writer.queue.commitRecords(records("a"));
  const after = reader.state.catchUp();
  answer();
  await Promise.all([before, after]);
  expect(reader.state.head).toBe(1);
});

test("files that were replaced and removed while their event ids were read refuse nobody", async () => {
  const other = log.writer();
  await other.queue.commitManifest(() => EMPTY_MANIFEST);
  const asked: number[] = [];
  const { queue } = log.writer(async ({ compactedThrough }) => {
    asked.push(compactedThrough);
    if (compactedThrough > 0) return { eventIds: ["e1"], sessions: [] };
    await other.queue.commitManifest((manifest) => ({ ...manifest, compactedThrough: 1 }));
    throw notFound("file", "old", "It was removed.");
  });
  expect((await queue.commitRecords(records("a", "e1"))).recorded).toBe(0);
  expect((await queue.commitRecords(records("b", "e2"))).recorded).toBe(1);
  expect(asked).toEqual([0, 1]);
});

test("files that are gone although the manifest names them are an error", async () => {
  const { queue } = log.writer(() => Promise.reject(notFound("file", "named", "It was removed.")));
  await expect(queue.commitRecords(records("a"))).rejects.toThrow('There is no file "named"');
});

test("a deleted group takes nothing more, from no writer", async () => {
  const first = log.writer();
  const second = log.writer();
  await second.queue.commitRecords(records("a"));
  await first.queue.commitManifest((manifest) => ({ ...manifest, deleted: true }));
  await expect(second.queue.commitRecords(records("b"))).rejects.toMatchObject({ code: "not_found" });
  expect(await log.items()).toEqual(["a"]);
});

describe("a writer that slept while others went on", () => {
  /** Others write up to number 10, compact twice, and delete the first 6 documents. */
  async function goOn(): Promise<void> {
    for (let sequence = 2; sequence <= 9; sequence++) {
      const batch = ChangeBatch.fromPartial({ interactions: [{ itemId: `${sequence}`, eventId: `e${sequence}` }] });
      await log.log.append(sequence, { records: batch });
    }
    await log.log.append(10, { manifest: { ...EMPTY_MANIFEST, compactedThrough: 8, obsoleteThrough: 6 } });
    await log.hints.advance("log", { manifestSequence: 10, deletedThrough: 6 });
    for (let sequence = 1; sequence <= 6; sequence++) await log.log.remove(sequence);
  }

  test("does not write where documents were deleted", async () => {
    const sleeper = log.writer();
    await sleeper.queue.commitRecords(records("1", "e1"));
    await goOn();
    vi.setSystemTime(Date.now() + 60_000);
    expect(await sleeper.queue.commitRecords(records("late"))).toEqual({ cursor: "log.11", recorded: 1 });
    expect(sleeper.state.manifest.compactedThrough).toBe(8);
    expect(sleeper.state.uncompacted().map((commit) => commit.sequence)).toEqual([9, 10, 11]);
  });

  test("takes back what it wrote there when it slept in the middle of writing", async () => {
    const sleeper = log.writer();
    await sleeper.queue.commitRecords(records("1", "e1"));
    log.beforeInsert = async () => {
      await goOn();
      vi.setSystemTime(Date.now() + 60_000);
    };
    expect(await sleeper.queue.commitRecords(records("late", "late"))).toEqual({ cursor: "log.11", recorded: 1 });
    expect((await log.commits()).map(({ sequence }) => sequence)).toEqual([7, 8, 9, 10, 11]);
  });

  test("takes back what it wrote there when it slept between looking and writing", async () => {
    const sleeper = log.writer();
    await sleeper.queue.commitRecords(records("1", "e1"));
    vi.setSystemTime(Date.now() + 15_000); // Long enough that it looks again before it writes.
    const read = log.hints.read.bind(log.hints);
    vi.spyOn(log.hints, "read").mockImplementationOnce(async (logId) => {
      const seen = await read(logId);
      await goOn();
      vi.setSystemTime(Date.now() + 60_000);
      return seen;
    });
    expect(await sleeper.queue.commitRecords(records("late", "late"))).toEqual({ cursor: "log.11", recorded: 1 });
    expect((await log.commits()).map(({ sequence }) => sequence)).toEqual([7, 8, 9, 10, 11]);
  });

  test("takes in nothing that another sleeper wrote there", async () => {
    const { state, queue } = log.writer();
    await queue.commitRecords(records("1", "e1"));
    await goOn();
    await log.log.append(2, { records: ChangeBatch.fromPartial({ interactions: [{ itemId: "nobody's" }] }) });
    vi.setSystemTime(Date.now() + 60_000);
    const apply = vi.spyOn(state, "apply");
    await state.catchUp();
    expect(apply.mock.calls.map(([{ sequence }]) => sequence)).toEqual([9, 10]);
    expect(await state.read(2)).toBeNull();
  });

  test("that starts anew enters at the hint", async () => {
    await log.writer().queue.commitRecords(records("1"));
    await goOn();
    const { state } = log.writer();
    await state.catchUp();
    expect(state.head).toBe(10);
    expect(state.uncompacted().map((commit) => commit.sequence)).toEqual([9, 10]);
  });
});
