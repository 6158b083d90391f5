import type { SparseRow } from "@palate/numeric";
import { MOST_CAUSES, type Cause } from "@palate/recipe";
import type { ItemSpace } from "./item-space.js";

/** The values of metadata that two items share, the most telling first; empty when they share none. */
export function labelledCauses(
  { encoder, rarity }: Pick<ItemSpace, "encoder" | "rarity">,
  asked: SparseRow,
  found: SparseRow,
): Cause[] {
  const own = new Map(Array.from(asked.columns, (feature, k) => [feature, asked.values[k]!]));
  const shared: { feature: number; amount: number }[] = [];
  found.columns.forEach((feature, k) => {
    const amount = (own.get(feature) ?? 0) * found.values[k]! * rarity[feature]! ** 2;
    if (amount > 0 && encoder.labelOf(feature) !== "") shared.push({ feature, amount });
  });
  const total = shared.reduce((sum, { amount }) => sum + amount, 0);
  return shared
    .sort((a, b) => b.amount - a.amount)
    .slice(0, MOST_CAUSES)
    .map(({ feature, amount }): Cause => {
      const [column = "", ...value] = encoder.labelOf(feature).split(" ");
      return { kind: "attribute", column, value: value.join(" "), weight: amount / total };
    });
}
