import { Random } from "@palate/numeric";
import type { Evaluation } from "../contract/evaluation.js";
import { orderList, type ItemScores, type RankingQuery } from "../contract/ranking.js";
import type { RankingRecipe } from "../contract/recipe.js";
import type { ReplicaView } from "../data/replica-view.js";
import { replicaViewOf } from "../data/static-replica.js";
import type { TrainingData } from "../data/training-data.js";
import { candidateLists, type CandidateList, type ListSource } from "./candidate-lists.js";
import { compared, type Evaluated } from "./evaluated.js";
import { furtherListMetrics, MAX_CUTOFF, MetricAverages } from "./metrics.js";
import { sample } from "./sample.js";
import { amazonSplit, type EvaluationSplit } from "./splits.js";

/** Scores a list. */
export type RankItems = (query: RankingQuery) => ItemScores;

/** How lists to measure rankings with are made. */
export interface RankingProtocol {
  /** Divides the data. Default Amazon Personalize's. */
  readonly split?: (data: TrainingData, seed: number) => EvaluationSplit;
  /** Items in a list besides the true one. Default 99. */
  readonly others?: number;
  /** Where they come from. Default "popularity". */
  readonly source?: ListSource;
  /** Which time a query carries; see `EvaluationOptions.requestTime`. Default "truth", as a live request would. */
  readonly requestTime?: "history" | "truth";
}

/** Lists measured unless told otherwise: a standard error below 0.01 in seconds. */
const MAX_CASES = 2_000;

/**
 * Ranks every list and averages where the true item comes; it comes last among its equals. `coverage` is the share of the
 * catalogue that is among the first 25 of any list, which lists bound.
 * @param seed of the intervals' draws
 * @returns no metrics when there is no list
 */
function evaluateRankings(
  replica: ReplicaView,
  rank: RankItems,
  lists: readonly CandidateList[],
  requestTime: "history" | "truth" = "truth",
  seed = 0,
): Evaluated {
  const averages = new MetricAverages();
  const shown = new Uint8Array(replica.itemCount);
  for (const { user, items, timestamp, context } of lists) {
    const known = requestTime === "truth" ? undefined : replica.history(user).timestamps.at(-1);
    const moment = { timestamp: known ?? timestamp, untimed: requestTime === "history" };
    const query = { user, items, ...moment, ...(context && { context }) };
    const { order } = orderList(rank(query).scores, 0);
    const first = order.subarray(0, MAX_CUTOFF);
    for (const place of first) shown[items[place]!] = 1;
    const hits = Array.from(first, (place) => place === items.length - 1);
    averages.add(hits, 1, furtherListMetrics(hits, 1));
  }
  const covered = shown.reduce((sum, one) => sum + one, 0);
  return averages.evaluated(replica.itemCount > 0 ? covered / replica.itemCount : 0, seed);
}

/** Ranks by how many users had each item: what every model must beat. */
export function rankByPopularity({ usersPerItem }: ReplicaView): RankItems {
  return ({ items }) => ({
    scores: Float32Array.from(items, (item) => Math.log(usersPerItem[item]!)).map((score) =>
      Number.isFinite(score) ? score : Number.NaN,
    ),
    reason: "popular",
  });
}

/** How recipes that rank lists are measured: the item really chosen among others, popularity as the baseline. */
export function rankingEvaluation(
  recipe: Pick<RankingRecipe, "load">,
  { split = amazonSplit, others = 99, source = "popularity", requestTime = "truth" }: RankingProtocol = {},
): Evaluation {
  return {
    primaryMetric: "normalized_discounted_cumulative_gain_at_10",
    baseline: "the most popular items",
    holdOut(data, { seed, maximumCases = MAX_CASES }) {
      const { fit, histories, cases } = split(data, seed);
      const random = new Random(seed);
      const lists = candidateLists(histories, sample(cases, maximumCases, random), others, source, random);
      const replica = replicaViewOf(histories);
      let baseline: Evaluated | undefined;
      return {
        fit,
        cases: lists.length,
        measure(artifact) {
          const model = recipe.load(artifact, replica);
          baseline ??= evaluateRankings(replica, rankByPopularity(replica), lists, requestTime, seed);
          const rank: RankItems = (query) => model.rank(query);
          return compared(evaluateRankings(replica, rank, lists, requestTime, seed), baseline, seed);
        },
      };
    },
  };
}
