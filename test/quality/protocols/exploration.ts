import {
  amazonSplit,
  evaluate,
  filterInteractions,
  isItemRecipe,
  replicaViewOf,
  type EvaluationSplit,
  type ItemRecipe,
  type Recommend,
  type TrainingData,
} from "@palate/recipe";
import { FULL_MARKET, makeMarket, type MarketSize } from "../exploration/market.js";
import {
  AGE_CUT_OFF_DAYS,
  COVERING,
  epsilonGreedy,
  exploring,
  liveReplicaOf,
  simulate,
} from "../exploration/simulate.js";
import type { QualityOptions } from "../run-options.js";
import type { Outcome, Protocol } from "../protocol.js";
import { stored, train } from "../train.js";

const REQUESTS = 4000;
const WEIGHTS = [0, 0.1, 0.2, 0.3, 0.5, 0.7];
/** The first is the share of places that the default weight explores. */
const EPSILONS = [0.05, 0.1];
/** The weight that campaigns have unless they say otherwise. */
const DEFAULT_WEIGHT = 0.3;
const HELD_OUT = 10;
const NDCG = "normalized_discounted_cumulative_gain_at_10";

/** Holds out each user's newest interactions, of which there are more than one so that chance plays less of a part. */
function newestTenOf(data: TrainingData): Pick<EvaluationSplit, "fit" | "cases"> {
  const firstOf = (user: number): number => Math.max(data.offsets[user]! + 1, data.offsets[user + 1]! - HELD_OUT);
  const cases = data.userIds.map((_, user) => {
    const truth = [...new Set(data.items.subarray(firstOf(user), data.offsets[user + 1]))];
    return { user, truth, timestamp: data.timestamps[firstOf(user)]! };
  });
  return { fit: filterInteractions(data, (interaction, user) => interaction < firstOf(user)), cases };
}

/** Measures a recipe that explores in a made-up market. */
export async function measureExploration(
  recipe: ItemRecipe,
  options: QualityOptions,
  say: (line: string) => void,
  size: MarketSize = FULL_MARKET,
  requests = REQUESTS,
): Promise<Outcome> {
  const market = makeMarket(size, options.seed);
  const { data } = market;
  const { fit, cases } = newestTenOf(data);
  const histories = fit;
  const { published, ...training } = await train(
    recipe,
    { fit, held: amazonSplit(fit, options.seed).fit },
    options,
    say,
  );
  const { artifact, bytes } = stored(recipe, published.at(-1)!.artifact);
  const started = performance.now();

  // How well the newest warm items of each user are found, with exploration and without.
  const still = replicaViewOf(histories);
  const model = recipe.load(artifact, still);
  const ndcgAt = (weight: number): number => {
    const exploration = { weight, ageCutOffDays: AGE_CUT_OFF_DAYS };
    const ask: Recommend = (query) => model.recommend({ ...query, exploration });
    return evaluate(still, ask, cases, { excludeSeen: true, maximumCases: Infinity })[NDCG] ?? 0;
  };
  const [plain, explored] = [ndcgAt(0), ndcgAt(DEFAULT_WEIGHT)];

  const metrics: Record<string, number> = { ndcg_without: plain, ndcg_loss: 1 - explored / plain };
  const coverages: number[] = [];
  for (const weight of WEIGHTS) {
    say(`Weight ${weight}.`);
    const replica = liveReplicaOf(histories);
    const policy = exploring(recipe.load(artifact, replica), replica, weight);
    const { regret, coverage, newShare } = simulate(market, replica, policy, requests, options.seed);
    metrics[`regret_${weight}`] = regret;
    metrics[`coverage_${weight}`] = coverage;
    metrics[`new_share_${weight}`] = newShare;
    coverages.push(coverage);
  }
  metrics["least_coverage_gain"] = Math.min(...coverages.slice(1).map((coverage, k) => coverage - coverages[k]!));
  const others: Record<string, Record<string, number>> = {};
  for (const epsilon of EPSILONS) {
    say(`Epsilon ${epsilon}.`);
    const replica = liveReplicaOf(histories);
    const policy = epsilonGreedy(recipe.load(artifact, replica), replica, market, epsilon, options.seed);
    const { regret, coverage } = simulate(market, replica, policy, requests, options.seed);
    others[`epsilon-greedy ${epsilon}`] = {
      [`regret_${DEFAULT_WEIGHT}`]: regret,
      [`coverage_${DEFAULT_WEIGHT}`]: coverage,
    };
  }
  const least = Math.min(...Object.values(others).map((one) => one[`regret_${DEFAULT_WEIGHT}`]!));
  metrics["regret_to_epsilon_greedy"] = metrics[`regret_${DEFAULT_WEIGHT}`]! / least;
  return {
    ...training,
    evaluationSeconds: (performance.now() - started) / 1000,
    modelBytes: bytes,
    data: `made up: ${size.users} users, ${size.warmItems} items that they had, ${size.newItems} new ones`,
    asked: `${requests} answers of 10 items each, choices simulated; regret: choices less than the best answers had, per answer; coverage: of the first ${COVERING}`,
    cases: requests,
    metrics,
    references: others,
    curve: [],
  };
}

/** What exploration costs and brings where users' choices are simulated. */
export const explorationProtocol: Protocol<ItemRecipe> = {
  name: "exploration",
  description:
    "makes a market in which it is known who would choose what, new items too; lets simulated users ask and choose, with weights of exploration and with epsilon-greedy",
  needsData: false,
  columns: [
    { name: "NDCG loss at 0.3", key: "ndcg_loss" },
    { name: "least gain in coverage", key: "least_coverage_gain" },
    ...WEIGHTS.map((weight) => ({ name: `coverage ${weight}`, key: `coverage_${weight}` })),
    ...WEIGHTS.map((weight) => ({ name: `regret ${weight}`, key: `regret_${weight}` })),
    { name: "to epsilon-greedy", key: "regret_to_epsilon_greedy" },
  ],
  fits: (recipe): recipe is ItemRecipe => isItemRecipe(recipe) && recipe.descriptor.explores === true,
  run: (recipe, { options, say }) => measureExploration(recipe, options, say),
};
