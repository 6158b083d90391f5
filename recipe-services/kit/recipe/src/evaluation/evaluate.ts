import { Random } from "@palate/numeric";
import type { Artifact } from "../contract/artifact.js";
import type { Metrics } from "../contract/metrics.js";
import type { Query } from "../contract/query.js";
import type { RankedItems } from "../contract/ranked-items.js";
import type { ItemRecipe } from "../contract/recipe.js";
import type { ReplicaView } from "../data/replica-view.js";
import { replicaViewOf } from "../data/static-replica.js";
import type { TrainingData } from "../data/training-data.js";
import { orderByPopularity } from "../parts/popular-items.js";
import { MAX_CUTOFF, MetricAverages } from "./metrics.js";
import { sample } from "./sample.js";
import type { EvaluationCase } from "./splits.js";
import { recommendOnReplay } from "./trend-metrics.js";

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
   * is told; "truth" the time of the first held-out interaction, as a live request would. Default "history".
   */
  readonly requestTime?: "history" | "truth";
  /** Whether equal scores count against the model: a true item is taken to be last among its equals. Default false. */
  readonly tiesAgainst?: boolean;
  /** What popularity is counted from. Default: the histories. */
  readonly counted?: TrainingData;
  /** What each item earns, by index, where models are to optimise that; negative and unknown (NaN) earn nothing. */
  readonly rewards?: ArrayLike<number>;
}

/** What an evaluation needs of a recipe that recommends items. */
export type LoadableItems = Pick<ItemRecipe, "descriptor" | "load" | "trendInterval">;

/** Answers a query about a case's user. */
export type Recommend = (query: Query) => RankedItems;

/** One more than any metric looks at, so that a tie running over the edge is seen. */
const LIMIT = MAX_CUTOFF + 1;

/** A case that was asked, and the answer. */
export interface AskedCase extends EvaluationCase {
  /** Items of the answer, best first. */
  readonly items: Int32Array;
  /** Which of them are right. */
  readonly hits: readonly boolean[];
}

/** The answer with equal scores in the order that `tiesAgainst` asks for. */
function judged(
  answer: RankedItems,
  truth: ReadonlySet<number>,
  tiesAgainst: boolean,
): Pick<AskedCase, "items" | "hits"> {
  const { scores, reasons } = answer;
  const items = answer.items.slice();
  // Items that the model has no score for stand in a meaningful order of their own, so they do not tie.
  const scored = (position: number): boolean => (reasons?.[position] ?? "model") === "model";
  for (let start = 0; tiesAgainst && scores !== null && start < items.length;) {
    let end = start + 1;
    while (end < items.length && scores[end] === scores[start] && scored(start) && scored(end)) end++;
    items.subarray(start, end).sort((a, b) => Number(truth.has(a)) - Number(truth.has(b)));
    start = end;
  }
  return { items, hits: Array.from(items, (item) => truth.has(item)) };
}

/**
 * Asks for every case's user, in order of time and over the whole catalogue. Related-items recipes are asked about the
 * last item of the user's history.
 * @param replica what is known when asked
 * @param recommend answers a query
 * @param cases what is asked and what would be right
 */
export function* ask(
  replica: ReplicaView,
  recommend: Recommend,
  cases: readonly EvaluationCase[],
  options: EvaluationOptions = {},
): Generator<AskedCase> {
  const { excludeSeen = false, maximumCases = 2000, seed = 0, requestTime = "history", tiesAgainst = false } = options;
  const excluded = new Uint8Array(replica.itemCount);
  const asked = sample(cases, maximumCases, new Random(seed)).map((one) => {
    const known = requestTime === "truth" ? undefined : replica.history(one.user).timestamps.at(-1);
    return { one, time: known ?? one.timestamp };
  });
  asked.sort((a, b) => a.time - b.time);
  for (const { one, time } of asked) {
    const { items } = replica.history(one.user);
    if (excludeSeen) for (const item of items) excluded[item] = 1;
    const answer = recommend({
      user: one.user,
      item: items.at(-1) ?? -1,
      limit: LIMIT,
      excluded,
      timestamp: time,
      untimed: requestTime === "history",
      ...(one.context && { context: one.context }),
    });
    yield { ...one, ...judged(answer, new Set(one.truth), tiesAgainst) };
    for (const item of items) excluded[item] = 0;
  }
}

/**
 * Asks as {@link ask} does and averages Amazon Personalize's metrics.
 * @returns the metrics by name; empty when there is no case
 */
export function evaluate(
  replica: ReplicaView,
  recommend: Recommend,
  cases: readonly EvaluationCase[],
  options: EvaluationOptions = {},
): Metrics {
  const averages = new MetricAverages();
  const recommended = new Uint8Array(replica.itemCount);
  for (const { items, hits, truth } of ask(replica, recommend, cases, options)) {
    for (const item of items.subarray(0, MAX_CUTOFF)) recommended[item] = 1;
    averages.add(hits, truth.length);
  }
  const covered = recommended.reduce((sum, one) => sum + one, 0);
  return averages.result(replica.itemCount > 0 ? covered / replica.itemCount : 0);
}

/**
 * What a stored model answers, asked in order of time.
 * @param replica a replica of `histories`
 * @throws PalateError when the recipe cannot read the artefact
 */
export function answersOf(
  recipe: LoadableItems,
  artifact: Artifact,
  replica: ReplicaView,
  histories: TrainingData,
): Recommend {
  if (recipe.trendInterval !== undefined) return recommendOnReplay(recipe, artifact, histories);
  const model = recipe.load(artifact, replica);
  const { requiresItem } = recipe.descriptor;
  return (query) => model.recommend(requiresItem ? query : { ...query, item: -1 });
}

/** Recommends everybody the items that most users of the replica have interacted with. */
export function popularAnswers(replica: ReplicaView): Recommend {
  const order = orderByPopularity(replica.usersPerItem, replica.itemCount);
  return ({ excluded, limit }) => {
    const positions: number[] = [];
    for (let k = 0; k < order.items.length && positions.length < limit; k++)
      if (excluded[order.items[k]!] !== 1) positions.push(k);
    return {
      items: Int32Array.from(positions, (k) => order.items[k]!),
      scores: Float32Array.from(positions, (k) => order.users[k]!),
    };
  };
}

/**
 * Metrics of a stored model.
 * @param artifact the model, fitted without the cases' truths
 * @param histories what is known of each user when asked
 * @throws PalateError when the recipe cannot read the artefact
 */
export function evaluateArtifact(
  recipe: LoadableItems,
  artifact: Artifact,
  histories: TrainingData,
  cases: readonly EvaluationCase[],
  options: EvaluationOptions = {},
): Metrics {
  const replica = replicaViewOf(histories, options.counted);
  const asked = { excludeSeen: recipe.descriptor.excludesSeenByDefault, ...options };
  return evaluate(replica, answersOf(recipe, artifact, replica, histories), cases, asked);
}

/** Metrics of recommending everybody the most popular items, asked in the same way: what every model must beat. */
export function popularityMetrics(
  histories: TrainingData,
  cases: readonly EvaluationCase[],
  options: EvaluationOptions = {},
): Metrics {
  const replica = replicaViewOf(histories, options.counted);
  return evaluate(replica, popularAnswers(replica), cases, options);
}
