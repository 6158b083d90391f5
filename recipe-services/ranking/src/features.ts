import type { RankingQuery, ReplicaView } from "@palate/recipe";
import type { SequenceServing } from "@palate/sequence";

/**
 * What a ranking is made of: the sequence model's score, and the logarithm of how many users had the item. Lists hold popular
 * items more often than others, so that an item's being there says less about a user's liking the more popular it is; how
 * much less is learned.
 */
export const FEATURES = ["score", "popularity"] as const;

/**
 * Features of a list, items × {@link FEATURES}, NaN for an item that the model does not know; undefined for a user of whom it
 * knows nothing.
 * @param moment whom the list is for, when, and in which context
 * @param items replica item indices
 */
export function featuresOf(
  serving: SequenceServing,
  { usersPerItem }: ReplicaView,
  moment: Pick<RankingQuery, "user" | "timestamp" | "untimed" | "context">,
  items: Int32Array,
): Float64Array | undefined {
  const scores = serving.scoresOf(moment, items);
  if (scores === undefined) return undefined;
  const width = FEATURES.length;
  const values = new Float64Array(items.length * width);
  const { trainedItems } = serving.model;
  const untrained: number[] = [];
  let sum = 0;
  let trained = 0;
  items.forEach((item, place) => {
    const own = serving.binding.modelIndex(item);
    values[place * width] = scores[place]!;
    const popularity = Math.log(1 + (usersPerItem[item] ?? 0));
    values[place * width + 1] = popularity;
    if (own >= trainedItems) untrained.push(place);
    else if (own >= 0) {
      sum += popularity;
      trained++;
    }
  });
  // Of an item known by its metadata alone the few users it has say nothing yet: it is taken to be like the others.
  const mean = sum / Math.max(1, trained);
  for (const place of untrained) values[place * width + 1] = mean;
  return values;
}
