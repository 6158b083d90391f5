import { Lane, type Waiting } from "./lane.js";

/** Most callers whose debts are remembered while nothing of theirs waits. */
const MAX_REMEMBERED = 10_000;

/**
 * Calls that wait, a lane for each caller, taken in turns by what they cost: deficit round robin (Shreedhar and Varghese, 1995), with
 * the difference that what a call costs may become known only when it runs and is then owed ("surplus" round robin). So whoever asks
 * for much or often waits for himself, and others are at most a turn behind.
 */
export class FairQueue {
  readonly #quantum: number;
  readonly #lanes = new Map<string, Lane>();
  /** Lanes in which something waits are a ring; this is its end, and the next of it the one whose turn it is. */
  #end: Lane | undefined;
  #busyLanes = 0;
  #size = 0;

  /** @param quantum what each caller may spend in its turn; about the cost of a few usual calls */
  constructor(quantum: number) {
    this.#quantum = quantum;
  }

  /** How many calls wait. */
  get size(): number {
    return this.#size;
  }

  /** How many callers have something that waits. */
  get callers(): number {
    return this.#busyLanes;
  }

  /** A caller's lane, if anything is known of it. */
  laneOf(caller: string): Lane | undefined {
    return this.#lanes.get(caller);
  }

  /** Lanes in which something waits. */
  *lanes(): Generator<Lane> {
    let lane = this.#end;
    for (let left = this.#busyLanes; lane !== undefined && left > 0; left--) {
      lane = lane.next;
      yield lane;
    }
  }

  /** Adds a call. */
  push(caller: string, entry: Waiting): void {
    const lane = this.#lane(caller);
    if (lane.waiting === 0) this.#join(lane);
    lane.push(entry);
    this.#size++;
  }

  /** Takes a call out that was given up or refused. */
  remove(caller: string, entry: Waiting): void {
    const lane = this.#lanes.get(caller);
    if (entry.settled || lane === undefined) return;
    lane.uncount(entry);
    this.#size--;
    if (lane.waiting === 0) this.#leave(lane);
  }

  /**
   * Looks whose turn it is.
   * @param newestFirst whether of a lane the newest is taken, instead of the oldest
   * @returns a call that still waits, until {@link remove} takes it; undefined when none does
   */
  peek(newestFirst: (lane: Lane) => boolean): { readonly lane: Lane; readonly entry: Waiting } | undefined {
    if (this.#end === undefined) return undefined;
    for (;;) {
      const lane: Lane = this.#end.next;
      if (lane.balance > 0 || lane.next === lane) {
        const entry = newestFirst(lane) ? lane.newest() : lane.oldest();
        return entry && { lane, entry };
      }
      lane.balance += this.#quantum;
      this.#end = lane;
    }
  }

  /** Takes from a caller's balance what a call costs, or costs more than it was taken to. */
  charge(caller: string, cost: number): void {
    // Nobody is behind when nobody waits.
    if (this.#size === 0) return;
    this.#lane(caller).balance -= cost;
  }

  #lane(caller: string): Lane {
    let lane = this.#lanes.get(caller);
    if (lane === undefined) {
      if (this.#lanes.size - this.#busyLanes >= MAX_REMEMBERED) this.#forgetIdle();
      lane = new Lane(caller);
      this.#lanes.set(caller, lane);
    }
    return lane;
  }

  /** The lane's turn comes last. */
  #join(lane: Lane): void {
    const end = this.#end ?? lane;
    lane.next = end.next;
    lane.before = end;
    end.next.before = lane;
    end.next = lane;
    this.#end = lane;
    this.#busyLanes++;
  }

  #leave(lane: Lane): void {
    const { before, next } = lane;
    before.next = next;
    next.before = before;
    if (this.#end === lane) this.#end = before === lane ? undefined : before;
    lane.next = lane.before = lane;
    this.#busyLanes--;
    // What was saved up is lost; what is owed is not, as long as others wait.
    if (lane.balance >= 0) this.#lanes.delete(lane.caller);
    if (this.#busyLanes === 0) this.#lanes.clear();
  }

  #forgetIdle(): void {
    for (const [caller, { waiting }] of this.#lanes) if (waiting === 0) this.#lanes.delete(caller);
  }
}
