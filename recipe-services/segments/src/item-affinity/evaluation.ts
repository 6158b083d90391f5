import { Random } from "@palate/numeric";
import {
  compared,
  evaluateSegments,
  finished,
  mostActiveUsers,
  replicaViewOf,
  sample,
  segmentSplit,
  type Evaluated,
  type Evaluation,
  type SegmentCase,
  type TrainingData,
} from "@palate/recipe";
import { load } from "./serve.js";

/** Items asked for unless told otherwise: a standard error of a few percent, in seconds. */
const MAX_ITEMS = 500;

/** For each item the users who came to it in `next` without having had it in `fit`; items without any are left out. */
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
 * Amazon Personalize's protocol for segments: the newest 20 % of everybody's interactions are held out; each item that
 * somebody came to in them is asked for, owners left out. The most active users are the baseline.
 */
export const evaluation: Evaluation = {
  primaryMetric: "recall_at_1_percent",
  baseline: "the most active users",
  holdOut(data, { seed, maximumCases = MAX_ITEMS }) {
    const { fit, next } = segmentSplit(data);
    const cases = sample(casesOf(fit, next), maximumCases, new Random(seed));
    const replica = replicaViewOf(fit);
    let baseline: Evaluated | undefined;
    return {
      fit,
      cases: cases.length,
      measure(artifact) {
        const model = load(artifact, replica);
        baseline ??= evaluateSegments(replica.userCount, mostActiveUsers(replica), cases, seed);
        const found = evaluateSegments(replica.userCount, (query) => finished(model.segment(query)), cases, seed);
        return compared(found, baseline, seed);
      },
    };
  },
};
