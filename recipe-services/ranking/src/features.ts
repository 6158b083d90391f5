import type { RankingQuery, ReplicaView } from "@palate/recipe";
import type { SequenceServing } from "@palate/sequence";

/**
 * The features of a ranking: the sequence model's score, and the logarithm of how many users had the item. Popular items are
 * in more lists, so the more popular an item, the less its presence says about what the user likes; how much less is learned.
 */
export const FEATURES = ["score", "popularity"] as const;

/**
 * Features of a list, items × {@link FEATURES}, NaN for an item that the model does not know; undefined for a user without a
 * history that the model knows.
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
  // For an item known only by its metadata, the few users it has tell nothing yet: it gets the mean of the others.
  const mean = sum / Math.max(1, trained);
  for (const place of untrained) values[place * width + 1] = mean;
  return values;
}
