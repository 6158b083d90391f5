import { digamma, trigamma, selectTop } from "@palate/numeric";
import { LONG_INTERVALS, SUMS, SHORT_INTERVALS, WIDTH, type CountsAt } from "./decayed-counts.js";
import type { TrendSettings } from "./recipe.js";
import { COEFFICIENTS, exposure, FLAT, periodOf, rhythmOf, weightedPast } from "./rhythm.js";

/** Parameters of the model. */
export interface RiseOptions extends TrendSettings {
  /**
   * Overdispersion: relative variance of an item's rate from interval to interval, in excess of the Poisson distribution; 0 for
   * none.
   */
  readonly dispersion: number;
}

/** The recommendations at one moment, best first: rising items, then the items with most interactions lately. */
export interface Trends {
  /** Item indices. */
  readonly items: Int32Array;
  /** Scores: see {@link trendsAt}; 0 for items that do not rise. */
  readonly scores: Float32Array;
  /** How many of the items rise: the first ones. */
  readonly rising: number;
}

/** Standard normal quantile for 1 %: strict, since hundreds of items are tested at once. */
const CERTAINTY = 2.3263;
/** Strength, in interactions, of the prior that an item has the typical rate (Jeffreys' prior). */
const PRIOR_EVENTS = 0.5;
/** Strength, in intervals, of the prior that an item goes on at its usual rate. */
const PRIOR_INTERVALS = 0.25;
/** Interactions at which an item's own rhythm weighs as much as the common one. */
const RHYTHM_STRENGTH = 100;
/** Periods of data that a rhythm needs to be used. */
const RHYTHM_FROM = 2;
/** Most items that follow the rising ones, by their recent interactions. */
const MAX_POPULAR_LATELY = 1000;

/** Share of one interval's interactions that is left when weights are halved every interval: the average over the interval. */
const SUPPORT = (1 - 2 ** -(1 / SHORT_INTERVALS)) * (SHORT_INTERVALS / Math.LN2);
/** Usual interactions are long minus short, with weights w = 2^(-x/8) - 2^(-x). Each is worth ∫w / ∫w² Poisson events. */
const EVENTS_PER_USUAL =
  (LONG_INTERVALS - SHORT_INTERVALS) /
  (LONG_INTERVALS / 2 - 2 / (1 / LONG_INTERVALS + 1 / SHORT_INTERVALS) + SHORT_INTERVALS / 2);

const NOTHING: Trends = { items: new Int32Array(0), scores: new Float32Array(0), rising: 0 };

/**
 * Items by the significance and the size of the rise in their interactions. A Gamma-Poisson model compares the current rate
 * (weights halved every interval) with the usual rate (halved every eight intervals, without the current part), both relative
 * to the daily rhythm and to the growth of all other items. Items are ranked by a lower posterior quantile, as in DuMouchel's
 * Gamma-Poisson shrinker (1999): the score is the lower 1 % quantile of the logarithm of the ratio, times the square root of
 * the current rate, so that a rise must be both significant and large. An item rises when it has enough support and the
 * quantile reaches the minimum rise.
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
  // By usual rather than current counts, since items with the highest current counts by chance will regress to the mean.
  const usual = counts.long.map((sum, item) => sum - counts.short[item]!);
  const lately = selectTop(usual, MAX_POPULAR_LATELY, (item) => rising.has(item) || !(usual[item]! > 0)).indices;
  return {
    items: Int32Array.from([...rising, ...lately]),
    scores: Float32Array.from({ length: rising.size + lately.length }, (_, k) => found[k]?.score ?? 0),
    rising: rising.size,
  };
}

/** How an item's current rate compares with its usual one. */
export interface Rise {
  /** Lower 1 % quantile of the logarithm of their ratio; -Infinity when the current rate is not above the expected one. */
  readonly lower: number;
  /** Current rate: interactions in an interval. */
  readonly rate: number;
  /** The rate to be expected now, in interactions in an interval. */
  readonly expected: number;
}

/** Returns a function that compares the rates of one item after another. */
export function riseAt(counts: CountsAt, { intervalSeconds, dispersion }: RiseOptions): (item: number) => Rise {
  const { timestamp, totals, oldest, short } = counts;
  const period = periodOf(intervalSeconds);
  const pastOf = (intervals: number): Float64Array =>
    weightedPast(timestamp, intervals * intervalSeconds, period).map((seconds) => seconds / intervalSeconds);
  const shortPast = pastOf(SHORT_INTERVALS);
  const usualPast = pastOf(LONG_INTERVALS).map((value, k) => value - shortPast[k]!);

  // The newest part may be a burst, which must not become part of the rhythm.
  const settled = new Float64Array(COEFFICIENTS);
  const rhythmFrom = (sums: Float64Array, towards: Float64Array, strength: number): Float64Array => {
    for (let k = 0; k < COEFFICIENTS; k++) settled[k] = sums[SUMS.rhythm + k]! - sums[SUMS.recent + k]!;
    return rhythmOf(settled, towards, strength);
  };
  const rhythmic = timestamp - oldest >= RHYTHM_FROM * period;
  const common = rhythmic ? rhythmFrom(totals, FLAT, 0) : FLAT;
  const allShort = exposure(common, shortPast);
  const allUsual = exposure(common, usualPast);
  const usualTotal = Math.max(0, totals[SUMS.long]! - totals[SUMS.short]!);
  const items = Math.max(1, short.length);
  // One interaction an interval is added, so that nothing is divided by zero.
  const typical = (usualTotal / allUsual + 1) / items;

  const sums = new Float64Array(WIDTH);
  return (item) => {
    counts.read(item, sums);
    const now = sums[SUMS.short]!;
    const usual = Math.max(0, sums[SUMS.long]! - now);
    const rhythm = rhythmic ? rhythmFrom(sums, common, RHYTHM_STRENGTH) : FLAT;

    // Posterior of the item's usual rate, Gamma(a, b), shrunk towards the rate of a typical item.
    const a = EVENTS_PER_USUAL * usual + PRIOR_EVENTS;
    const b = EVENTS_PER_USUAL * exposure(rhythm, usualPast) + PRIOR_EVENTS / typical;
    // Growth of all other items.
    const others = { now: totals[SUMS.short]! - now, usual: usualTotal - usual };
    const growth = (Math.max(0, others.now) / allShort + 1) / (Math.max(0, others.usual) / allUsual + 1);
    // Posterior of the current rate, Gamma(c, d), shrunk towards the usual one. Decayed interactions are worth (Σw)² / Σw²
    // whole ones: the effective sample size (Kish 1965).
    const eventsPerCurrent = now / sums[SUMS.squared]!;
    const expected = (a / b) * growth;
    const c = eventsPerCurrent * now + PRIOR_INTERVALS * expected;
    const d = eventsPerCurrent * exposure(rhythm, shortPast) + PRIOR_INTERVALS;
    // Most items are not above their expected rate and need no further computation.
    if (c / d <= expected) return { lower: -Infinity, rate: c / d, expected };

    const mean = digamma(c) - Math.log(d) - (digamma(a) - Math.log(b)) - Math.log(growth);
    const growthVariance =
      1 / (Math.max(0, 2 * others.now) + 1) + 1 / (EVENTS_PER_USUAL * Math.max(0, others.usual) + 1);
    const variance = trigamma(c) + trigamma(a) + dispersion + growthVariance;
    return { lower: mean - CERTAINTY * Math.sqrt(variance), rate: c / d, expected };
  };
}
