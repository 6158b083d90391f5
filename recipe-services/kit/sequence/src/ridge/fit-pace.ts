/** An item is looked at in so many places in any case. */
const LEAST_PLACES = 50;
/** Places between two looks at the clock: some tens of milliseconds. */
const LOOK_EVERY = 100_000;
/** Milliseconds between two estimates of how long the rest takes. */
const ESTIMATE_EVERY = 250;

/**
 * How much of the data is looked at so that a pass over all items, each with its places in the data, ends in time: all of it
 * where there is time, else the same number of places of each item at most, so that rare items lose nothing.
 */
export class FitPace {
  /** Places of an item to look at from now on. */
  most = Infinity;
  readonly #starts: Int32Array;
  readonly #until: number;
  readonly #clock: () => number;
  readonly #started: number;
  #looked = 0;
  #lookAt = LOOK_EVERY;
  #estimateAt: number;

  /**
   * @param starts where the places of each item start, and at the end those of the last one end
   * @param seconds what the pass may take; it takes longer where even the least takes longer
   */
  constructor(starts: Int32Array, seconds: number, clock: () => number) {
    this.#starts = starts;
    this.#clock = clock;
    this.#started = this.#estimateAt = clock();
    this.#until = this.#started + 1000 * seconds;
  }

  /**
   * Notes that an item was done.
   * @param next the next one
   * @param looked places looked at
   * @returns whether it is time to let others have the processor
   */
  done(next: number, looked: number): boolean {
    this.#looked += looked;
    if (this.#looked < this.#lookAt) return false;
    this.#lookAt = this.#looked + LOOK_EVERY;
    const now = this.#clock();
    if (now >= this.#estimateAt && this.#until < Infinity) {
      this.#estimateAt = now + ESTIMATE_EVERY;
      const perPlace = Math.max(1e-9, now - this.#started) / this.#looked;
      this.most = this.#affordable(next, Math.max(0, this.#until - now) / perPlace);
    }
    return true;
  }

  /** The most places of each item from `next` on that add up to no more than `places`. */
  #affordable(next: number, places: number): number {
    const starts = this.#starts;
    const end = starts.length - 1;
    if (starts[end]! - starts[next]! <= places) return Infinity;
    let [low, high] = [LEAST_PLACES, Math.max(LEAST_PLACES, Math.ceil(places))];
    while (low < high) {
      const most = Math.ceil((low + high) / 2);
      let sum = 0;
      for (let item = next; item < end; item++) sum += Math.min(most, starts[item + 1]! - starts[item]!);
      if (sum <= places) low = most;
      else high = most - 1;
    }
    return low;
  }
}
