import type { RankedUsers, SegmentQuery } from "../contract/segment.js";
import type { ReplicaView } from "../data/replica-view.js";
import type { Evaluated } from "./evaluated.js";
import { SegmentAverages } from "./segment-metrics.js";

/** One question of an evaluation: which users? */
export interface SegmentCase {
  /** What is asked. */
  readonly query: Partial<SegmentQuery>;
  /** Users, by index, who turned out to be right. Never empty. */
  readonly truth: ReadonlySet<number>;
}

/** Answers a query at once. */
export type FindUsers = (query: SegmentQuery) => RankedUsers;

/** Runs a computation that hands back control between slices to its end. */
export function finished<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/**
 * Asks for the users of every case and averages the metrics.
 * @param userCount how many users there are; a list's length is one percent of them
 * @param seed of the intervals' draws
 * @returns no metrics when there is no case
 */
export function evaluateSegments(
  userCount: number,
  find: FindUsers,
  cases: readonly SegmentCase[],
  seed = 0,
): Evaluated {
  const averages = new SegmentAverages(userCount);
  const empty = { item: -1, attributes: "", segment: "", excludeOwners: false, timestamp: 0 };
  for (const { query, truth } of cases) averages.add(find({ ...empty, limit: averages.length, ...query }).users, truth);
  return averages.evaluated(seed);
}

/**
 * Finds the most active users whatever is asked, leaving out owners of the item where the query asks for that: what every
 * model must beat.
 */
export function mostActiveUsers(replica: ReplicaView): FindUsers {
  const lengths = Int32Array.from({ length: replica.userCount }, (_, user) => replica.history(user).items.length);
  const order = Int32Array.from(lengths.keys()).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  return ({ item, limit, excludeOwners }) => {
    const users: number[] = [];
    for (const user of order) {
      if (users.length >= limit || lengths[user] === 0) break;
      if (!excludeOwners || item < 0 || !replica.history(user).items.includes(item)) users.push(user);
    }
    return {
      users: Int32Array.from(users),
      scores: Float32Array.from(users, (user) => lengths[user]!),
      reason: "popular",
    };
  };
}
