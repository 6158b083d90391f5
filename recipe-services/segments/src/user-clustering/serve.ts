import { notFound } from "@palate/host";
import {
  type Artifact,
  type RankedUsers,
  type ReplicaView,
  type SegmentModel,
  type SegmentQuery,
  type SegmentSummary,
} from "@palate/recipe";
import { bestUsers, without } from "../best-users.js";
import { fromArtifact } from "./artifact.js";
import { ClusterMembers } from "./members.js";

/**
 * Serves clusters and their current members, the most typical first. A cluster's id is its number, from 1 for the one that was
 * largest in training.
 * @throws PalateError `invalid_argument` on an artefact it cannot read
 */
export function load(artifact: Artifact, replica: ReplicaView): SegmentModel {
  const model = fromArtifact(artifact);
  const members = new ClusterMembers(model, replica);
  const ids = model.descriptions.map((_, cluster) => String(cluster + 1));

  function* segment({ segment: id, limit, excluded }: SegmentQuery): Generator<void, RankedUsers> {
    const requested = ids.indexOf(id);
    if (requested < 0)
      throw notFound("segment", id, `There are segments 1 to ${ids.length}; ListSegments describes them.`);
    yield* members.update();
    const { clusters, cosines } = members;
    const scores = cosines.map((cosine, user) => (clusters[user] === requested ? cosine : Number.NaN));
    return { ...(yield* bestUsers(without(scores, excluded), limit)), reason: "model" };
  }

  function* segments(): Generator<void, readonly SegmentSummary[]> {
    yield* members.update();
    const users = new Int32Array(ids.length);
    for (const cluster of members.clusters) if (cluster >= 0) users[cluster]!++;
    const summaries = model.descriptions.map((one, cluster) => ({ id: ids[cluster]!, ...one, users: users[cluster]! }));
    return summaries.sort((a, b) => b.users - a.users);
  }

  return { segment, segments };
}
