/** A point in time, by the clock on the wall and by one that nobody can set, which stands still while the machine sleeps. */
export interface Moment {
  /** Unix time in milliseconds. */
  readonly wallMs: number;
  /** Milliseconds by `performance.now()`. */
  readonly steadyMs: number;
}

/** This moment. */
export function thisMoment(): Moment {
  return { wallMs: Date.now(), steadyMs: performance.now() };
}

/** At least how many milliseconds have passed since a moment: a clock set back does not make that less, nor does sleep. */
export function passedMs(since: Moment): number {
  return Math.max(Date.now() - since.wallMs, performance.now() - since.steadyMs);
}
