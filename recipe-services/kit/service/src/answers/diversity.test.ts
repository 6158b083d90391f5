import { CauseKind, GetRecommendationsRequest, type Diversity } from "@palate/proto/recipe";
import {
  replicaViewOf,
  trainingDataOf,
  type Query,
  type RankedItems,
  type RecipeDescriptor,
  type ServingModel,
} from "@palate/recipe";
import { describe, expect, it } from "vitest";
import { ExclusionMask } from "../serving/exclusion-mask.js";
import type { LoadedModel } from "../serving/serving-hub.js";
import { recommend } from "./recommend.js";

const descriptor: RecipeDescriptor = {
  name: "aws-test",
  type: "POPULAR_ITEMS",
  description: "",
  hyperparameters: [],
  requiresUser: false,
  requiresItem: false,
  excludesSeenByDefault: false,
  formatVersion: 1,
};

const ITEMS = 2_000;

/** 2,000 items in the order of their numbers; the first 1,500 are of brand "big", the others of ten brands in turn. */
function loaded(withColumns = true, change: Partial<ServingModel> = {}): LoadedModel & { readonly limits: number[] } {
  const brands = Array.from({ length: ITEMS }, (_, item) => (item < 1_500 ? "big" : `small ${item % 10}`));
  const ids = brands.map((_, item) => `i${item}`);
  // User a has had all items of one brand, user b all others.
  const rows = ids.map((item, k) => ({ user: k < 1_500 ? "a" : "b", item, timestamp: k }));
  const replica = replicaViewOf(trainingDataOf(rows, ids, withColumns ? { BRAND: brands } : {}));
  const limits: number[] = [];
  const model: ServingModel = {
    recommend: ({ excluded, limit }: Query): RankedItems => {
      limits.push(limit);
      const items = Int32Array.from({ length: ITEMS }, (_, item) => item).filter((item) => excluded[item] === 0);
      const scores = Float32Array.from(items, (item) => 1 - item / ITEMS);
      return { items: items.slice(0, limit), scores: scores.slice(0, limit) };
    },
    ...change,
  };
  return { versionId: "0badcafe", checkpoint: 1, descriptor, model, replica, limits };
}

interface Asked extends Partial<Omit<GetRecommendationsRequest, "diversity">> {
  readonly diversity?: Partial<Diversity>;
}

const ask = (request: Asked, model = loaded()) =>
  recommend(GetRecommendationsRequest.fromPartial(request), model, new ExclusionMask(), 0);

const brandsOf = (ids: readonly string[], model = loaded()): string[] =>
  ids.map((id) => model.replica.itemAttribute(model.replica.itemIndex(id), "BRAND"));

describe("diversity of an answer", () => {
  it("keeps the limit of a column's values, looking as far down the list as it takes", () => {
    const model = loaded();
    const { itemIds, hasMore } = ask(
      { numResults: 10, diversity: { column: "brand", maxPerValue: 1, window: 10 } },
      model,
    );
    expect(new Set(brandsOf(itemIds)).size).toBe(10);
    expect(itemIds.slice(0, 2)).toEqual(["i0", "i1500"]);
    expect(hasMore).toBe(true);
    expect(model.limits.length).toBeGreaterThan(1);
  });

  it("gives pages that follow one another, whatever their size, and every item once", () => {
    const diversity = { weight: 0.5, column: "BRAND", maxPerValue: 3, window: 20 };
    const model = loaded();
    const whole = ask({ numResults: 60, diversity }, model).itemIds;
    const paged: string[] = [];
    while (paged.length < 60) paged.push(...ask({ numResults: 15, offset: paged.length, diversity }, model).itemIds);
    expect(paged).toEqual(whole);
    const all = ask({ numResults: ITEMS, diversity: { column: "BRAND", maxPerValue: 1 } }, model);
    expect(new Set(all.itemIds).size).toBe(ITEMS);
    expect(all.hasMore).toBe(false);
  });

  it("weighs unlikeness by metadata where the model has no vectors", () => {
    expect(brandsOf(ask({ numResults: 2, diversity: { weight: 0 } }).itemIds)).toEqual(["big", "big"]);
    const { itemIds, scores } = ask({ numResults: 2, diversity: { weight: 1 } });
    // The first hundred are all alike, and no further ones are considered: the order of the list decides.
    expect(itemIds).toEqual(["i0", "i1"]);
    expect(scores).toHaveLength(2);
  });

  it("weighs unlikeness by the model's vectors where it has some", () => {
    const itemVectors = {
      dimension: 2,
      read: (item: number, out: Float32Array) => {
        out.set(item % 3 === 2 ? [0, 1] : [1, 0]);
        return true;
      },
    };
    const { itemIds } = ask({ numResults: 3, diversity: { weight: 0.8 } }, loaded(true, { itemVectors }));
    expect(itemIds).toEqual(["i0", "i2", "i1"]);
  });

  it("weighs it by the users who had them where nothing else is known", () => {
    const model = loaded(false, {
      recommend: ({ limit }: Query) => ({
        items: Int32Array.of(1_401, 1_402, 1_403, 1_999).slice(0, limit),
        scores: null,
      }),
    });
    expect(ask({ numResults: 2, diversity: { weight: 0.9 } }, model).itemIds).toEqual(["i1401", "i1999"]);
  });

  it("says what is wrong with it, each field by name", () => {
    const wrong = { weight: 2, column: "COLOUR", maxPerValue: -1, window: 5_000 };
    expect(() => ask({ diversity: wrong })).toThrow(
      /diversity.weight .*diversity.column .*BRAND.*diversity.max_per_value .*diversity.window /s,
    );
    expect(() => ask({ diversity: { maxPerValue: 1 } })).toThrow(/needs a column/);
  });
});

describe("explanations of an answer", () => {
  it("are made for the page only, and only when asked for", () => {
    const explained: number[][] = [];
    const model = loaded(true, {
      explain: (_query, items) => {
        explained.push([...items]);
        return Array.from(items, (item) => [{ kind: "item", item: item + 1, weight: 0.5 }]);
      },
    });
    expect(ask({ numResults: 3 }, model).explanations).toEqual([]);
    const answer = ask({ numResults: 2, offset: 4, explain: true, metadataColumns: ["*"] }, model);
    expect(explained).toEqual([[4, 5]]);
    expect(answer.explanations.map(({ causes }) => causes[0])).toMatchObject([
      { kind: CauseKind.CAUSE_KIND_ITEM, itemId: "i5", weight: 0.5, metadata: { BRAND: "big" } },
      { kind: CauseKind.CAUSE_KIND_ITEM, itemId: "i6" },
    ]);
  });

  it("say of popular and explored items what they are, whatever the model says", () => {
    const model = loaded(true, {
      recommend: () => ({
        items: Int32Array.of(0, 1, 2),
        scores: null,
        reasons: ["model", "popular", "exploration"],
      }),
      explain: (_query, items) => Array.from(items, () => [{ kind: "item", item: 9, weight: 1 }]),
    });
    const kinds = ask({ explain: true, numResults: 3 }, model).explanations.map(({ causes }) => causes[0]!.kind);
    expect(kinds).toEqual([
      CauseKind.CAUSE_KIND_ITEM,
      CauseKind.CAUSE_KIND_POPULARITY,
      CauseKind.CAUSE_KIND_EXPLORATION,
    ]);
  });
});
