import type { Artifact, QueryContext, ReplicaView, ItemModel } from "@palate/recipe";
import { SequenceServing } from "@palate/sequence";

/**
 * Serves what the model expects next after the user's whole history, the newest event included. A user without any
 * history that the model knows gets popular items, whose reason says so.
 * @throws PalateError `invalid_argument` on an artefact it cannot read
 */
export function load(artifact: Artifact, replica: ReplicaView): ItemModel {
  const serving = new SequenceServing(artifact, replica);
  const { itemVectors } = serving;
  return {
    recommend: (query) => serving.recommend(query),
    ...(serving.sharesScans && { prepare: (moments: readonly QueryContext[]) => serving.prepare(moments) }),
    explain: (query, items) => serving.explain(query, items),
    ...(itemVectors && { itemVectors }),
    close: () => serving.close(),
  };
}
