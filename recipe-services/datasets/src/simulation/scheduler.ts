import type { Random } from "@palate/numeric";
import type { VirtualTime } from "./virtual-time.js";

/** Something that waits to be let go on. */
interface Waiting {
  readonly what: string | (() => string);
  readonly go: () => void;
}

/** Most that time leaps at once, in milliseconds. */
const PAUSES = [20, 250, 1_500, 11_000, 31_000, 65_000, 700_000] as const;

/** Decides, by the seed alone, who goes on next wherever anything waits: for the store, for time, or for its turn. */
export class Scheduler {
  readonly random: Random;
  readonly #time: VirtualTime;
  readonly #trace: ((line: string) => void) | undefined;
  readonly #waiting: Waiting[] = [];
  readonly #began: number;
  #steps = 0;
  /** Called before every step, for what may happen at any time. */
  disturb: () => void = () => {};

  /** @param trace is told of every step */
  constructor(random: Random, time: VirtualTime, trace: ((line: string) => void) | undefined) {
    this.random = random;
    this.#time = time;
    this.#trace = trace;
    this.#began = time.now;
  }

  /** Steps so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Waits until it is this one's turn. */
  turn(what: string | (() => string)): Promise<void> {
    return new Promise((go) => this.#waiting.push({ what, go }));
  }

  /** Whether something happens with a probability. */
  chance(probability: number): boolean {
    return this.random.uniform() < probability;
  }

  /** One of several at random. */
  pick<T>(from: readonly T[]): T {
    return from[this.random.integer(from.length)]!;
  }

  /** Lets some time pass, from a moment to longer than anything waits for. */
  leap(): void {
    this.#time.advance(this.random.integer(this.pick(PAUSES)));
  }

  /** Notes something for whoever looks at what happened. */
  note(line: string | (() => string)): void {
    this.#trace?.(`${this.#clock()} ${typeof line === "string" ? line : line()}`);
  }

  /** Lets one after the other go on until `done`. Returns false when that takes more steps than `most`. */
  async run(done: () => boolean, most: number): Promise<boolean> {
    for (let step = 0; step < most; step++) {
      await settled();
      if (done()) return true;
      this.#steps++;
      this.disturb();
      const due = this.#time.nextDue;
      const timerWaits = due !== undefined && due <= this.#time.now;
      const count = this.#waiting.length + (timerWaits ? 1 : 0);
      if (count === 0) {
        // Without a timer, only what disturbs may make anything go on.
        if (due !== undefined) this.#time.advance(due - this.#time.now);
        continue;
      }
      const chosen = this.random.integer(count);
      if (chosen < this.#waiting.length) this.#letGo(chosen);
      else this.#time.runDue();
      this.#time.advance(1);
    }
    return done();
  }

  #letGo(index: number): void {
    const waiting = this.#waiting[index]!;
    const last = this.#waiting.pop()!;
    if (last !== waiting) this.#waiting[index] = last;
    this.note(waiting.what);
    waiting.go();
  }

  #clock(): string {
    return `${((this.#time.now - this.#began) / 1000).toFixed(3).padStart(9)}`;
  }
}

/** Resolves when every promise that can go on has gone on: Node runs its next ticks after that. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
