import type { Artifact, Query, RankedItems, ReplicaView, ItemModel } from "@palate/recipe";
import { Explorer } from "../exploration/explorer.js";
import { HrnnServing } from "../hrnn/hrnn-serving.js";

/**
 * Serves what the model expects next, with new items explored as much as the query says. For a user of whom nothing is
 * known, popularity stands for the model.
 * @throws PalateError `invalid_argument` on an artefact it cannot read
 */
export function load(artifact: Artifact, replica: ReplicaView): ItemModel {
  const serving = new HrnnServing(artifact, replica);
  // Reading every history once takes a while in large groups, so only where something is explored.
  let explorer: Explorer | undefined;
  let scores = new Float32Array(replica.itemCount);

  const recommend = (query: Query): RankedItems => {
    if (query.exploration === undefined || query.exploration.weight === 0) return serving.recommend(query);
    explorer ??= new Explorer(replica);
    if (scores.length < replica.itemCount) scores = new Float32Array(2 * replica.itemCount);
    const own = serving.scores(query.user);
    for (let item = 0; item < replica.itemCount; item++) {
      const index = own ? serving.modelIndex(item) : -1;
      if (own) scores[item] = index >= 0 ? own[index]! : -Infinity;
      else scores[item] = Math.log(1 + (replica.usersPerItem[item] ?? 0));
    }
    const answer = explorer.explore(query, {
      scores: scores.subarray(0, replica.itemCount),
      inverseTemperature: own ? serving.model.parts.inverseTemperature : 1,
      reason: own ? "model" : "popular",
    });
    return serving.filler.fill(answer, query);
  };
  const { itemVectors } = serving;
  return {
    recommend,
    explain: (query, items) => serving.explain(query, items),
    ...(itemVectors && { itemVectors }),
    close: () => {
      serving.close();
      explorer?.close();
    },
  };
}
