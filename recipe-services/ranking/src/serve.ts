import {
  rankByPopularity,
  type Artifact,
  type ItemScores,
  type RankingModel,
  type RankingQuery,
  type ReplicaView,
} from "@palate/recipe";
import { SequenceServing } from "@palate/sequence";
import { weightsOf } from "./artifact.js";
import { FEATURES, featuresOf } from "./features.js";

/**
 * Ranks lists by what the model expects next after the user's whole history, the newest event included. Items that
 * the model does not know have no score. A user without any history that the model knows gets popular items first.
 * @throws PalateError `invalid_argument` on an artefact it cannot read
 */
export function load(artifact: Artifact, replica: ReplicaView): RankingModel {
  const serving = new SequenceServing(artifact, replica, { coarseFrom: Infinity });
  const weights = weightsOf(artifact);
  const popular = rankByPopularity(replica);
  const rank = (query: RankingQuery): ItemScores => {
    const { items } = query;
    const features = featuresOf(serving, replica, query, items);
    if (features === undefined) return popular(query);
    const scores = Float32Array.from(items, (_, place) =>
      FEATURES.reduce((sum, name, k) => sum + weights[name] * features[place * FEATURES.length + k]!, 0),
    );
    return { scores, reason: "model" };
  };
  return {
    rank,
    explain: (query, items) => serving.explain(query, items),
    close: () => serving.close(),
  };
}
