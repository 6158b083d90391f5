import { PalateError } from "../errors/palate-error.js";
import { onAbort } from "../on-abort.js";
import { FairQueue } from "./fair-queue.js";
import type { Lane, Waiting } from "./lane.js";

/** How much a gate lets in, and how long it lets wait. */
export interface GateLimits {
  /** What it guards, as callers are told: "The gateway". */
  readonly what: () => string;
  /** Cost that may be in progress at a time. A call that costs more is let in when nothing else is. */
  readonly atOnce: number;
  /** Most calls that wait. Default 2,000. */
  readonly maxWaiting?: number;
  /** Milliseconds after which a call that waits is refused. Default 5,000. */
  readonly patienceMs?: number;
  /** Milliseconds that a call may have to wait while there is too much to do. Default 20. */
  readonly targetMs?: number;
}

/** A call that wants to be let in. */
export interface Candidate {
  /** Whose turn it is counted as. */
  readonly caller: string;
  /** What it is taken to cost; the same unit as {@link GateLimits.atOnce}. */
  readonly cost: number;
  /** Aborted when nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined;
  /** When nobody will any more, by `performance.now()`. */
  readonly deadline?: number | undefined;
}

/** Milliseconds between looks at what waits, and how many of them make an interval. */
const LOOK_MS = 100;
const LOOKS_OF_INTERVAL = 5;
/** A caller of whom nothing waits may wait for so many times the target, or for a turn among so few. */
const NEWCOMER_TARGETS = 5;
const FEW_CALLERS = 16;
/** Share of the newest figure in the measured speed. */
const NEWEST_WEIGHT = 0.3;
const MAX_RETRY_AFTER_SECONDS = 30;

/**
 * Lets calls in as long as what is in progress stays below a bound; others wait, callers in turns, and are refused early when they would
 * wait in vain.
 *
 * A burst is waited out. Too much to do is when calls have waited all the time for an interval of half a second and became no
 * fewer during it: a standing queue, as CoDel tells it from a good one (Nichols and Jacobson, "Controlling Queue Delay", ACM Queue 2012),
 * for requests, which come in larger bursts than packets. Until calls are no longer refused, a call is then let wait only if it will
 * be its turn within the target, by the speed that was measured. A caller's newest call goes first while the oldest has waited longer
 * than the target (Maurer, "Fail at Scale", ACM Queue 2015): so those that are answered are answered in time, from the start.
 */
export class AdmissionGate {
  readonly #what: () => string;
  readonly #atOnce: number;
  readonly #maxWaiting: number;
  readonly #patienceMs: number;
  readonly #targetMs: number;
  readonly #queue: FairQueue;
  #inProgress = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Cost let in from the queue since the last look, and how much that is in a millisecond. */
  #admitted = 0;
  #lookedAt = 0;
  #perMs = 0;
  /** What the interval has seen so far. */
  #looks = 0;
  #emptied = true;
  #refused = 0;
  #waitingBefore = 0;
  #overloaded = false;

  constructor({ what, atOnce, maxWaiting, patienceMs, targetMs }: GateLimits) {
    this.#what = what;
    this.#atOnce = atOnce;
    this.#maxWaiting = maxWaiting ?? 2_000;
    this.#patienceMs = patienceMs ?? 5_000;
    this.#targetMs = targetMs ?? 20;
    this.#queue = new FairQueue(Math.max(1, atOnce / 2));
  }

  /** How many calls wait. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Whether there is more to do than can be done, so that calls are refused early. */
  get overloaded(): boolean {
    return this.#overloaded;
  }

  /**
   * Lets a call in, at once or later; {@link leave} has to be called when it is done.
   * @returns undefined when it is let in at once, which costs no promise
   * @throws PalateError `resource_exhausted`, or `unavailable` where it is not the caller's own calls that are too many, with
   *   `retryAfterSeconds`: at once or, as a rejection, later; `cancelled` and `deadline_exceeded` when nobody waits for it any more
   */
  enter(candidate: Candidate): Promise<void> | undefined {
    const { caller, cost } = candidate;
    if (this.#queue.size === 0 && this.#fits(cost)) {
      this.#inProgress += cost;
      return undefined;
    }
    const refusal = this.refusal(caller, cost);
    if (refusal) throw refusal;
    return this.#wait(candidate);
  }

  /** Why a call would be refused if it came now; undefined when it would not. For looking before its body has been read. */
  refusal(caller: string, cost: number): PalateError | undefined {
    if (this.#queue.size === 0) return undefined;
    const lane = this.#queue.laneOf(caller);
    const waits = lane?.waiting ?? 0;
    const callers = Math.max(1, this.#queue.callers + (waits === 0 ? 1 : 0));
    const full = this.#queue.size >= this.#maxWaiting && waits >= this.#maxWaiting / callers;
    if (!full && !this.#overloaded) return undefined;
    const expectedMs = this.#perMs > 0 ? (((lane?.cost ?? 0) + cost) * callers) / this.#perMs : 0;
    if (!full) {
      if (waits === 0 && callers <= FEW_CALLERS) return undefined;
      if (expectedMs <= this.#targetMs * (waits === 0 ? NEWCOMER_TARGETS : 1)) return undefined;
    }
    return this.#refusal(waits > 0, expectedMs);
  }

  /** Says that a call that was let in is done, and lets others in. */
  leave(cost: number): void {
    this.#inProgress -= cost;
    if (this.#queue.size > 0) this.#letIn();
  }

  /** Has a caller pay for what a call turned out to cost beyond what it was taken to, by waiting for later turns. */
  charge(caller: string, cost: number): void {
    this.#queue.charge(caller, cost);
  }

  #fits(cost: number): boolean {
    return this.#inProgress === 0 || this.#inProgress + cost <= this.#atOnce;
  }

  #wait({ caller, cost, signal, deadline = Infinity }: Candidate): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        cost,
        since: performance.now(),
        deadline,
        settled: false,
        admit: resolve,
        refuse: reject,
      };
      if (this.#queue.size === 0) this.#beginLooking();
      this.#queue.push(caller, entry);
      if (this.#queue.size > this.#maxWaiting) this.#refuseFromLongest();
      if (signal === undefined) return;
      const stopListening = onAbort(signal, () => {
        if (entry.settled) return;
        this.#remove(caller, entry);
        reject(new PalateError("cancelled", "The caller went away."));
      });
      entry.admit = () => {
        stopListening();
        resolve();
      };
      entry.refuse = (reason) => {
        stopListening();
        reject(reason);
      };
    });
  }

  #letIn(): void {
    const now = performance.now();
    const newestFirst = (lane: Lane) => now - (lane.oldest()?.since ?? now) > this.#targetMs;
    for (let next = this.#queue.peek(newestFirst); next; next = this.#queue.peek(newestFirst)) {
      const { lane, entry } = next;
      if (!this.#fits(entry.cost)) return;
      this.#remove(lane.caller, entry);
      if (now >= entry.deadline) {
        entry.refuse(
          new PalateError("deadline_exceeded", `${this.#what()} did not get to the call before its deadline.`),
        );
        continue;
      }
      this.#queue.charge(lane.caller, entry.cost);
      this.#inProgress += entry.cost;
      this.#admitted += entry.cost;
      entry.admit();
    }
  }

  #remove(caller: string, entry: Waiting): void {
    this.#queue.remove(caller, entry);
    if (this.#queue.size === 0) this.#emptied = true;
  }

  /** There is no room: the oldest call of the caller who has most waiting gives way. */
  #refuseFromLongest(): void {
    let longest: Lane | undefined;
    for (const lane of this.#queue.lanes()) if (lane.waiting > (longest?.waiting ?? 0)) longest = lane;
    const entry = longest?.oldest();
    if (longest && entry) this.#refuse(longest, entry);
  }

  #refuse(lane: Lane, entry: Waiting): void {
    this.#remove(lane.caller, entry);
    entry.refuse(
      this.#refusal(lane.waiting > 0, this.#perMs > 0 ? (lane.cost * this.#queue.callers) / this.#perMs : 0),
    );
  }

  #refusal(own: boolean, expectedMs: number): PalateError {
    this.#refused++;
    const retryAfterSeconds = Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(expectedMs / 1_000)));
    const again = `Try again in ${retryAfterSeconds} s.`;
    return own
      ? new PalateError("resource_exhausted", `${this.#what()} has too many calls of yours to answer. ${again}`, {
          retryAfterSeconds,
        })
      : new PalateError("unavailable", `${this.#what()} has too much to do. ${again}`, { retryAfterSeconds });
  }

  #beginLooking(): void {
    if (this.#timer !== undefined) return;
    this.#lookedAt = performance.now();
    this.#admitted = 0;
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** Refuses what has waited too long and sees whether there is too much to do; ten times a second while something waits. */
  #look(): void {
    const now = performance.now();
    const perMs = this.#admitted / Math.max(1, now - this.#lookedAt);
    this.#perMs += (this.#perMs === 0 ? 1 : NEWEST_WEIGHT) * (perMs - this.#perMs);
    this.#admitted = 0;
    this.#lookedAt = now;
    if (++this.#looks >= LOOKS_OF_INTERVAL) this.#endInterval();
    for (const lane of [...this.#queue.lanes()]) this.#refuseStale(lane, now);
    // The sums of an interval are done with only when it has ended without a call that waited.
    if (this.#queue.size === 0 && !this.#overloaded && this.#looks === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #endInterval(): void {
    const stood = !this.#emptied && this.#queue.size > 0;
    if (this.#overloaded) this.#overloaded = this.#refused > 0;
    else this.#overloaded = stood && this.#waitingBefore > 0 && this.#queue.size >= this.#waitingBefore;
    this.#waitingBefore = stood ? this.#queue.size : 0;
    this.#emptied = this.#queue.size === 0;
    this.#refused = 0;
    this.#looks = 0;
  }

  #refuseStale(lane: Lane, now: number): void {
    const most = this.#overloaded ? this.#targetMs * NEWCOMER_TARGETS : this.#patienceMs;
    for (let entry = lane.oldest(); entry; entry = lane.oldest()) {
      const waited = now - entry.since;
      if (waited < (lane.waiting > 1 ? most : this.#patienceMs)) return;
      this.#refuse(lane, entry);
    }
  }
}
