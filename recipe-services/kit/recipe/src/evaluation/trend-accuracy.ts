import { countUsersPerItem } from "../data/static-replica.js";
import { filterInteractions, type TrainingData } from "../data/training-data.js";
import { orderByPopularity } from "../parts/popular-items.js";

/** How many items are recommended, and how many truly rising ones they are held against. */
const LIST_LENGTH = 25;
/** Share of all interactions, the newest, that the test intervals are taken from. */
const TEST_SHARE = 0.1;
/** Most points in time asked about, spread evenly over the test time. */
const MAX_MOMENTS = 200;

/**
 * Recommends for everybody.
 * @param timestamp Unix time in seconds; moments are asked about in order
 * @returns item indices, best first
 */
export type RecommendAt = (timestamp: number, limit: number) => ArrayLike<number>;

/** How often each item occurs in a stretch of interactions in order of time. */
function countItems(items: Int32Array, from: number, to: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let k = from; k < to; k++) counts.set(items[k]!, (counts.get(items[k]!) ?? 0) + 1);
  return counts;
}

/**
 * Amazon Personalize's trend prediction accuracy: by how much the 25 recommended items gain interactions from the
 * interval before the moment of asking to the one after it, divided by the gain of the 25 items that gain most; summed
 * over moments one interval apart in the newest tenth of the interactions before dividing. 1 is perfect; losses make it
 * no less than 0. It is 0 where nothing rises, and where the tenth holds no interval.
 * @param intervalSeconds length of an interval
 * @param recommend asked about each moment, in order of time; must use nothing that happened after it
 */
export function trendPredictionAccuracy(data: TrainingData, intervalSeconds: number, recommend: RecommendAt): number {
  const { moments, items, timestamps } = testStream(data, intervalSeconds);
  let [before, here, after] = [0, 0, 0];
  let reached = 0;
  let possible = 0;
  for (const moment of moments) {
    while (before < items.length && timestamps[before]! <= moment - intervalSeconds) before++;
    while (here < items.length && timestamps[here]! <= moment) here++;
    while (after < items.length && timestamps[after]! <= moment + intervalSeconds) after++;
    const old = countItems(items, before, here);
    const now = countItems(items, here, after);
    const gain = (item: number): number => (now.get(item) ?? 0) - (old.get(item) ?? 0);
    const gains = Array.from(now.keys(), gain).filter((value) => value > 0);
    for (const value of gains.sort((a, b) => b - a).slice(0, LIST_LENGTH)) possible += value;
    for (const item of Array.from(recommend(moment, LIST_LENGTH)).slice(0, LIST_LENGTH)) reached += gain(item);
  }
  return possible > 0 ? Math.max(0, reached / possible) : 0;
}

/** The test interactions and one interval before them, in order of time, and the moments to ask about. */
function testStream(data: TrainingData, interval: number) {
  const sorted = data.timestamps.slice().sort();
  const begin = sorted[Math.floor((1 - TEST_SHARE) * sorted.length)] ?? 0;
  const end = sorted.at(-1) ?? 0;
  const kept: number[] = [];
  for (let i = 0; i < data.items.length; i++) if (data.timestamps[i]! > begin - interval) kept.push(i);
  kept.sort((a, b) => data.timestamps[a]! - data.timestamps[b]! || a - b);
  const possible = Math.floor((end - begin) / interval);
  const step = Math.max(1, Math.ceil(possible / MAX_MOMENTS));
  const moments: number[] = [];
  for (let back = possible; back >= 1; back -= step) moments.push(end - back * interval);
  return {
    moments,
    items: Int32Array.from(kept, (i) => data.items[i]!),
    timestamps: Float64Array.from(kept, (i) => data.timestamps[i]!),
  };
}

/** The same accuracy of recommending the items that most users had when the test began. */
export function popularityTrendAccuracy(data: TrainingData, intervalSeconds: number): number {
  let popular: Int32Array | undefined;
  return trendPredictionAccuracy(data, intervalSeconds, (timestamp, limit) => {
    if (popular === undefined) {
      const past = filterInteractions(data, (i) => data.timestamps[i]! <= timestamp);
      popular = orderByPopularity(countUsersPerItem(past), past.itemIds.length).items;
    }
    return popular.subarray(0, limit);
  });
}
