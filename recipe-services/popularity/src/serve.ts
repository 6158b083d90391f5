import { LivePopularity, type Artifact, type ReplicaView, type ItemModel } from "@palate/recipe";
import { fromArtifact } from "./artifact.js";
import { mostPopular } from "./model.js";

/**
 * Serves live popularity of the replica, at most a second old. The counts of the training are only checked to be readable.
 * @throws PalateError `invalid_argument` on an artefact it cannot read
 */
export function load(artifact: Artifact, replica: ReplicaView): ItemModel {
  fromArtifact(artifact);
  const popularity = new LivePopularity(replica, () => performance.now());
  return {
    recommend: (query) => mostPopular(popularity.order(), query),
    explain: (_query, items) =>
      Array.from(items, (item) => [{ kind: "popularity", users: replica.usersPerItem[item] ?? 0, weight: 1 }]),
  };
}
