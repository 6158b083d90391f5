import { Random } from "@palate/numeric";

/** How large a stream is made. */
export interface StreamSize {
  readonly items: number;
  /** Intervals before anything is planted, from which what is usual can be learned. */
  readonly quiet: number;
  /** Intervals in which bursts are planted and looked for. */
  readonly tested: number;
  readonly bursts: number;
}

/** What the figures are measured on: with intervals of three hours, three weeks and then two in which to find bursts. */
export const FULL_SIZE: StreamSize = { items: 1000, quiet: 168, tested: 112, bursts: 250 };

/** A time in which an item gets five times its usual interactions. */
interface Burst {
  readonly item: number;
  /** The interval with which it begins. */
  readonly first: number;
  /** The interval with which it ends, exclusive. */
  readonly end: number;
}

/** Interactions of items in order of time, and what was planted in them. */
export interface PlantedStream {
  readonly itemCount: number;
  readonly intervalSeconds: number;
  /** Intervals of the stream; the first begins at `start`. */
  readonly intervals: number;
  /** The first interval in which bursts are planted and looked for. */
  readonly firstTested: number;
  /** Unix time in seconds. */
  readonly start: number;
  readonly items: Int32Array;
  /** Unix times in whole seconds. */
  readonly timestamps: Float64Array;
  readonly bursts: readonly Burst[];
}

const DAY = 86_400;
const START = 1_699_833_600; // midnight
const TIMES_USUAL = 5;
const BURST_INTERVALS = 6;
/** Bursts are planted where they bring at least ten interactions an interval: what is rarer is a handful of events. */
const MIN_USUAL = 2;

/** How an item's interactions are spread over days: a rate with a daily rhythm of its own. */
interface Pulse {
  /** Interactions in a second, on average over a day. */
  readonly rate: number;
  /** Strength of the daily wave, and of one twice a day. */
  readonly waves: readonly [number, number];
  /** Second of the day at which it is highest. */
  readonly peak: number;
}

function rateAt({ rate, waves, peak }: Pulse, time: number): number {
  const angle = (2 * Math.PI * (time - peak)) / DAY;
  return rate * (1 + waves[0] * Math.cos(angle) + waves[1] * Math.cos(2 * angle));
}

/** Times of a Poisson process whose rate follows a pulse, times a factor: exponential gaps, thinned. */
function* happenings(pulse: Pulse, factor: number, from: number, to: number, random: Random): Generator<number> {
  const highest = pulse.rate * (1 + pulse.waves[0] + pulse.waves[1]);
  for (let time = from; ;) {
    time -= Math.log(1 - random.uniform()) / (factor * highest);
    if (time >= to) return;
    if (random.uniform() * highest < rateAt(pulse, time)) yield time;
  }
}

/** An item with 1 to 60 interactions an interval, most items with few. Evenings are busy, for each item at its own hour. */
function pulseOf(random: Random, intervalSeconds: number): Pulse {
  return {
    rate: 60 ** (random.uniform() ** 2) / intervalSeconds,
    waves: [0.4 + 0.4 * random.uniform(), 0.2 * random.uniform()],
    peak: (20 + 3 * random.normal()) * 3600,
  };
}

/** Makes a stream of Poisson processes with daily rhythms, in which bursts are planted. */
export function plantedStream(seed: number, intervalSeconds: number, size: StreamSize = FULL_SIZE): PlantedStream {
  const random = new Random(seed);
  const intervals = size.quiet + size.tested;
  const firstTested = size.quiet;
  const boundary = (interval: number): number => START + interval * intervalSeconds;
  const pulses = Array.from({ length: size.items }, () => pulseOf(random, intervalSeconds));
  const times = pulses.map((pulse) => [...happenings(pulse, 1, START, boundary(intervals), random)]);

  const bursts: Burst[] = [];
  const order = random.shuffle(Array.from(pulses.keys()));
  for (const item of order) {
    if (bursts.length === size.bursts) break;
    const first = firstTested + random.integer(intervals - firstTested - BURST_INTERVALS);
    const usual = rateAt(pulses[item]!, boundary(first + 0.5)) * intervalSeconds;
    if (usual < MIN_USUAL) continue;
    const burst = { item, first, end: first + BURST_INTERVALS };
    bursts.push(burst);
    const more = happenings(pulses[item]!, TIMES_USUAL - 1, boundary(first), boundary(burst.end), random);
    times[item]!.push(...more);
  }

  // Time and item in one number: sorted many times faster than pairs.
  const count = times.reduce((sum, own) => sum + own.length, 0);
  const keys = new Float64Array(count);
  let at = 0;
  times.forEach((own, item) => own.forEach((time) => (keys[at++] = Math.floor(time - START) * size.items + item)));
  keys.sort();
  return {
    itemCount: size.items,
    intervalSeconds,
    intervals,
    firstTested,
    start: START,
    items: Int32Array.from(keys, (key) => key % size.items),
    timestamps: keys.map((key) => START + Math.floor(key / size.items)),
    bursts,
  };
}
