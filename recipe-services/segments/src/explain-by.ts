import { attributionsOf, type Explanation, type ReplicaView } from "@palate/recipe";
import { recencyWeights, type RecencyOptions } from "./recency.js";

/**
 * Attributes a user's place in a segment to their items, by contribution to the affinity: newer items weigh more.
 * @param contributionOf an item's contribution, without recency, by replica item index; 0 for none
 */
export function explainBy(
  replica: Pick<ReplicaView, "history">,
  options: RecencyOptions,
  contributionOf: (item: number) => number,
): (user: number) => Explanation {
  const weights = recencyWeights(options);
  return (user) => {
    const { items } = replica.history(user);
    return attributionsOf(
      Array.from(items, (item, k) => {
        const rank = Math.min(items.length - 1 - k, weights.length - 1);
        return { item, amount: weights[rank]! * contributionOf(item) };
      }),
    );
  };
}
