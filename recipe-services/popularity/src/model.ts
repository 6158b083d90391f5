import type { PopularityOrder, Query, RankedItems } from "@palate/recipe";

/**
 * The most popular items that a query does not exclude.
 * @returns scores are numbers of users
 */
export function mostPopular({ items, users }: PopularityOrder, query: Pick<Query, "limit" | "excluded">): RankedItems {
  const length = Math.min(query.limit, items.length);
  const chosen = new Int32Array(length);
  const scores = new Float32Array(length);
  let count = 0;
  for (let k = 0; k < items.length && count < length; k++) {
    const item = items[k]!;
    if (query.excluded[item] === 1) continue;
    chosen[count] = item;
    scores[count++] = users[k]!;
  }
  return { items: chosen.subarray(0, count), scores: scores.subarray(0, count) };
}
