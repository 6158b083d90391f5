import { Random } from "@palate/numeric";
import { expect, test } from "vitest";
import { BestFirst } from "./best-first.js";

const random = new Random(3);

/** What a plain comparison puts first. */
function byComparison(similarities: readonly number[], limit: number): [number, number][] {
  return similarities
    .map((similarity, item): [number, number] => [item, Math.fround(similarity)])
    .sort(([a, one], [b, other]) => other - one || a - b)
    .slice(0, limit);
}

test.each([
  ["of many sizes", () => Math.exp(10 * random.normal())],
  ["close to one another", () => 1 + random.uniform() / 1000],
  ["of few different values", () => 1 + random.integer(5)],
  ["all equal", () => 0.5],
])("sorts similarities %s as a comparison would", (_, draw) => {
  const best = new BestFirst(900);
  for (const length of [0, 1, 2, 30, 900])
    for (const limit of [0, 10, 500, 900]) {
      const similarities = Array.from({ length }, draw);
      // The order in which they come must not matter.
      const order = [...similarities.keys()].sort((a, b) => ((a * 7919) % 907) - ((b * 7919) % 907));
      best.clear();
      for (const item of order) best.add(item, similarities[item]!);
      best.sort(limit);
      const found = Array.from({ length: best.length }, (_, k) => [best.items[k]!, best.scores[k]!]);
      expect(found).toEqual(byComparison(similarities, limit));
    }
});
