/** Interactions that two neighbouring intervals of an item need to say anything about how rates vary. */
const LEAST_EVENTS = 20;
/** Median of the square of a standard normal variable. */
const MEDIAN_SQUARE = 0.4549;

/** Events in any order. */
interface Events {
  readonly items: Int32Array;
  /** Unix time in seconds. */
  readonly timestamps: Float64Array;
}

function median(values: number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1]!;
}

/**
 * By how much items' rates vary from one interval to the next beyond Poisson's law and beyond what all items have in
 * common: the relative variance v of an item's rate, from counts x and y of neighbouring intervals, whose difference has
 * variance μ_x + μ_y + v (μ_x² + μ_y²). Estimated from medians, so that the bursts one looks for do not count.
 * @returns 0 where counts vary no more than chance has it, and where there are too few
 */
export function dispersionOf({ items, timestamps }: Events, intervalSeconds: number): number {
  const first = timestamps.reduce((least, time) => Math.min(least, time), Infinity);
  const last = timestamps.reduce((most, time) => Math.max(most, time), -Infinity);
  if (!(last > first)) return 0;
  const intervals = Math.floor((last - first) / intervalSeconds) + 2;
  const totals = new Map<number, number>();
  // Item and interval in one number, so that sorting brings an item's neighbouring intervals together.
  const keys = Float64Array.from(items, (item, k) => {
    const interval = Math.floor((timestamps[k]! - first) / intervalSeconds);
    totals.set(interval, (totals.get(interval) ?? 0) + 1);
    return item * intervals + interval;
  }).sort();
  const squares: number[] = [];
  const sizes: number[] = [];
  let before = { key: -2, count: 0 };
  for (let k = 0; k < keys.length;) {
    const key = keys[k]!;
    let end = k + 1;
    while (keys[end] === key) end++;
    const count = end - k;
    if (key === before.key + 1) {
      const interval = key % intervals;
      const growth = totals.get(interval)! / totals.get(interval - 1)!;
      const expected = growth * before.count;
      if (count + expected >= LEAST_EVENTS) {
        const chance = count + growth * expected;
        squares.push((count - expected) ** 2 / chance);
        sizes.push((count ** 2 + expected ** 2) / chance);
      }
    }
    before = { key, count };
    k = end;
  }
  if (squares.length === 0) return 0;
  return Math.max(0, (median(squares) / MEDIAN_SQUARE - 1) / median(sizes));
}
