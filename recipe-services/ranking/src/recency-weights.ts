import type { TrainingData } from "@palate/kit/recipe";

/** Weight of the oldest interaction; that of the newest is as much above 1 as this is below. */
const OLDEST = 0.5;

/**
 * The data with newer interactions counting more: weights rise in a line from 0.5 to 1.5 with the place in the order of time,
 * equal times sharing the place between them, on top of the weights there are.
 */
export function newerCountsMore(data: TrainingData): TrainingData {
  const { timestamps } = data;
  const order = timestamps.slice().sort();
  const last = Math.max(1, order.length - 1);
  /** How many times are below `time`, or at most it. */
  const count = (time: number, below: (a: number, b: number) => boolean): number => {
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (below(order[middle]!, time)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const weights = Float32Array.from(timestamps, (time, k) => {
    const place = (count(time, (a, b) => a < b) + count(time, (a, b) => a <= b) - 1) / 2;
    return (data.weights?.[k] ?? 1) * (OLDEST + 2 * (1 - OLDEST) * (order.length > 1 ? place / last : 0.5));
  });
  return { ...data, weights };
}
