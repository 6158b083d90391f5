import { attributionsOf, type Explanation, type ReplicaView } from "@palate/recipe";
import { recencyWeights, type RecencyOptions } from "./recency.js";

/**
 * Says which of a user's items put them into a segment: those that speak for what was asked, newer ones weighing more, as
 * they do in affinities.
 * @param worth how much an item speaks for it, by replica item index; 0 when it does not
 */
export function explainBy(
  replica: Pick<ReplicaView, "history">,
  options: RecencyOptions,
  worth: (item: number) => number,
): (user: number) => Explanation {
  const weights = recencyWeights(options);
  return (user) => {
    const { items } = replica.history(user);
    return attributionsOf(
      Array.from(items, (item, k) => {
        const rank = Math.min(items.length - 1 - k, weights.length - 1);
        return { item, amount: weights[rank]! * worth(item) };
      }),
    );
  };
}
