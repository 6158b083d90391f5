import { Random } from "@palate/numeric";
import {
  replicaViewOf,
  type ImpressionEvent,
  type InteractionListener,
  type Query,
  type ReplicaView,
  type ItemModel,
  type TrainingData,
} from "@palate/recipe";
import { NOW, type Market } from "./market.js";

/** Items in an answer. */
const SHOWN = 10;
/** Answers that coverage is of. */
export const COVERING = 100;
/** Answers an hour. */
const PER_HOUR = 20;
export const AGE_CUT_OFF_DAYS = 30;

/** A replica that is told what users choose: of the rest, histories stay as they are. */
export interface LiveReplica extends ReplicaView {
  /** The user chose an item out of an answer. */
  choose(user: number, chosen: number, shown: Int32Array, timestamp: number): void;
}

/** A live replica of the market as it is at first. */
export function liveReplicaOf(data: TrainingData): LiveReplica {
  const still = replicaViewOf(data);
  const usersPerItem = still.usersPerItem.slice();
  const interactionListeners = new Set<InteractionListener>();
  const impressionListeners = new Set<(event: ImpressionEvent) => void>();
  return {
    ...still,
    usersPerItem,
    onInteraction: (listener) => {
      interactionListeners.add(listener);
      return () => interactionListeners.delete(listener);
    },
    onImpression: (listener) => {
      impressionListeners.add(listener);
      return () => impressionListeners.delete(listener);
    },
    choose(user, chosen, shown, timestamp) {
      usersPerItem[chosen]!++;
      for (const listener of interactionListeners) listener(user, chosen, timestamp);
      for (const listener of impressionListeners) listener({ chosen, items: shown, recommendationId: "" });
    },
  };
}

/** Answers for a user at a moment. */
export type Policy = (user: number, timestamp: number) => Int32Array;

/** What came of a policy. */
export interface Simulated {
  /** Choices less than the best possible answers would have had, in expectation, per answer. */
  readonly regret: number;
  /** Share of all items that were in any of the first answers: later ones have shown nearly every new item with any weight. */
  readonly coverage: number;
  /** Share of the answers' places that new items had. */
  readonly newShare: number;
}

/** Lets random users ask and choose, the same ones for every policy. */
export function simulate(
  market: Market,
  replica: LiveReplica,
  policy: Policy,
  requests: number,
  seed: number,
): Simulated {
  const random = new Random(seed);
  const covered = new Set<number>();
  const best = new Map<number, number>();
  const bestOf = (user: number): number => {
    const seen = new Set(replica.history(user).items);
    const chances = Array.from({ length: market.itemCount }, (_, item) => item)
      .filter((item) => !seen.has(item))
      .map((item) => market.chance(user, item));
    return chances
      .sort((a, b) => b - a)
      .slice(0, SHOWN)
      .reduce((sum, chance) => sum + chance, 0);
  };
  let [regret, fresh] = [0, 0];
  for (let request = 0; request < requests; request++) {
    const user = random.integer(replica.userCount);
    const timestamp = NOW + Math.floor(request / PER_HOUR) * 3600;
    const shown = policy(user, timestamp);
    if (!best.has(user)) best.set(user, bestOf(user));
    regret += best.get(user)!;
    for (const item of shown) {
      const chance = market.chance(user, item);
      regret -= chance;
      if (request < COVERING) covered.add(item);
      if (market.isNew(item)) fresh++;
      if (random.uniform() < chance) replica.choose(user, item, shown, timestamp);
    }
  }
  return {
    regret: regret / requests,
    coverage: covered.size / market.itemCount,
    newShare: fresh / requests / SHOWN,
  };
}

function queryOf(replica: ReplicaView, user: number, timestamp: number, excluded: Uint8Array): Query {
  excluded.fill(0);
  for (const item of replica.history(user).items) excluded[item] = 1;
  return { user, item: -1, limit: SHOWN, excluded, timestamp };
}

/** What a recipe that explores answers with this weight. */
export function exploring(model: ItemModel, replica: ReplicaView, weight: number): Policy {
  const excluded = new Uint8Array(replica.itemCount);
  const exploration = { weight, ageCutOffDays: AGE_CUT_OFF_DAYS };
  return (user, timestamp) => model.recommend({ ...queryOf(replica, user, timestamp, excluded), exploration }).items;
}

/**
 * The model's list, each place of which goes to a random new item with probability epsilon: what exploring without
 * counting does.
 */
export function epsilonGreedy(
  model: ItemModel,
  replica: ReplicaView,
  market: Market,
  epsilon: number,
  seed: number,
): Policy {
  const excluded = new Uint8Array(replica.itemCount);
  const random = new Random(seed);
  const fresh = Array.from({ length: market.itemCount }, (_, item) => item).filter((item) => market.isNew(item));
  return (user, timestamp) => {
    const { items } = model.recommend(queryOf(replica, user, timestamp, excluded));
    const shown = new Set<number>();
    for (const item of items) {
      let next = random.uniform() < epsilon ? fresh[random.integer(fresh.length)]! : item;
      while (shown.has(next)) next = fresh[random.integer(fresh.length)]!;
      shown.add(next);
    }
    return Int32Array.from(shown);
  };
}
