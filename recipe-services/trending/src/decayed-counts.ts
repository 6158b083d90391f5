import { basisAt, COEFFICIENTS, periodOf } from "./rhythm.js";

/** Half-life in intervals of what counts as now, and of what counts as usual. */
export const SHORT_INTERVALS = 1;
export const LONG_INTERVALS = 8;
/** Half-life in periods of the rhythm, and of what is taken away from it again: the newest, which may be a burst. */
const RHYTHM_PERIODS = 14;
const RECENT_PERIODS = 1;

/** Places of an item's sums in the order in which {@link CountsAt.read} gives them. */
export const PLACES = {
  /** Interactions, halved every interval. */
  short: 0,
  /** The same with each weight squared: what the variance of `short` is made of. */
  squared: 1,
  /** Interactions, halved every eight intervals. */
  long: 2,
  /** Bases of the rhythm, halved every 14 periods. */
  rhythm: 3,
  /** Bases of the rhythm, halved every period. */
  recent: 3 + COEFFICIENTS,
} as const;

/** Sums kept of each item. */
export const WIDTH = 3 + 2 * COEFFICIENTS;

/** Events kept one by one until half of them are summed up. */
const MAX_FRESH = 1024;
/** Intervals after which sums are brought down to a new moment, far from where numbers overflow. */
const RENEWAL_INTERVALS = 100;

/** What {@link DecayedCounts} hold at one moment. Valid until the next event is added. */
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
  /** Sums over all items; see {@link PLACES}. */
  readonly totals: Float64Array;
  /** Writes an item's sums into an array of {@link WIDTH}. */
  read(item: number, into: Float64Array): void;
}

/**
 * How often each item occurs now and usually, in sums that fade with time: 136 bytes an item, however many events. Each
 * event is weighted by 2^(time / half-life) relative to a fixed moment, and sums are scaled when read, so an event costs
 * the same whether it comes in order or late, and nothing has to be done as time passes.
 *
 * The newest events, up to a thousand, are kept one by one: so what is read at a moment holds nothing that is dated after it,
 * and an event dated into the future waits for its time.
 */
export class DecayedCounts {
  readonly #rates: Float64Array;
  readonly #period: number;
  readonly #renewal: number;
  #sums = new Float64Array(0);
  #items = 0;
  readonly #totals = new Float64Array(WIDTH);
  /** The moment at which an event weighs 1, never after the front. */
  #origin = 0;
  /** Events up to this moment are in the sums, those after it among the fresh ones. -Infinity while sums are empty. */
  #front = -Infinity;
  #newestSummed = -Infinity;
  #oldest = Infinity;
  readonly #freshItems = new Int32Array(MAX_FRESH);
  readonly #freshTimes = new Float64Array(MAX_FRESH);
  #fresh = 0;
  #version = 0;
  readonly #own = new Float64Array(WIDTH);

  constructor(intervalSeconds: number) {
    this.#period = periodOf(intervalSeconds);
    this.#renewal = RENEWAL_INTERVALS * intervalSeconds;
    this.#rates = new Float64Array(WIDTH);
    this.#rates.fill(1 / (RHYTHM_PERIODS * this.#period), PLACES.rhythm, PLACES.recent);
    this.#rates.fill(1 / (RECENT_PERIODS * this.#period), PLACES.recent);
    this.#rates[PLACES.short] = 1 / (SHORT_INTERVALS * intervalSeconds);
    this.#rates[PLACES.squared] = 2 / (SHORT_INTERVALS * intervalSeconds);
    this.#rates[PLACES.long] = 1 / (LONG_INTERVALS * intervalSeconds);
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
   * What there is at a moment. Moments before the newest few hundred events are answered as of the oldest of these.
   * Takes time in proportion to items.
   */
  at(wanted: number): CountsAt {
    const timestamp = Math.max(wanted, this.#front);
    const faded = this.#rates.map((rate) => (this.#front === -Infinity ? 0 : 2 ** ((this.#origin - timestamp) * rate)));
    const totals = this.#totals.map((sum, k) => sum * faded[k]!);
    const short = new Float32Array(this.#items);
    const long = new Float32Array(this.#items);
    const held = Math.min(this.#items, this.#sums.length / WIDTH);
    for (let item = 0; item < held; item++) {
      short[item] = this.#sums[item * WIDTH + PLACES.short]! * faded[PLACES.short]!;
      long[item] = this.#sums[item * WIDTH + PLACES.long]! * faded[PLACES.long]!;
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
      for (let place = 0; place < WIDTH; place++) {
        own[place]! += this.#own[place]!;
        totals[place]! += this.#own[place]!;
      }
      short[item]! += this.#own[PLACES.short]!;
      long[item]! += this.#own[PLACES.long]!;
    }
    const none = new Float64Array(WIDTH);
    const read = (item: number, into: Float64Array): void => {
      const own = fresh.get(item) ?? none;
      const [sums, at] = item < held ? [this.#sums, item * WIDTH] : [none, 0];
      for (let place = 0; place < WIDTH; place++) into[place] = sums[at + place]! * faded[place]! + own[place]!;
    };
    return { timestamp, newest, oldest: this.#oldest, short, long, totals, read };
  }

  /** Writes what an event adds to each sum, as it weighs at a moment. */
  #weigh(time: number, moment: number): void {
    const own = this.#own;
    basisAt(time, this.#period, own.subarray(PLACES.rhythm, PLACES.recent));
    const age = time - moment;
    own[PLACES.short] = 2 ** (age * this.#rates[PLACES.short]!);
    own[PLACES.squared] = own[PLACES.short]! ** 2;
    own[PLACES.long] = 2 ** (age * this.#rates[PLACES.long]!);
    const usual = 2 ** (age * this.#rates[PLACES.rhythm]!);
    const recent = 2 ** (age * this.#rates[PLACES.recent]!);
    for (let k = 0; k < COEFFICIENTS; k++) {
      own[PLACES.recent + k] = recent * own[PLACES.rhythm + k]!;
      own[PLACES.rhythm + k]! *= usual;
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
    for (let place = 0; place < WIDTH; place++) {
      this.#sums[at + place]! += this.#own[place]!;
      this.#totals[place]! += this.#own[place]!;
    }
  }

  /** Moves the front to the middle of the fresh events, so that some dated into the future cannot move it there. */
  #sumUpOlderHalf(): void {
    const first = this.#front === -Infinity;
    this.#front = this.#freshTimes.slice().sort()[MAX_FRESH >> 1]!;
    if (first) this.#origin = this.#front;
    else if (this.#front - this.#origin > this.#renewal) this.#bringDown();
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

  /** Makes the front the moment at which an event weighs 1. */
  #bringDown(): void {
    const faded = this.#rates.map((rate) => 2 ** ((this.#origin - this.#front) * rate));
    for (let k = 0; k < this.#sums.length; k++) this.#sums[k]! *= faded[k % WIDTH]!;
    for (let place = 0; place < WIDTH; place++) this.#totals[place]! *= faded[place]!;
    this.#origin = this.#front;
  }
}
