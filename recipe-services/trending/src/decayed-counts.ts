import { basisAt, COEFFICIENTS, periodOf } from "./rhythm.js";

/** Half-lives, in intervals, of the current count and of the usual one. */
export const SHORT_INTERVALS = 1;
export const LONG_INTERVALS = 8;
/** Half-lives, in periods, of the rhythm and of its newest part, which is subtracted again because it may be a burst. */
const RHYTHM_PERIODS = 14;
const RECENT_PERIODS = 1;

/** Indices of an item's sums in the array that {@link CountsAt.read} fills. */
export const SUMS = {
  /** Interactions, halved every interval. */
  short: 0,
  /** The same with each weight squared: what the variance of `short` is made of. */
  squared: 1,
  /** Interactions, halved every eight intervals. */
  long: 2,
  /** Fourier bases of the rhythm, halved every 14 periods. */
  rhythm: 3,
  /** Fourier bases of the rhythm, halved every period. */
  recent: 3 + COEFFICIENTS,
} as const;

/** Number of sums kept for each item. */
export const WIDTH = 3 + 2 * COEFFICIENTS;

/** Most events kept one by one; when there are as many, the older half is added to the sums. */
const MAX_FRESH = 1024;
/** Intervals after which sums are rescaled to a new origin, long before they overflow. */
const RENEWAL_INTERVALS = 100;

/** The {@link DecayedCounts} as of one moment. Valid until the next event is added. */
export interface CountsAt {
  /** The moment, Unix time in seconds. */
  readonly timestamp: number;
  /** Time of the newest event up to the moment; -Infinity when there is none. */
  readonly newest: number;
  /** Time of the oldest event; Infinity when there is none. */
  readonly oldest: number;
  /** `short` of each item. */
  readonly short: Float32Array;
  /** `long` of each item. */
  readonly long: Float32Array;
  /** Sums over all items; see {@link SUMS}. */
  readonly totals: Float64Array;
  /** Writes an item's sums into an array of {@link WIDTH}. */
  read(item: number, into: Float64Array): void;
}

/**
 * Exponentially decayed counts of each item, current and usual: 136 bytes an item, however many events (forward decay,
 * Cormode et al. 2009). Each event is weighted by 2^(time / half-life) relative to a fixed origin, and sums are scaled when
 * read, so an event costs the same whether it comes in order or late, and nothing has to be done as time passes.
 *
 * The newest events, up to a thousand, are kept one by one. So counts as of a moment contain no later event, and an event
 * dated into the future waits for its time.
 */
export class DecayedCounts {
  readonly #rates: Float64Array;
  readonly #period: number;
  readonly #renewal: number;
  #sums = new Float64Array(0);
  #items = 0;
  readonly #totals = new Float64Array(WIDTH);
  /** The time at which an event weighs 1, never after the front. */
  #origin = 0;
  /** Events up to this time are in the sums, later ones among the fresh ones. -Infinity while the sums are empty. */
  #front = -Infinity;
  #newestSummed = -Infinity;
  #oldest = Infinity;
  readonly #freshItems = new Int32Array(MAX_FRESH);
  readonly #freshTimes = new Float64Array(MAX_FRESH);
  #fresh = 0;
  #version = 0;
  readonly #event = new Float64Array(WIDTH);

  constructor(intervalSeconds: number) {
    this.#period = periodOf(intervalSeconds);
    this.#renewal = RENEWAL_INTERVALS * intervalSeconds;
    this.#rates = new Float64Array(WIDTH);
    this.#rates.fill(1 / (RHYTHM_PERIODS * this.#period), SUMS.rhythm, SUMS.recent);
    this.#rates.fill(1 / (RECENT_PERIODS * this.#period), SUMS.recent);
    this.#rates[SUMS.short] = 1 / (SHORT_INTERVALS * intervalSeconds);
    this.#rates[SUMS.squared] = 2 / (SHORT_INTERVALS * intervalSeconds);
    this.#rates[SUMS.long] = 1 / (LONG_INTERVALS * intervalSeconds);
  }

  /** Grows with every event; a key for caches. */
  get version(): number {
    return this.#version;
  }

  /** Adds an event. @param timestamp Unix time in seconds; later or earlier than those before */
  add(item: number, timestamp: number): void {
    this.#version++;
    this.#items = Math.max(this.#items, item + 1);
    if (timestamp < this.#oldest) this.#oldest = timestamp;
    if (timestamp > this.#front && this.#fresh === MAX_FRESH) this.#sumUpOlderHalf();
    if (timestamp > this.#front) {
      this.#freshItems[this.#fresh] = item;
      this.#freshTimes[this.#fresh++] = timestamp;
    } else {
      this.#sumUp(item, timestamp);
    }
  }

  /**
   * The counts as of a moment; moments before the newest few hundred events give those as of the oldest of these events.
   * Takes time in proportion to items.
   */
  at(requested: number): CountsAt {
    const timestamp = Math.max(requested, this.#front);
    const decay = this.#rates.map((rate) => (this.#front === -Infinity ? 0 : 2 ** ((this.#origin - timestamp) * rate)));
    const totals = this.#totals.map((sum, k) => sum * decay[k]!);
    const short = new Float32Array(this.#items);
    const long = new Float32Array(this.#items);
    const summed = Math.min(this.#items, this.#sums.length / WIDTH);
    for (let item = 0; item < summed; item++) {
      short[item] = this.#sums[item * WIDTH + SUMS.short]! * decay[SUMS.short]!;
      long[item] = this.#sums[item * WIDTH + SUMS.long]! * decay[SUMS.long]!;
    }

    let newest = this.#newestSummed;
    const fresh = new Map<number, Float64Array>();
    for (let k = 0; k < this.#fresh; k++) {
      const time = this.#freshTimes[k]!;
      if (time > timestamp) continue;
      newest = Math.max(newest, time);
      const item = this.#freshItems[k]!;
      this.#weigh(time, timestamp);
      let own = fresh.get(item);
      if (own === undefined) fresh.set(item, (own = new Float64Array(WIDTH)));
      for (let k = 0; k < WIDTH; k++) {
        own[k]! += this.#event[k]!;
        totals[k]! += this.#event[k]!;
      }
      short[item]! += this.#event[SUMS.short]!;
      long[item]! += this.#event[SUMS.long]!;
    }
    const none = new Float64Array(WIDTH);
    const read = (item: number, into: Float64Array): void => {
      const own = fresh.get(item) ?? none;
      const [sums, at] = item < summed ? [this.#sums, item * WIDTH] : [none, 0];
      for (let k = 0; k < WIDTH; k++) into[k] = sums[at + k]! * decay[k]! + own[k]!;
    };
    return { timestamp, newest, oldest: this.#oldest, short, long, totals, read };
  }

  /** Computes what an event adds to each sum, relative to a moment. */
  #weigh(time: number, moment: number): void {
    const event = this.#event;
    basisAt(time, this.#period, event.subarray(SUMS.rhythm, SUMS.recent));
    const age = time - moment;
    event[SUMS.short] = 2 ** (age * this.#rates[SUMS.short]!);
    event[SUMS.squared] = event[SUMS.short]! ** 2;
    event[SUMS.long] = 2 ** (age * this.#rates[SUMS.long]!);
    const usual = 2 ** (age * this.#rates[SUMS.rhythm]!);
    const recent = 2 ** (age * this.#rates[SUMS.recent]!);
    for (let k = 0; k < COEFFICIENTS; k++) {
      event[SUMS.recent + k] = recent * event[SUMS.rhythm + k]!;
      event[SUMS.rhythm + k]! *= usual;
    }
  }

  #sumUp(item: number, time: number): void {
    this.#newestSummed = Math.max(this.#newestSummed, time);
    this.#weigh(time, this.#origin);
    if ((item + 1) * WIDTH > this.#sums.length) {
      const longer = new Float64Array(Math.max(64, item + 1, 2 * (this.#sums.length / WIDTH)) * WIDTH);
      longer.set(this.#sums);
      this.#sums = longer;
    }
    const at = item * WIDTH;
    for (let k = 0; k < WIDTH; k++) {
      this.#sums[at + k]! += this.#event[k]!;
      this.#totals[k]! += this.#event[k]!;
    }
  }

  /** Moves the front to the median of the fresh events, so that a few dated into the future cannot move it there. */
  #sumUpOlderHalf(): void {
    const first = this.#front === -Infinity;
    this.#front = this.#freshTimes.slice().sort()[MAX_FRESH >> 1]!;
    if (first) this.#origin = this.#front;
    else if (this.#front - this.#origin > this.#renewal) this.#rescale();
    let kept = 0;
    for (let k = 0; k < MAX_FRESH; k++) {
      const time = this.#freshTimes[k]!;
      if (time <= this.#front) {
        this.#sumUp(this.#freshItems[k]!, time);
      } else {
        this.#freshItems[kept] = this.#freshItems[k]!;
        this.#freshTimes[kept++] = time;
      }
    }
    this.#fresh = kept;
  }

  /** Makes the front the origin, at which an event weighs 1. */
  #rescale(): void {
    const decay = this.#rates.map((rate) => 2 ** ((this.#origin - this.#front) * rate));
    for (let k = 0; k < this.#sums.length; k++) this.#sums[k]! *= decay[k % WIDTH]!;
    for (let k = 0; k < WIDTH; k++) this.#totals[k]! *= decay[k]!;
    this.#origin = this.#front;
  }
}
