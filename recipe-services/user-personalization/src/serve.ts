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

/**
 * Scores as shares of everything that may be recommended, which sum to 1 over it: a softmax, as at Amazon Personalize.
 * @param best scores of the answer, in descending order
 */
function sharesOf(
  best: Float32Array,
  all: Float32Array,
  left: (item: number) => boolean,
  sharpness: number,
): Float32Array {
  const largest = best[0] ?? 0;
  let sum = 0;
  for (let item = 0; item < all.length; item++) if (!left(item)) sum += Math.exp(sharpness * (all[item]! - largest));
  return best.map((score) => Math.exp(sharpness * (score - largest)) / sum);
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
    const left = (item: number): boolean => {
      const index = binding.replicaIndex(item);
      return index < 0 || excluded[index] === 1;
    };
    const { indices, scores: best } = selectTop(scores, limit, left);
    return {
      items: indices.map((item) => binding.replicaIndex(item)),
      scores: sharesOf(best, scores, left, model.sharpness),
    };
  };
  return { recommend };
}
