import type { SparseRow } from "@palate/numeric";
import { MAX_ATTRIBUTIONS, type Attribution } from "@palate/recipe";
import type { ItemSpace } from "./item-space.js";

/** The metadata values that two items share, those that weigh most in their similarity first; empty when they share none. */
export function sharedAttributes(
  { encoder, rarity }: Pick<ItemSpace, "encoder" | "rarity">,
  query: SparseRow,
  found: SparseRow,
): Attribution[] {
  const queryValues = new Map(Array.from(query.columns, (feature, k) => [feature, query.values[k]!]));
  const shared: { feature: number; amount: number }[] = [];
  found.columns.forEach((feature, k) => {
    const amount = (queryValues.get(feature) ?? 0) * found.values[k]! * rarity[feature]! ** 2;
    if (amount > 0 && encoder.labelOf(feature) !== "") shared.push({ feature, amount });
  });
  const total = shared.reduce((sum, { amount }) => sum + amount, 0);
  return shared
    .sort((a, b) => b.amount - a.amount)
    .slice(0, MAX_ATTRIBUTIONS)
    .map(({ feature, amount }): Attribution => {
      const [column = "", ...value] = encoder.labelOf(feature).split(" ");
      return { kind: "attribute", column, value: value.join(" "), weight: amount / total };
    });
}
