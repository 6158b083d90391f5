import type { Query, ReplicaView, ServingModel } from "@palate/recipe";
import { expect } from "vitest";

/**
 * Checks what holds of the explanations of every recipe: one for each item, causes strongest first, weights that are shares,
 * and only items that the user has had, or that were asked about.
 */
export function expectSensible(model: ServingModel, replica: ReplicaView, query: Query, items: Int32Array): void {
  const explanations = model.explain!(query, items);
  expect(explanations).toHaveLength(items.length);
  const had = new Set([...replica.history(query.user).items, query.item]);
  for (const causes of explanations) {
    const weights = causes.map(({ weight }) => weight);
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
    for (const weight of weights) expect(weight).toBeGreaterThan(0);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThanOrEqual(1.001);
    for (const cause of causes) if (cause.kind === "item") expect(had.has(cause.item)).toBe(true);
  }
}
