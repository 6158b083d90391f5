import type { Artifact, ReplicaView, ItemModel } from "@palate/recipe";
import { HrnnServing } from "../hrnn/hrnn-serving.js";

/**
 * Serves what the model expects next after the user's whole history, the newest event included. A user of whom nothing is
 * known gets popular items, whose reason says so.
 * @throws PalateError `invalid_argument` on an artefact it cannot read
 */
export function load(artifact: Artifact, replica: ReplicaView): ItemModel {
  const serving = new HrnnServing(artifact, replica);
  const { itemVectors } = serving;
  return {
    recommend: (query) => serving.recommend(query),
    explain: (query, items) => serving.explain(query, items),
    ...(itemVectors && { itemVectors }),
    close: () => serving.close(),
  };
}
