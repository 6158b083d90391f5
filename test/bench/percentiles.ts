/** A spread of times in milliseconds. */
export interface Spread {
  /** Half of them are at most this. */
  readonly p50: number;
  /** 95 of 100 are at most this. */
  readonly p95: number;
  /** 99 of 100 are at most this. */
  readonly p99: number;
}

/** The value that `share` (0 to 1) of a sorted list do not exceed; 0 for an empty list. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The spread of a list in any order. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95), p99: percentile(sorted, 0.99) };
}

/** The middle of a list; the upper one of two. */
export function median(values: readonly number[]): number {
  return percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}
