import { Random } from "../tensor/random.js";
import { orderByPopularity } from "./popular-items.js";
import { LONGEST_CUTOFF, MetricAverages, type Metrics } from "./metrics.js";
import type { Artifact, Query, RankedItems, Recipe } from "./recipe.js";
import type { ReplicaView } from "./replica-view.js";
import { sample } from "./sample.js";
import type { EvaluationCase } from "./splits.js";
import { countUsersPerItem, replicaViewOf } from "./static-replica.js";
import type { TrainingData } from "./training-data.js";
import { onReplay } from "./trend-metrics.js";

/** How an evaluation asks and counts. */
export interface EvaluationOptions {
  /** Whether items of the user's history are left out of answers. Default: as the recipe does by itself. */
  readonly excludeSeen?: boolean;
  /** At most this many cases are asked, drawn at random. Default 2000: a standard error below 0.01 in seconds. */
  readonly maximumCases?: number;
  /** Seed of that draw. Default 0. */
  readonly seed?: number;
  /**
   * Which time a query carries: "history" the user's last known interaction, so that nothing about the held-out part
   * is told; "truth" the moment of the first held-out interaction, as a live request would. Default "history".
   */
  readonly requestTime?: "history" | "truth";
  /** Whether equal scores count against the model: a true item is taken to be last among its equals. Default false. */
  readonly tiesAgainst?: boolean;
  /** What popularity is counted from. Default: the histories. */
  readonly counted?: TrainingData;
}

/** Answers a query about a case's user. */
export type Recommend = (query: Query) => RankedItems;

/** One more than any metric looks at, so that a tie running over the edge is seen. */
const LIMIT = LONGEST_CUTOFF + 1;

/** Positions at which the answer is right, with equal scores in the order that `tiesAgainst` asks for. */
function hitsOf(answer: RankedItems, truth: ReadonlySet<number>, tiesAgainst: boolean): boolean[] {
  const hits = Array.from(answer.items, (item) => truth.has(item));
  const { scores, reasons } = answer;
  if (!tiesAgainst || scores === null) return hits;
  // Items that the model has no score for stand in a meaningful order of their own, so they do not tie.
  const scored = (position: number): boolean => (reasons?.[position] ?? "model") === "model";
  for (let start = 0; start < hits.length;) {
    let end = start + 1;
    while (end < hits.length && scores[end] === scores[start] && scored(start) && scored(end)) end++;
    hits.splice(start, end - start, ...hits.slice(start, end).sort((a, b) => Number(a) - Number(b)));
    start = end;
  }
  return hits;
}

/**
 * Asks for every case's user, in order of time and over the whole catalogue, and averages the metrics. Related-items
 * recipes are asked about the last item of the user's history.
 * @param replica what is known when asked
 * @param recommend answers a query
 * @param cases what is asked and what would be right
 * @returns the metrics by name; empty when there is no case
 */
export function evaluate(
  replica: ReplicaView,
  recommend: Recommend,
  cases: readonly EvaluationCase[],
  options: EvaluationOptions = {},
): Metrics {
  const { excludeSeen = false, maximumCases = 2000, seed = 0, requestTime = "history", tiesAgainst = false } = options;
  const averages = new MetricAverages();
  const recommended = new Uint8Array(replica.itemCount);
  const excluded = new Uint8Array(replica.itemCount);
  const asked = sample(cases, maximumCases, new Random(seed)).map((one) => {
    const known = requestTime === "truth" ? undefined : replica.history(one.user).timestamps.at(-1);
    return { ...one, time: known ?? one.timestamp };
  });
  asked.sort((a, b) => a.time - b.time);
  for (const { user, truth, time } of asked) {
    const { items } = replica.history(user);
    if (excludeSeen) for (const item of items) excluded[item] = 1;
    const answer = recommend({
      user,
      item: items.at(-1) ?? -1,
      limit: LIMIT,
      excluded,
      timestamp: time,
      untimed: requestTime === "history",
    });
    for (const item of answer.items.subarray(0, LONGEST_CUTOFF)) recommended[item] = 1;
    averages.add(hitsOf(answer, new Set(truth), tiesAgainst), truth.length);
    for (const item of items) excluded[item] = 0;
  }
  const covered = recommended.reduce((sum, one) => sum + one, 0);
  return averages.result(replica.itemCount > 0 ? covered / replica.itemCount : 0);
}

/**
 * Metrics of a stored model.
 * @param artifact the model, fitted without the cases' truths
 * @param histories what is known of each user when asked
 * @throws PalateError when the recipe cannot read the artefact
 */
export function evaluateArtifact(
  recipe: Recipe,
  artifact: Artifact,
  histories: TrainingData,
  cases: readonly EvaluationCase[],
  options: EvaluationOptions = {},
): Metrics {
  const replica = replicaViewOf(histories, options.counted);
  const { requiresItem, excludesSeenByDefault } = recipe.descriptor;
  const asked = { excludeSeen: excludesSeenByDefault, ...options };
  if (recipe.trendInterval !== undefined) return evaluate(replica, onReplay(recipe, artifact, histories), cases, asked);
  const model = recipe.load(artifact, replica);
  const recommend: Recommend = (query) => model.recommend(requiresItem ? query : { ...query, item: -1 });
  return evaluate(replica, recommend, cases, asked);
}

/** Metrics of recommending everybody the most popular items, asked in the same way: what every model must beat. */
export function popularityMetrics(
  histories: TrainingData,
  cases: readonly EvaluationCase[],
  options: EvaluationOptions = {},
): Metrics {
  const replica = replicaViewOf(histories, options.counted);
  const order = orderByPopularity(countUsersPerItem(options.counted ?? histories), replica.itemCount);
  const recommend: Recommend = ({ excluded, limit }) => {
    const positions: number[] = [];
    for (let k = 0; k < order.items.length && positions.length < limit; k++)
      if (excluded[order.items[k]!] !== 1) positions.push(k);
    return {
      items: Int32Array.from(positions, (k) => order.items[k]!),
      scores: Float32Array.from(positions, (k) => order.users[k]!),
    };
  };
  return evaluate(replica, recommend, cases, options);
}
