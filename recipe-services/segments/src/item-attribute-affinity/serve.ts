import {
  type Artifact,
  type RankedUsers,
  type ReplicaView,
  type SegmentModel,
  type SegmentQuery,
} from "@palate/recipe";
import { bestUsers, without } from "../best-users.js";
import { explainBy } from "../explain-by.js";
import { mostActive } from "../most-active.js";
import { fromArtifact } from "./artifact.js";
import { matchingItems } from "./matching-items.js";
import { attributeAffinities, baseShare } from "./model.js";

/**
 * Finds users by their affinity to attributes, from the live replica. Users without history are never returned. Where nobody has
 * chosen a matching item, the answer is the most active users.
 * @throws PalateError `invalid_argument` on an artefact it cannot read
 */
export function load(artifact: Artifact, replica: ReplicaView): SegmentModel {
  const { options } = fromArtifact(artifact);
  function* segment({ attributes, limit, timestamp, excluded }: SegmentQuery): Generator<void, RankedUsers> {
    const matches = matchingItems(replica, attributes, timestamp);
    yield;
    const base = baseShare(replica, matches);
    if (!(base > 0)) return yield* mostActive(replica, limit, excluded);
    const scores = yield* attributeAffinities(replica, matches, base, options);
    const explain = explainBy(replica, options, (item) => matches[item] ?? 0);
    return { ...(yield* bestUsers(without(scores, excluded), limit)), reason: "model", explain };
  }
  return { segment };
}
