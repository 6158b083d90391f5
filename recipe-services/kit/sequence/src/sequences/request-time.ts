import type { Sequences } from "./sequences.js";

/**
 * Time between an interaction and what came next, or the request, as the network sees it: the number of a row in a small
 * table. Row 0 stands for "not known", the others for gaps that grow by a factor of about 1.4 from row to row.
 */
export const UNKNOWN_GAP = 0;

/** Rows of the table: the last is for gaps from 14 years on. */
export const GAP_ROWS = 58;

/** The row for a gap in seconds; the unknown one for NaN. A clock that went back counts as no gap. */
export function gapRow(seconds: number): number {
  if (Number.isNaN(seconds)) return UNKNOWN_GAP;
  return 1 + Math.min(GAP_ROWS - 2, Math.floor(2 * Math.log2(1 + Math.max(0, seconds))));
}

/** The seconds that no gap of a row reaches. */
export function longestOf(row: number): number {
  return 2 ** (row / 2) - 1;
}

/** Share of gaps in a row, or beyond, below which a row has too little to learn from. */
const RARE = 0.0002;
const RARE_MIN = 30;

/**
 * The last row that enough gaps between interactions fall into: longer gaps, which hardly any interaction of the past tells
 * of (data imported long after it was collected), are to be taken for this one.
 */
export function longestGapRow({ userCount, offsets, times }: Sequences): number {
  if (!times) return UNKNOWN_GAP;
  const counts = new Int32Array(GAP_ROWS);
  let all = 0;
  for (let user = 0; user < userCount; user++) {
    for (let at = offsets[user]! + 1; at < offsets[user + 1]!; at++, all++)
      counts[gapRow(times[at]! - times[at - 1]!)]!++;
  }
  const enough = Math.max(RARE_MIN, RARE * all);
  let beyond = 0;
  for (let row = GAP_ROWS - 1; row > UNKNOWN_GAP; row--) if ((beyond += counts[row]!) >= enough) return row;
  return UNKNOWN_GAP;
}

/** Share of the gaps between a user's interactions that must not all be alike. */
const MAX_EQUAL_SHARE = 0.97;

/**
 * Whether the times of interactions tell anything: not when there are none, when (nearly) all gaps between a user's
 * interactions are the same (one date for all, or numbers that only say the order), and not when they merely number all
 * interactions through.
 */
export function hasRealTimes({ userCount, offsets, times }: Sequences): boolean {
  if (!times) return false;
  const counts = new Map<number, number>();
  let [all, most] = [0, 0];
  for (let user = 0; user < userCount; user++) {
    for (let at = offsets[user]! + 1; at < offsets[user + 1]!; at++, all++) {
      const gap = times[at]! - times[at - 1]!;
      if (!Number.isFinite(gap)) return false;
      const count = (counts.get(gap) ?? 0) + 1;
      // Only gaps that are frequent matter; a million different ones need not be remembered.
      if (count > 1 || counts.size < 10_000) counts.set(gap, count);
      most = Math.max(most, count);
    }
  }
  if (all === 0 || most > MAX_EQUAL_SHARE * all) return false;
  let [first, last] = [Infinity, -Infinity];
  for (const time of times) [first, last] = [Math.min(first, time), Math.max(last, time)];
  // As many seconds as interactions, each taken once: row numbers.
  return !(last - first < times.length && new Set(times).size === times.length);
}
