import { digamma, trigamma, selectTop } from "@palate/numeric";
import { LONG_INTERVALS, PLACES, SHORT_INTERVALS, WIDTH, type CountsAt } from "./decayed-counts.js";
import type { TrendSettings } from "./recipe.js";
import { COEFFICIENTS, exposure, FLAT, periodOf, rhythmOf, weightedPast } from "./rhythm.js";

/** What the rise of an item is judged by. */
export interface RiseOptions extends TrendSettings {
  /**
   * By how much counts vary from interval to interval beyond Poisson's law: relative variance of an item's rate. 0 when
   * they do not.
   */
  readonly dispersion: number;
}

/** What is to be recommended at one moment, best first: rising items, then items with most interactions lately. */
export interface Trends {
  /** Item indices. */
  readonly items: Int32Array;
  /** Scores: see {@link trendsAt}; 0 for items that do not rise. */
  readonly scores: Float32Array;
  /** How many of the items, the first, rise. */
  readonly rising: number;
}

/** Standard normal quantile: of a hundred rises one may be smaller than stated, since hundreds of items are looked at. */
const CERTAINTY = 2.3263;
/** Interactions' worth of belief that an item is like any other (Jeffreys' prior). */
const PRIOR_EVENTS = 0.5;
/** Intervals' worth of belief that an item goes on as usual. */
const PRIOR_INTERVALS = 0.25;
/** Interactions at which half of an item's own rhythm is believed. */
const RHYTHM_STRENGTH = 100;
/** Periods that must have been seen before a rhythm is believed. */
const RHYTHM_FROM = 2;
/** Most items that follow the rising ones by their interactions lately. */
const MAX_POPULAR_LATELY = 1000;

/** Share of one interval's interactions that is left when weights are halved every interval: an average over it. */
const SUPPORT = (1 - 2 ** -(1 / SHORT_INTERVALS)) * (SHORT_INTERVALS / Math.LN2);
/** Usual interactions are long minus short, with weight 2^(-x/8) - 2^(-x): ∫w / ∫w², Poisson events each is worth. */
const USUAL_WORTH =
  (LONG_INTERVALS - SHORT_INTERVALS) /
  (LONG_INTERVALS / 2 - 2 / (1 / LONG_INTERVALS + 1 / SHORT_INTERVALS) + SHORT_INTERVALS / 2);

const NOTHING: Trends = { items: new Int32Array(0), scores: new Float32Array(0), rising: 0 };

/**
 * Items by how surely and how much their interactions rise. Counts are Gamma-Poisson: the rate of now (weights halved every
 * interval) is held against the usual rate (halved every eight, without what counts as now), both relative to the rhythm
 * of the day and to how all other items fare. The score is the lower 1 % quantile of the logarithm of their ratio times
 * the square root of the rate of now, so that a rise must be significant as well as material. Rising are items with
 * enough support whose quantile reaches the least rise.
 * @returns nothing when the last two intervals are empty
 */
export function trendsAt(counts: CountsAt, options: RiseOptions): Trends {
  const { intervalSeconds, minimumSupport, minimumRise } = options;
  if (!(counts.newest > counts.timestamp - 2 * intervalSeconds)) return NOTHING;
  const rise = riseAt(counts, options);
  const support = SUPPORT * minimumSupport;
  const found: { item: number; score: number }[] = [];
  for (let item = 0; item < counts.short.length; item++) {
    if (counts.short[item]! < support) continue;
    const { lower, rate } = rise(item);
    if (lower >= Math.log(minimumRise)) found.push({ item, score: lower * Math.sqrt(rate) });
  }
  found.sort((a, b) => b.score - a.score || a.item - b.item);
  const rising = new Set(found.map(({ item }) => item));
  // By what is usual rather than by the newest, since what has most of those by chance is about to fall.
  const usual = counts.long.map((sum, item) => sum - counts.short[item]!);
  const lately = selectTop(usual, MAX_POPULAR_LATELY, (item) => rising.has(item) || !(usual[item]! > 0)).indices;
  return {
    items: Int32Array.from([...rising, ...lately]),
    scores: Float32Array.from({ length: rising.size + lately.length }, (_, k) => found[k]?.score ?? 0),
    rising: rising.size,
  };
}

/** How an item's rate of now compares with its usual one. */
export interface Rise {
  /** Lower 1 % quantile of the logarithm of their ratio; -Infinity when the rate of now is not above the usual one. */
  readonly lower: number;
  /** Rate of now: interactions in an interval. */
  readonly rate: number;
  /** The rate that one would expect now. */
  readonly expected: number;
}

/** Makes the comparison for one item after another. */
export function riseAt(counts: CountsAt, { intervalSeconds, dispersion }: RiseOptions): (item: number) => Rise {
  const { timestamp, totals, oldest, short } = counts;
  const period = periodOf(intervalSeconds);
  const pastOf = (intervals: number): Float64Array =>
    weightedPast(timestamp, intervals * intervalSeconds, period).map((seconds) => seconds / intervalSeconds);
  const shortPast = pastOf(SHORT_INTERVALS);
  const usualPast = pastOf(LONG_INTERVALS).map((value, k) => value - shortPast[k]!);

  // The newest may be a burst, which must not pass for rhythm.
  const settled = new Float64Array(COEFFICIENTS);
  const rhythmFrom = (sums: Float64Array, towards: Float64Array, strength: number): Float64Array => {
    for (let k = 0; k < COEFFICIENTS; k++) settled[k] = sums[PLACES.rhythm + k]! - sums[PLACES.recent + k]!;
    return rhythmOf(settled, towards, strength);
  };
  const rhythmic = timestamp - oldest >= RHYTHM_FROM * period;
  const common = rhythmic ? rhythmFrom(totals, FLAT, 0) : FLAT;
  const allShort = exposure(common, shortPast);
  const allUsual = exposure(common, usualPast);
  const usualTotal = Math.max(0, totals[PLACES.long]! - totals[PLACES.short]!);
  const items = Math.max(1, short.length);
  // One interaction an interval more than there are, so that nothing is ever divided by nothing.
  const typical = (usualTotal / allUsual + 1) / items;

  const own = new Float64Array(WIDTH);
  return (item) => {
    counts.read(item, own);
    const now = own[PLACES.short]!;
    const usual = Math.max(0, own[PLACES.long]! - now);
    const rhythm = rhythmic ? rhythmFrom(own, common, RHYTHM_STRENGTH) : FLAT;

    // Usual rate of the item, drawn towards that of a typical one.
    const a = USUAL_WORTH * usual + PRIOR_EVENTS;
    const b = USUAL_WORTH * exposure(rhythm, usualPast) + PRIOR_EVENTS / typical;
    // How all other items fare.
    const others = { now: totals[PLACES.short]! - now, usual: usualTotal - usual };
    const growth = (Math.max(0, others.now) / allShort + 1) / (Math.max(0, others.usual) / allUsual + 1);
    // Rate of now, drawn towards the usual one. Faded interactions are worth (Σw)² / Σw² whole ones.
    const worth = now / own[PLACES.squared]!;
    const expected = (a / b) * growth;
    const c = worth * now + PRIOR_INTERVALS * expected;
    const d = worth * exposure(rhythm, shortPast) + PRIOR_INTERVALS;
    // What is not above its usual rate is not surely above it: most items, which need no more work.
    if (c / d <= expected) return { lower: -Infinity, rate: c / d, expected };

    const mean = digamma(c) - Math.log(d) - (digamma(a) - Math.log(b)) - Math.log(growth);
    const growthVariance = 1 / (Math.max(0, 2 * others.now) + 1) + 1 / (USUAL_WORTH * Math.max(0, others.usual) + 1);
    const variance = trigamma(c) + trigamma(a) + dispersion + growthVariance;
    return { lower: mean - CERTAINTY * Math.sqrt(variance), rate: c / d, expected };
  };
}
