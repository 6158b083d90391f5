import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AdmissionGate, type Candidate } from "./admission-gate.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
afterEach(() => void vi.useRealTimers());

/** Calls at a gate and what became of them, in order: "a1", or "a1 resource_exhausted" when it was refused. */
class Door {
  readonly gate: AdmissionGate;
  readonly log: string[] = [];
  /** Milliseconds that each call that was let in had waited. */
  readonly waits: number[] = [];

  constructor(limits: Partial<ConstructorParameters<typeof AdmissionGate>[0]> = {}) {
    this.gate = new AdmissionGate({ what: () => "The test", atOnce: 1, ...limits });
  }

  /** @returns whether it was let in at once */
  async ask(name: string, more: Partial<Candidate> = {}): Promise<void> {
    const came = performance.now();
    try {
      const candidate = { caller: name.slice(0, 1), cost: 1, ...more };
      await this.gate.enter(candidate);
      this.log.push(name);
      this.waits.push(performance.now() - came);
    } catch (thrown) {
      this.log.push(`${name} ${(thrown as { code: string }).code}`);
    }
  }

  /** Lets calls leave one after the other. */
  async leave(times: number, cost = 1): Promise<void> {
    for (let left = times; left > 0; left--) {
      this.gate.leave(cost);
      await settled();
    }
  }
}

/** Resolves once what was let in or refused so far has heard of it. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

describe("what is let in", () => {
  it("is as much as may be in progress, and one of more cost alone", async () => {
    const { gate } = new Door({ atOnce: 10 });
    expect(gate.enter({ caller: "a", cost: 6 })).toBeUndefined();
    expect(gate.enter({ caller: "a", cost: 4 })).toBeUndefined();
    const large = gate.enter({ caller: "a", cost: 50 });
    expect(large).toBeInstanceOf(Promise);
    expect(gate.enter({ caller: "b", cost: 1 })).toBeInstanceOf(Promise);
    gate.leave(6);
    expect(gate.waiting).toBe(2);
    gate.leave(4);
    await large;
    expect(gate.waiting).toBe(1);
  });

  it("of one caller comes in its order", async () => {
    const door = new Door();
    for (const name of ["a1", "a2", "a3"]) void door.ask(name);
    await door.leave(3);
    expect(door.log).toEqual(["a1", "a2", "a3"]);
  });

  it("takes callers in turns, however many calls one has waiting", async () => {
    const door = new Door();
    for (let at = 0; at < 100; at++) void door.ask(`a${at}`);
    void door.ask("b0");
    void door.ask("b1");
    await door.leave(8);
    expect(door.log.indexOf("b0")).toBeGreaterThan(0);
    expect(door.log.indexOf("b0")).toBeLessThan(4);
    expect(door.log.indexOf("b1")).toBeLessThan(7);
    expect(door.log.filter((name) => name.startsWith("a")).length).toBeGreaterThan(4);
  });

  it("counts what calls cost, also what is known of it later only", async () => {
    const door = new Door({ atOnce: 2 });
    expect(door.gate.enter({ caller: "x", cost: 2 })).toBeUndefined();
    for (let at = 0; at < 9; at++) void door.ask(`a${at}`, { cost: 2 });
    for (let at = 0; at < 90; at++) void door.ask(`b${at}`, { cost: 2 });
    for (let round = 0; round < 20; round++) {
      const before = door.log.length;
      await door.leave(1, 2);
      for (const name of door.log.slice(before)) if (name.startsWith("a")) door.gate.charge("a", 8);
    }
    // Each of a's costs 10, each of b's 2: of 20 answers b gets about five times as many.
    const ofA = door.log.filter((name) => name.startsWith("a")).length;
    expect(ofA).toBeGreaterThanOrEqual(3);
    expect(ofA).toBeLessThanOrEqual(4);
  });

  it("is not what nobody waits for any more", async () => {
    const door = new Door();
    const left = new AbortController();
    void door.ask("a0");
    void door.ask("a1", { signal: left.signal });
    void door.ask("a2", { deadline: performance.now() + 50 });
    void door.ask("a3");
    left.abort();
    vi.advanceTimersByTime(60);
    await door.leave(2);
    expect(door.log).toEqual(["a0", "a1 cancelled", "a3", "a2 deadline_exceeded"]);
  });
});

/** Puts a load on a gate for some seconds: so many calls arrive in each millisecond, of which one can be answered. */
async function load(door: Door, callers: string, perMs: number, seconds: number): Promise<void> {
  let count = 0;
  for (let ms = 0; ms < seconds * 1_000; ms++) {
    for (let at = 0; at < perMs; at++) void door.ask(`${callers[count++ % callers.length]}${count}`);
    await settled();
    vi.advanceTimersByTime(1);
    if (door.gate.waiting > 0) door.gate.leave(1);
    await settled();
  }
}

const refusals = (door: Door) => door.log.filter((line) => line.includes(" ")).length;

describe("too much to do", () => {
  it("is not a burst, which is waited out", async () => {
    const door = new Door();
    for (let at = 0; at < 1_500; at++) void door.ask(`a${at}`);
    await load(door, "", 0, 1.6);
    expect(door.log.length).toBe(1_500);
    expect(refusals(door)).toBe(0);
  });

  it("has calls refused, while those that are let in hardly wait and nothing stands idle", async () => {
    const door = new Door();
    await load(door, "abcd", 10, 5);
    const accepted = door.waits.length;
    expect(accepted).toBeGreaterThan(4_900);
    expect(refusals(door)).toBeGreaterThan(40_000);
    const sorted = door.waits.toSorted((a, b) => a - b);
    expect(sorted[Math.floor(accepted * 0.99)]).toBeLessThanOrEqual(40);
    expect(door.gate.waiting).toBeLessThan(50);
  });

  it("is one caller's, and not told of others", async () => {
    const door = new Door();
    for (let ms = 0; ms < 3_000; ms++) {
      for (let at = 0; at < 10; at++) void door.ask(`a${ms}.${at}`);
      if (ms % 10 === 0) void door.ask(`b${ms}`);
      await settled();
      vi.advanceTimersByTime(1);
      door.gate.leave(1);
      await settled();
    }
    const ofB = door.log.filter((line) => line.startsWith("b"));
    expect(ofB.length).toBeGreaterThanOrEqual(299);
    expect(ofB.filter((line) => line.includes(" "))).toEqual([]);
  });

  it("ends, and then nothing is refused", async () => {
    const door = new Door();
    await load(door, "a", 10, 2);
    await load(door, "", 0, 2);
    expect(door.gate.overloaded).toBe(false);
    const before = refusals(door);
    for (let at = 0; at < 300; at++) void door.ask(`a${at}`);
    await load(door, "", 0, 0.4);
    expect(refusals(door)).toBe(before);
  });

  it("says when to try again, and whose calls are too many", async () => {
    const door = new Door({ maxWaiting: 3 });
    const refused: unknown[] = [];
    for (const caller of ["x", "a", "a", "a", "a", "b"]) {
      try {
        door.gate.enter({ caller, cost: 1 })?.catch((thrown: unknown) => refused.push(thrown));
      } catch (thrown) {
        refused.push(thrown);
      }
    }
    await settled();
    // The fourth of a is refused when it comes, the first when b comes, who has nothing waiting.
    expect(refused).toHaveLength(2);
    expect(refused).toMatchObject([
      { code: "resource_exhausted", details: { retryAfterSeconds: 1 } },
      { code: "resource_exhausted", details: { retryAfterSeconds: 1 } },
    ]);
  });

  it("is also what waits for what does not come", async () => {
    const door = new Door({ patienceMs: 1_000 });
    void door.ask("a0");
    void door.ask("a1");
    vi.advanceTimersByTime(1_200);
    await settled();
    expect(door.log).toEqual(["a0", "a1 unavailable"]);
    expect(door.gate.waiting).toBe(0);
  });
});
