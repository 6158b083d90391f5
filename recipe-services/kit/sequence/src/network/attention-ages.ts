/**
 * How old an interaction is at the moment that is asked about, as attention sees it: the row of a small table. Row 0 stands
 * for "not known", then come two rows for each doubling.
 */

import type { ContextRows } from "../sequences/position-context.js";
import type { UserHistory } from "../sequences/user-history.js";
import { longestOf } from "../sequences/request-time.js";

/** Rows of the table: the last is for 68 years. */
export const AGE_ROWS = 65;

const MAX_SECONDS = 2 ** 31 - 1;
/** What stands for an age that is not known: the next row below those of 1 and more. */
const UNKNOWN = 0.75;
/** A float's exponent and the first bit of its fraction; those of `UNKNOWN` are row 0. */
const SHIFT = 22;
const FIRST = (127 << 1) - 1;

/** Reads floats as their bits, many at a time: many times faster than logarithms. */
function bitsToRows(ages: Float32Array): Int32Array {
  const rows = new Int32Array(ages.buffer, ages.byteOffset, ages.length);
  for (let at = 0; at < rows.length; at++) rows[at] = (rows[at]! >>> SHIFT) - FIRST;
  return rows;
}

/** A clock that went back counts as no time at all. */
function bounded(seconds: number): number {
  if (Number.isNaN(seconds)) return UNKNOWN;
  return 1 + Math.min(MAX_SECONDS, Math.max(0, seconds));
}

/**
 * The rows of a batch's pairs of positions.
 * @param times Unix seconds of each position's interaction, by position first and sequence second; NaN where there is none
 * @param requestTimes Unix seconds that each position is asked about
 * @returns [rows, length, length]: for each sequence and position t the row of every s; 0 where s comes after t
 */
export function ageRowsOf(times: Float64Array, requestTimes: Float64Array, rows: number, length: number): Int32Array {
  const ages = new Float32Array(rows * length * length).fill(UNKNOWN);
  const own = new Float64Array(length);
  for (let row = 0; row < rows; row++) {
    for (let s = 0; s < length; s++) own[s] = times[s * rows + row]!;
    for (let t = 0; t < length; t++) {
      const requestTime = requestTimes[t * rows + row]!;
      const from = (row * length + t) * length;
      for (let s = 0; s <= t; s++) ages[from + s] = bounded(requestTime - own[s]!);
    }
  }
  return bitsToRows(ages);
}

/**
 * The rows of a history's newest places, as `ageRowsOf` gives them for one sequence. A request that comes later than any
 * interaction of the past did is taken to come that late.
 * @param now Unix time in seconds of what is to be predicted; NaN when it is not known, and then ages are those at the newest
 *   interaction
 * @param count places, the start of the sequence included
 * @returns undefined where the network knows no times
 */
export function historyAges(
  { items, times }: UserHistory,
  now: number,
  count: number,
  { hasGaps, start, layout }: ContextRows,
): Int32Array | undefined {
  if (!hasGaps) return undefined;
  const own = new Float64Array(count).fill(NaN);
  const starts = start < 0 ? 0 : 1;
  const known = count - starts;
  if (times) own.set(times.subarray(items.length - known, items.length), starts);
  const requestTimes = new Float64Array(count);
  requestTimes.set(own.subarray(1));
  const newest = own[count - 1]!;
  requestTimes[count - 1] = Number.isNaN(now) ? newest : Math.min(now, newest + longestOf(layout.longestGap));
  return ageRowsOf(own, requestTimes, 1, count);
}
