import type { TrainingData } from "@palate/recipe";
import type { WeightedSequences } from "../gru/gru-batches.js";

/** What of the data is learned from. */
export interface LearnedFrom {
  /** Percentiles of history lengths, 0 to 1, outside of which users are left out. */
  readonly shortest: number;
  readonly longest: number;
  /** Whether newer interactions count more. */
  readonly recency: boolean;
}

/** Weight of the oldest interaction where newer ones count more; that of the newest is as much above 1 as this is below. */
const OLDEST = 0.5;

/**
 * Training data as sequences. Users outside of the percentiles keep their numbers but have no interactions; everybody is
 * learned from where nobody would be left. With `recency` the weight of an interaction rises in a line from 0.5 to 1.5 with
 * its place in the order of time, times whatever weight its event type has.
 */
export function learnedFrom(data: TrainingData, { shortest, longest, recency }: LearnedFrom): WeightedSequences {
  const { userIds, itemIds, offsets, items, timestamps } = data;
  const userCount = userIds.length;
  const lengths = Int32Array.from({ length: userCount }, (_, user) => offsets[user + 1]! - offsets[user]!);
  const sorted = lengths.filter((length) => length > 0).sort();
  const at = (percentile: number): number => sorted[Math.floor(percentile * (sorted.length - 1))] ?? 0;
  const [least, most] = [at(shortest), shortest <= 0 && longest >= 1 ? Infinity : at(longest)];
  const wanted = (length: number): boolean => length >= least && length <= most;
  const all = !lengths.some((length) => length > 0 && wanted(length));
  const newOffsets = new Int32Array(userCount + 1);
  const keep = new Int32Array(items.length);
  let count = 0;
  for (let user = 0; user < userCount; user++) {
    if (all || wanted(lengths[user]!)) for (let i = offsets[user]!; i < offsets[user + 1]!; i++) keep[count++] = i;
    newOffsets[user + 1] = count;
  }
  const kept = keep.subarray(0, count);
  const times = Float64Array.from(kept, (i) => timestamps[i]!);
  const weights = recency ? recencyWeights(times) : new Float32Array(count).fill(1);
  if (data.weights) for (let k = 0; k < count; k++) weights[k]! *= Math.max(0, data.weights[kept[k]!]!);
  return {
    userCount,
    itemCount: itemIds.length,
    offsets: newOffsets,
    items: Int32Array.from(kept, (i) => items[i]!),
    times,
    ...((recency || data.weights) && { weights }),
  };
}

function recencyWeights(times: Float64Array): Float32Array {
  const order = times.slice().sort();
  const last = Math.max(1, order.length - 1);
  const placeOf = (time: number): number => {
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order[middle]! < time) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const place = new Map<number, number>();
  return Float32Array.from(times, (time) => {
    let found = place.get(time);
    if (found === undefined) place.set(time, (found = placeOf(time)));
    return OLDEST + 2 * (1 - OLDEST) * (found / last);
  });
}
