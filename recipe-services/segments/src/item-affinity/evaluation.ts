import { evaluateSegments, type SegmentCase, type TrainingData } from "@palate/recipe";
import { segmentEvaluation } from "../segment-evaluation.js";
import { load } from "./serve.js";

/** Default number of items that are queried: a standard error of a few percent, within seconds. */
const MAX_ITEMS = 500;

/** For each item the users who came to it in `next` and did not have it in `fit`; without items that nobody came to. */
function casesOf(fit: TrainingData, next: TrainingData): SegmentCase[] {
  const truths = new Map<number, Set<number>>();
  for (let user = 0; user < fit.userIds.length; user++) {
    const had = new Set(fit.items.subarray(fit.offsets[user], fit.offsets[user + 1]));
    for (const item of next.items.subarray(next.offsets[user], next.offsets[user + 1])) {
      if (had.has(item)) continue;
      const users = truths.get(item);
      if (users === undefined) truths.set(item, new Set([user]));
      else users.add(user);
    }
  }
  const items = [...truths.keys()].sort((a, b) => a - b);
  return items.map((item) => ({ query: { item, excludeOwners: true }, truth: truths.get(item)! }));
}

/**
 * Amazon Personalize's protocol for segments: each item that somebody came to in the held-out 20 % is queried, without its
 * owners. The most active users are the baseline.
 */
export const evaluation = segmentEvaluation<SegmentCase>({
  load,
  maximumCases: MAX_ITEMS,
  casesOf,
  measure: (find, cases, { replica, seed }) => evaluateSegments(replica.userCount, find, cases, seed),
});
