import { filterInteractions, type EvaluationCase, type EvaluationSplit, type TrainingData } from "@palate/recipe";
import { nextItemsProtocol } from "./next-items.js";

/**
 * The newest tenth of every user's interactions is the truth: those whose rank, oldest first, is above nine tenths of
 * their number. Users of whom nothing would be left, or held out, are not asked about.
 */
export function lastTenthSplit(data: TrainingData): EvaluationSplit {
  const from = new Float64Array(data.userIds.length).fill(Infinity);
  const cases: EvaluationCase[] = [];
  for (let user = 0; user < data.userIds.length; user++) {
    const [start, end] = [data.offsets[user]!, data.offsets[user + 1]!];
    const first = start + Math.floor((9 * (end - start)) / 10);
    if (first === start || first === end) continue;
    from[user] = first;
    cases.push({ user, truth: [...new Set(data.items.subarray(first, end))], timestamp: data.timestamps[first]! });
  }
  const fit = filterInteractions(data, (interaction, user) => interaction < from[user]!);
  return { fit, histories: fit, cases };
}

/** As in the notebooks that Amazon's figures for its recurrent recipes come from. */
export const lastTenth = nextItemsProtocol({
  name: "last-tenth",
  description: "learns all but the newest tenth of every user's interactions; asked for those, seen items ranked last",
  defaults: { minItemInteractions: 0 },
  split: lastTenthSplit,
});
