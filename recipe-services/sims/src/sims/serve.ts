import {
  ItemBinding,
  PopularityFallback,
  type Artifact,
  type Explanation,
  type Query,
  type RankedItems,
  type ReplicaView,
  type ItemModel,
} from "@palate/recipe";
import { fromArtifact } from "./artifact.js";

/**
 * Serves the similar items of the query item. A list that is too short is filled up with popular items, with reason
 * "popular" and score 0; an item that the model does not know gets popular items only.
 * @throws PalateError `invalid_argument` on an artefact it cannot read
 */
export function load(artifact: Artifact, replica: ReplicaView): ItemModel {
  const { itemIds, offsets, items: similar, scores: similarities } = fromArtifact(artifact);
  const binding = new ItemBinding(itemIds, replica);
  const filler = new PopularityFallback(replica);

  const recommend = ({ item: queryItem, limit, excluded }: Query): RankedItems => {
    const items: number[] = [];
    const scores: number[] = [];
    const index = binding.modelIndex(queryItem);
    const end = index < 0 ? 0 : offsets[index + 1]!;
    for (let k = index < 0 ? 0 : offsets[index]!; k < end && items.length < limit; k++) {
      const item = binding.replicaIndex(similar[k]!);
      if (item < 0 || excluded[item] === 1) continue;
      items.push(item);
      scores.push(similarities[k]!);
    }
    const answer = { items: Int32Array.from(items), scores: Float32Array.from(scores) };
    return filler.fill(answer, { limit, excluded }, queryItem);
  };
  const explain = ({ item: queryItem }: Query, items: Int32Array): Explanation[] => {
    const index = binding.modelIndex(queryItem);
    const neighbours = index < 0 ? new Int32Array(0) : similar.subarray(offsets[index], offsets[index + 1]);
    return Array.from(items, (item): Explanation => {
      if (neighbours.includes(binding.modelIndex(item))) return [{ kind: "item", item: queryItem, weight: 1 }];
      return [{ kind: "popularity", users: replica.usersPerItem[item] ?? 0, weight: 1 }];
    });
  };
  return { recommend, explain };
}
