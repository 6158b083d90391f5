import {
  ItemBinding,
  PopularFiller,
  type Artifact,
  type Explanation,
  type Query,
  type RankedItems,
  type ReplicaView,
  type ServingModel,
} from "@palate/recipe";
import { fromArtifact } from "./artifact.js";

/**
 * Serves the similar items of the item asked about. What the list lacks for the asked number is made up with popular
 * items, whose reason says so and whose score is 0: so an item that the model does not know gets popular items only.
 * @throws PalateError `invalid_argument` on an artefact it cannot read
 */
export function load(artifact: Artifact, replica: ReplicaView): ServingModel {
  const { itemIds, offsets, items: similar, scores: similarities } = fromArtifact(artifact);
  const binding = new ItemBinding(itemIds, replica);
  const filler = new PopularFiller(replica);

  const recommend = ({ item: asked, limit, excluded }: Query): RankedItems => {
    const items: number[] = [];
    const scores: number[] = [];
    const own = binding.modelIndex(asked);
    const end = own < 0 ? 0 : offsets[own + 1]!;
    for (let k = own < 0 ? 0 : offsets[own]!; k < end && items.length < limit; k++) {
      const item = binding.replicaIndex(similar[k]!);
      if (item < 0 || excluded[item] === 1) continue;
      items.push(item);
      scores.push(similarities[k]!);
    }
    const answer = { items: Int32Array.from(items), scores: Float32Array.from(scores) };
    return filler.fill(answer, { limit, excluded }, asked);
  };
  const explain = ({ item: asked }: Query, items: Int32Array): Explanation[] => {
    const own = binding.modelIndex(asked);
    const alike = own < 0 ? new Int32Array(0) : similar.subarray(offsets[own], offsets[own + 1]);
    return Array.from(items, (item): Explanation => {
      if (alike.includes(binding.modelIndex(item))) return [{ kind: "item", item: asked, weight: 1 }];
      return [{ kind: "popularity", users: replica.usersPerItem[item] ?? 0, weight: 1 }];
    });
  };
  return { recommend, explain };
}
