/** Interactions that three neighbouring intervals of an item need to count towards the estimate. */
const MIN_EVENTS = 30;
/** Median of the square of a standard normal variable. */
const MEDIAN_SQUARE = 0.4549;

/** Events in any order. */
interface Events {
  readonly items: Int32Array;
  /** Unix time in seconds. */
  readonly timestamps: Float64Array;
}

/** An item's interactions in one interval. */
interface Cell {
  /** Item and interval in one number: neighbouring intervals differ by 1. */
  readonly key: number;
  readonly count: number;
}

function median(values: number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1]!;
}

/** Counts equal numbers. */
function cellsOf(keys: Float64Array): Cell[] {
  const cells: Cell[] = [];
  keys.sort();
  for (let from = 0, to = 0; from < keys.length; from = to) {
    while (keys[to] === keys[from]) to++;
    cells.push({ key: keys[from]!, count: to - from });
  }
  return cells;
}

/**
 * Overdispersion of the counts: the relative variance v of an item's rate from one interval to the next, in excess of the
 * Poisson distribution, of the trend of all items, and of a steady rise or fall. A count x is compared with the mean of its
 * neighbours y and z, after these are scaled by the growth of all items; the difference has variance
 * x + (y + z) / 4 + v (x² + (y² + z²) / 4). Estimated from medians, so that bursts do not count.
 * @returns 0 where counts vary no more than a Poisson process does, and where there are too few
 */
export function dispersionOf({ items, timestamps }: Events, intervalSeconds: number): number {
  const first = timestamps.reduce((least, time) => Math.min(least, time), Infinity);
  const last = timestamps.reduce((most, time) => Math.max(most, time), -Infinity);
  if (!(last > first)) return 0;
  const intervals = Math.floor((last - first) / intervalSeconds) + 2; // The last one stays empty, so that no two items are neighbours.
  const totals = new Map<number, number>();
  const keys = Float64Array.from(items, (item, k) => {
    const interval = Math.floor((timestamps[k]! - first) / intervalSeconds);
    totals.set(interval, (totals.get(interval) ?? 0) + 1);
    return item * intervals + interval;
  });
  const cells = cellsOf(keys);
  const squares: number[] = [];
  const sizes: number[] = [];
  for (let k = 1; k + 1 < cells.length; k++) {
    const [before, here, after] = [cells[k - 1]!, cells[k]!, cells[k + 1]!];
    if (before.key + 1 !== here.key || here.key + 1 !== after.key) continue;
    if (before.count + here.count + after.count < MIN_EVENTS) continue;
    const interval = here.key % intervals;
    const growths = [interval - 1, interval + 1].map((other) => totals.get(interval)! / totals.get(other)!);
    const y = growths[0]! * before.count;
    const z = growths[1]! * after.count;
    const chance = here.count + (growths[0]! * y + growths[1]! * z) / 4;
    squares.push((here.count - (y + z) / 2) ** 2 / chance);
    sizes.push((here.count ** 2 + (y ** 2 + z ** 2) / 4) / chance);
  }
  if (squares.length === 0) return 0;
  return Math.max(0, (median(squares) / MEDIAN_SQUARE - 1) / median(sizes));
}
