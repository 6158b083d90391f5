import {
  ItemBinding,
  LivePopularity,
  type Artifact,
  type Query,
  type RankedItems,
  type Reason,
  type ReplicaView,
  type ServingModel,
} from "@palate/kit/recipe";
import { selectTop } from "@palate/kit/tensor";
import { fromArtifact } from "./artifact.js";
import { StateCache } from "./state-cache.js";

/** Users whose vectors are kept: 256 bytes each at the default size. */
const CACHED_USERS = 50_000;

/** Scores as shares of the whole catalogue, summing to 1 over it, as Amazon Personalize gives them: a softmax. */
function shares(best: Float32Array, all: Float32Array): Float32Array {
  let largest = -Infinity;
  for (const score of all) if (score > largest) largest = score;
  let sum = 0;
  for (const score of all) sum += Math.exp(score - largest);
  return best.map((score) => Math.exp(score - largest) / sum);
}

/**
 * Serves what the model expects next after the user's whole history, the newest event included. A user without any
 * history that the model knows gets popular items, whose reason says so.
 * @throws PalateError `invalid_argument` on an artefact it cannot read
 */
export function load(artifact: Artifact, replica: ReplicaView): ServingModel {
  const { itemIds, model } = fromArtifact(artifact);
  const binding = new ItemBinding(itemIds, replica);
  const popularity = new LivePopularity(replica, () => performance.now());
  const states = new StateCache(CACHED_USERS);
  const scores = new Float32Array(itemIds.length);

  const popular = ({ limit, excluded }: Query): RankedItems => {
    const { items, users } = popularity.order();
    const chosen: number[] = [];
    for (let at = 0; at < items.length && chosen.length < limit; at++) if (excluded[items[at]!] !== 1) chosen.push(at);
    return {
      items: Int32Array.from(chosen, (at) => items[at]!),
      scores: Float32Array.from(chosen, (at) => users[at]! / Math.max(1, replica.userCount)),
      reasons: chosen.map((): Reason => "popular"),
    };
  };

  const recommend = (query: Query): RankedItems => {
    const { user, limit, excluded } = query;
    const history = replica
      .history(user)
      .items.map((item) => binding.modelIndex(item))
      .filter((item) => item >= 0);
    if (history.length === 0) return popular(query);
    const state = states.get(user, replica.historyVersion(user), () => model.userState(history));
    model.scoreAll(history, scores, state);
    const { indices, scores: best } = selectTop(scores, limit, (item) => {
      const index = binding.replicaIndex(item);
      return index < 0 || excluded[index] === 1;
    });
    return { items: indices.map((item) => binding.replicaIndex(item)), scores: shares(best, scores) };
  };
  return { recommend };
}
