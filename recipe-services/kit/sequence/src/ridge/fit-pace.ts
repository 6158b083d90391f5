/** Occurrences of an item that are visited however little time there is. */
const MIN_OCCURRENCES = 50;
/** Occurrences between two readings of the clock: some tens of milliseconds. */
const CHECK_EVERY = 100_000;
/** Milliseconds between two estimates of the remaining time. */
const ESTIMATE_EVERY = 250;

/**
 * Makes a pass over all items end in time. While there is enough time every occurrence of an item is visited, otherwise their number
 * is capped, by the same cap for all items, so that rare items lose nothing.
 */
export class FitPace {
  /** Occurrences of an item to visit from now on, at most. */
  most = Infinity;
  readonly #starts: Int32Array;
  readonly #until: number;
  readonly #clock: () => number;
  readonly #started: number;
  #visited = 0;
  #checkAt = CHECK_EVERY;
  #estimateAt: number;

  /**
   * @param starts where the occurrences of each item start, and at the end where the last ones end
   * @param seconds how long the pass may take; it takes longer where even the minimum does
   */
  constructor(starts: Int32Array, seconds: number, clock: () => number) {
    this.#starts = starts;
    this.#clock = clock;
    this.#started = this.#estimateAt = clock();
    this.#until = this.#started + 1000 * seconds;
  }

  /**
   * Records that an item is finished.
   * @param next the next item
   * @param visited occurrences of the item that were visited
   * @returns whether the pass should yield the processor
   */
  done(next: number, visited: number): boolean {
    this.#visited += visited;
    if (this.#visited < this.#checkAt) return false;
    this.#checkAt = this.#visited + CHECK_EVERY;
    const now = this.#clock();
    if (now >= this.#estimateAt && this.#until < Infinity) {
      this.#estimateAt = now + ESTIMATE_EVERY;
      const perOccurrence = Math.max(1e-9, now - this.#started) / this.#visited;
      this.most = this.#affordable(next, Math.max(0, this.#until - now) / perOccurrence);
    }
    return true;
  }

  /** The largest cap for which the items from `next` on have no more than `total` occurrences. */
  #affordable(next: number, total: number): number {
    const starts = this.#starts;
    const end = starts.length - 1;
    if (starts[end]! - starts[next]! <= total) return Infinity;
    let [low, high] = [MIN_OCCURRENCES, Math.max(MIN_OCCURRENCES, Math.ceil(total))];
    while (low < high) {
      const most = Math.ceil((low + high) / 2);
      let sum = 0;
      for (let item = next; item < end; item++) sum += Math.min(most, starts[item + 1]! - starts[item]!);
      if (sum <= total) low = most;
      else high = most - 1;
    }
    return low;
  }
}
