/** Simple ways of telling what rises, to be beaten. Each is told the counts of one interval after the other. */

/** Scores every item from its interactions in the interval that has just ended and in those before. */
export interface Detector {
  readonly name: string;
  /** @param counts interactions of each item in the interval @returns the higher, the more surely it rises */
  next(counts: Int32Array): Float64Array;
}

/** A score from an item's count and what is remembered of it. */
type Score = (count: number, item: number) => number;

function detector(name: string, items: number, score: Score, remember: Score): Detector {
  return {
    name,
    next(counts) {
      const scores = new Float64Array(items);
      for (let item = 0; item < items; item++) scores[item] = score(counts[item]!, item);
      for (let item = 0; item < items; item++) remember(counts[item]!, item);
      return scores;
    },
  };
}

/** Weight of the newest interval in an exponentially weighted moving average. */
const NEWEST = 0.3;
/** Intervals over which a z-score takes mean and deviation: a day and more. */
const WINDOW = 24;

/** Raw delta, ratio, EWMA and two z-scores. */
export function simpleDetectors(items: number): Detector[] {
  const before = () => new Float64Array(items);
  const [delta, ratio, average, expected] = [before(), before(), before(), before()];
  const past = Array.from({ length: items }, () => new Float64Array(WINDOW));
  const seen = new Int32Array(items);
  const smooth = (of: Float64Array): Score => {
    return (count, item) => (of[item]! += NEWEST * (count - of[item]!));
  };
  return [
    detector(
      "raw delta",
      items,
      (count, item) => count - delta[item]!,
      (count, item) => (delta[item] = count),
    ),
    detector(
      "ratio, smoothed",
      items,
      (count, item) => (count + 5) / (ratio[item]! + 5),
      (count, item) => (ratio[item] = count),
    ),
    detector("EWMA", items, (count, item) => count - average[item]!, smooth(average)),
    detector(
      "Poisson z against EWMA",
      items,
      (count, item) => (count - expected[item]!) / Math.sqrt(expected[item]! + 1),
      smooth(expected),
    ),
    detector(
      "z-score",
      items,
      (count, item) => {
        const length = Math.max(1, Math.min(WINDOW, seen[item]!));
        const window = past[item]!.subarray(0, length);
        const mean = window.reduce((sum, value) => sum + value, 0) / length;
        const variance = window.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length;
        return (count - mean) / Math.sqrt(variance + 1);
      },
      (count, item) => (past[item]![seen[item]!++ % WINDOW] = count),
    ),
  ];
}
