/** What a timer function gives: enough of Node's `Timeout` for those who keep one. */
interface VirtualTimer {
  readonly due: number;
  readonly run: () => void;
  unref(): VirtualTimer;
  ref(): VirtualTimer;
}

/** The functions of the process that tell or wait for time. */
type Replaced = Pick<typeof globalThis, "setTimeout" | "clearTimeout">;

/**
 * Time that passes only when it is told to. While it is installed, `Date.now`, `performance.now`, `setTimeout` and
 * `clearTimeout` are its own, for everything in the process: whoever installs it must take it away again before the event loop turns.
 */
export class VirtualTime {
  #now: number;
  readonly #timers = new Set<VirtualTimer>();
  /** The timer that is due first; undefined when there is none, or when it must be looked for. */
  #next: VirtualTimer | undefined;

  /** @param now Unix time in milliseconds at which it begins */
  constructor(now: number) {
    this.#now = now;
  }

  /** Unix time in milliseconds. */
  get now(): number {
    return this.#now;
  }

  /** When the first timer is due; undefined when there is none. */
  get nextDue(): number | undefined {
    return this.#first()?.due;
  }

  /** Lets time pass. No timer runs by that. */
  advance(ms: number): void {
    this.#now += ms;
  }

  /** Runs the timer that is due first, if its time has come. */
  runDue(): void {
    const first = this.#first();
    if (first === undefined || first.due > this.#now) return;
    this.#delete(first);
    first.run();
  }

  /** Puts this time in the place of the real one; call the result to undo it. */
  install(): () => void {
    const real: Replaced & { now: typeof Date.now } = { now: Date.now, setTimeout, clearTimeout };
    Date.now = () => this.#now;
    const { performance } = globalThis;
    performance.now = () => this.#now;
    const set = (run: (...args: unknown[]) => void, ms: number = 0, ...args: unknown[]): VirtualTimer => {
      const timer: VirtualTimer = {
        due: this.#now + ms,
        run: () => run(...args),
        unref: () => timer,
        ref: () => timer,
      };
      this.#timers.add(timer);
      if (this.#next && timer.due < this.#next.due) this.#next = timer;
      return timer;
    };
    const clear = (timer: unknown): void => this.#delete(timer as VirtualTimer);
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
    return () => {
      Date.now = real.now;
      // Its own property hides the one that it inherits.
      Reflect.deleteProperty(performance, "now");
      Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
    };
  }

  #delete(timer: VirtualTimer): void {
    this.#timers.delete(timer);
    if (timer === this.#next) this.#next = undefined;
  }

  #first(): VirtualTimer | undefined {
    if (this.#next) return this.#next;
    let first: VirtualTimer | undefined;
    for (const timer of this.#timers) if (first === undefined || timer.due < first.due) first = timer;
    return (this.#next = first);
  }
}
