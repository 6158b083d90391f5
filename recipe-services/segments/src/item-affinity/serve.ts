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
import { itemAffinities } from "./model.js";

/**
 * Finds users by their affinity to an item, from the live replica. Users without any affinity are never returned, so the answer
 * can be shorter than requested. For an item that nobody has, the answer is the most active users.
 * @throws PalateError `invalid_argument` on an artefact it cannot read
 */
export function load(artifact: Artifact, replica: ReplicaView): SegmentModel {
  const { options } = fromArtifact(artifact);
  function* segment({ item, limit, excludeOwners, excluded }: SegmentQuery): Generator<void, RankedUsers> {
    if (item < 0 || (replica.usersPerItem[item] ?? 0) === 0) return yield* mostActive(replica, limit, excluded);
    const { scores, similarities } = yield* itemAffinities(replica, item, options, excludeOwners);
    const explain = explainBy(replica, options, (other) => similarities[other] ?? 0);
    return { ...(yield* bestUsers(without(scores, excluded), limit)), reason: "model", explain };
  }
  return { segment };
}
