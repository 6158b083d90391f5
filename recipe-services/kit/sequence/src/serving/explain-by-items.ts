import { attributionsOf, type Explanation, type ReplicaView } from "@palate/recipe";

/** What single items of a user's history add to the scores of some targets. */
export interface ItemEffects {
  /** Replica items of the history, each once. */
  readonly items: readonly number[];
  /** What the item at `row` adds to the score of the target at `k`. */
  readonly amountOf: (row: number, k: number) => number;
}

/**
 * Explains an answer by the items of the user's history: for each item the ones that speak for it, popularity where none
 * does, nothing for items that the model does not know.
 * @param items replica items, as in the answer
 * @param modelIndex the model's number of a replica item; negative for one that it does not know
 * @param effectsOf looks at the history, for targets by the model's numbers; not called without any
 */
export function explainByItems(
  replica: Pick<ReplicaView, "usersPerItem">,
  items: Int32Array,
  modelIndex: (replicaItem: number) => number,
  effectsOf: (targets: Int32Array) => ItemEffects,
): Explanation[] {
  const explanations = Array.from(items, (): Explanation => []);
  const known = Array.from(items.keys()).filter((index) => modelIndex(items[index]!) >= 0);
  if (known.length === 0) return explanations;
  const { items: sources, amountOf } = effectsOf(Int32Array.from(known, (index) => modelIndex(items[index]!)));
  known.forEach((index, k) => {
    const causes = attributionsOf(sources.map((item, row) => ({ item, amount: amountOf(row, k) })));
    const users = replica.usersPerItem[items[index]!] ?? 0;
    explanations[index] = causes.length > 0 ? causes : [{ kind: "popularity", users, weight: 1 }];
  });
  return explanations;
}
