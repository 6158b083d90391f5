import { GAP_ROWS, gapRow, UNKNOWN_GAP } from "./request-time.js";

/** One user's interactions, oldest first. */
export interface UserHistory {
  /** Item numbers. */
  readonly items: Int32Array;
  /** Unix seconds of each; without them no gap is known. */
  readonly times?: Float64Array | undefined;
}

/**
 * What the network is told about a position beside its item: rows of one table of vectors, which are added to the item's
 * vector. First come the gaps to the next interaction (or to the request).
 */
export interface ContextLayout {
  /** The last gap row that is used, longer gaps being taken for it; 0 when the network knows no times. */
  readonly longestGap: number;
}

/** No context at all. */
export const NO_CONTEXT: ContextLayout = { longestGap: UNKNOWN_GAP };

/** Rows of the context table. */
export function contextRows({ longestGap }: ContextLayout): number {
  return longestGap === UNKNOWN_GAP ? 0 : GAP_ROWS;
}

/** The row for the gap from one moment to the next, both in Unix seconds; NaN where unknown. */
export function gapContext({ longestGap }: ContextLayout, from: number, to: number): number {
  return Math.min(longestGap, gapRow(to - from));
}
