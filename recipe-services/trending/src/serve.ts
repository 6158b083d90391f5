import {
  PopularityFallback,
  type Artifact,
  type Explanation,
  type Query,
  type RankedItems,
  type ItemSource,
  type ReplicaView,
  type ItemModel,
} from "@palate/recipe";
import { fromArtifact } from "./artifact.js";
import { DecayedCounts } from "./decayed-counts.js";
import { riseAt, trendsAt, type Trends } from "./model.js";

/** Shortest time between two computations of the trends, in milliseconds. */
const RENEWAL_MS = 1000;

/**
 * Serves the items that rise at the moment of the query, with their scores; then, with reason "popular" and score 0, the items
 * with most interactions lately, and after them the most popular of all time. When nothing happened in the two intervals
 * before the moment, popular items only.
 * @throws PalateError `invalid_argument` on an artefact it cannot read
 */
export function load(artifact: Artifact, replica: ReplicaView): ItemModel {
  const options = fromArtifact(artifact);
  const counts = new DecayedCounts(options.intervalSeconds);
  for (let user = 0; user < replica.userCount; user++) {
    const { items, timestamps } = replica.history(user);
    for (let k = 0; k < items.length; k++) counts.add(items[k]!, timestamps[k]!);
  }
  const close = replica.onInteraction((_user, item, timestamp) => counts.add(item, timestamp));

  // The clock runs with real time and with the timestamps of queries, which may be any but seldom go back.
  let moment = Number.NaN;
  let passedMs = 0;
  const clock = (): number => performance.now() + passedMs;
  const filler = new PopularityFallback(replica, clock);
  let trends: Trends | undefined;
  let madeAt = -Infinity;
  let version = -1;

  const trendsNow = (timestamp: number): Trends => {
    if (timestamp !== moment) passedMs += 1000 * Math.abs(timestamp - moment) || 0;
    const same = timestamp === moment && version === counts.version;
    moment = timestamp;
    if (trends !== undefined && (same || clock() - madeAt < RENEWAL_MS)) return trends;
    trends = trendsAt(counts.at(timestamp), options);
    madeAt = clock();
    version = counts.version;
    return trends;
  };

  const recommend = ({ limit, excluded, timestamp }: Query): RankedItems => {
    const made = trendsNow(timestamp);
    const items: number[] = [];
    const scores: number[] = [];
    let rising = 0;
    for (let k = 0; k < made.items.length && items.length < limit; k++) {
      if (excluded[made.items[k]!] === 1) continue;
      items.push(made.items[k]!);
      scores.push(made.scores[k]!);
      if (k < made.rising) rising++;
    }
    const answer = {
      items: Int32Array.from(items),
      scores: Float32Array.from(scores),
      ...(rising < items.length && { reasons: items.map((_, k): ItemSource => (k < rising ? "model" : "popular")) }),
    };
    return filler.fill(answer, { limit, excluded });
  };

  const explain = ({ timestamp }: Query, items: Int32Array): Explanation[] => {
    const rise = riseAt(counts.at(timestamp), options);
    return Array.from(items, (item): Explanation => {
      const { lower, rate, expected } = rise(item);
      if (lower >= Math.log(options.minimumRise)) return [{ kind: "trend", rise: rate / expected, weight: 1 }];
      return [{ kind: "popularity", users: replica.usersPerItem[item] ?? 0, weight: 1 }];
    });
  };
  return { recommend, explain, close };
}
