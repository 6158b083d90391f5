import type { Metrics } from "../contract/metrics.js";
import type { ReplicaView } from "../data/replica-view.js";
import { CaseTable } from "./case-table.js";
import { ask, type AskedCase, type EvaluationOptions, type Recommend } from "./evaluate.js";
import type { Evaluated } from "./evaluated.js";
import { gini, intraListDiversity, LOOKED_AT, meanPopularity, novelty } from "./list-quality.js";
import { CUTOFFS, rewardRecall, furtherListMetrics, listMetrics, MAX_CUTOFF, gradedNdcg } from "./metrics.js";
import { QuintileCounts } from "./popularity-quintiles.js";
import type { EvaluationCase } from "./splits.js";

/** Metrics of one list that weigh its hits, where there is something to weigh by. */
function rewardMetrics(
  { items, hits, truth, rewards }: AskedCase,
  itemRewards: ArrayLike<number> | undefined,
): Metrics {
  const values: Record<string, number> = {};
  if (rewards !== undefined) {
    const rewardOf = new Map(truth.map((item, k) => [item, rewards[k]!]));
    const gains = Array.from(items, (item, place) => (hits[place] === true ? rewardOf.get(item)! : 0));
    for (const cutoff of CUTOFFS)
      values[`normalized_discounted_cumulative_gain_with_event_weights_at_${cutoff}`] = gradedNdcg(
        gains,
        rewards,
        cutoff,
      );
  }
  if (itemRewards !== undefined) {
    const reward = (item: number): number => Math.max(0, itemRewards[item] || 0);
    const gains = Array.from(items, (item, place) => (hits[place] === true ? reward(item) : 0));
    values["average_rewards_at_k"] = rewardRecall(gains, truth.map(reward));
  }
  return values;
}

/**
 * Asks as {@link ask} does, and measures everything that can be said about lists of items: the metrics of
 * {@link evaluate}; `recall_at_{5,10,25}` and `mean_average_precision_at_{5,10,25}`; of what stands in the first ten
 * places `intra_list_diversity_at_10` ({@link intraListDiversity}), `novelty_at_10` ({@link novelty}),
 * `popularity_bias_at_10` (how much more users the recommended items have than those that the same users chose by
 * themselves, relative to these; 0 is no bias, 1 twice as popular: ΔGAP of Abdollahpouri et al. 2019) and `gini_at_10`
 * ({@link gini}, over the catalogue); where cases have rewards
 * `normalized_discounted_cumulative_gain_with_event_weights_at_{5,10,25}`, and with the option `rewards` `average_rewards_at_k`
 * ({@link rewardRecall}).
 * @returns no metrics when there is no case
 */
export function evaluateInDetail(
  replica: ReplicaView,
  recommend: Recommend,
  cases: readonly EvaluationCase[],
  options: EvaluationOptions = {},
): Evaluated {
  const { usersPerItem, itemCount, userCount } = replica;
  const seed = options.seed ?? 0;
  const table = new CaseTable();
  const quintiles = new QuintileCounts(usersPerItem.subarray(0, itemCount));
  const lists: Int32Array[] = [];
  const popularity: { chosen: number; recommended: number }[] = [];
  const recommended = new Uint8Array(itemCount);
  for (const asked of ask(replica, recommend, cases, options)) {
    const { items, hits, truth, user } = asked;
    const looked = items.slice(0, LOOKED_AT);
    lists.push(looked);
    for (const item of items.subarray(0, MAX_CUTOFF)) recommended[item] = 1;
    quintiles.add(items, hits, truth);
    popularity.push({
      chosen: meanPopularity(replica.history(user).items, usersPerItem),
      recommended: meanPopularity(looked, usersPerItem),
    });
    table.add({
      ...listMetrics(hits, truth.length),
      ...furtherListMetrics(hits, truth.length),
      ...rewardMetrics(asked, options.rewards),
      novelty_at_10: novelty(looked, usersPerItem, userCount),
    });
  }
  if (table.length === 0) return { metrics: {}, details: { cases: 0, intervals: {}, quintiles: [] }, table };
  table.addColumn("intra_list_diversity_at_10", intraListDiversity(replica, lists, seed));
  const known = popularity.filter(({ chosen }) => chosen > 0);
  const usual = known.reduce((sum, { chosen }) => sum + chosen, 0) / Math.max(1, known.length);
  const bias = popularity.map((of) => (of.chosen > 0 ? (of.recommended - of.chosen) / usual : Number.NaN));
  table.addColumn("popularity_bias_at_10", bias);
  const counts = new Int32Array(itemCount);
  for (const list of lists) for (const item of list) counts[item]!++;
  return {
    metrics: {
      coverage: recommended.reduce((sum, one) => sum + one, 0) / itemCount,
      ...table.means(),
      gini_at_10: gini(counts),
    },
    details: { cases: table.length, intervals: table.intervals(seed), quintiles: quintiles.result() },
    table,
  };
}
