import { compileFilter, memoryColumns, parseFilter } from "@palate/filter";
import { GetRecommendationsRequest, Reason, SeenItems } from "@palate/proto/recipe";
import { replicaViewOf, trainingDataOf, type Query, type RankedItems, type ItemDescriptor } from "@palate/recipe";
import { describe, expect, it } from "vitest";
import { ExclusionMask } from "../serving/exclusion-mask.js";
import type { LoadedModel } from "../serving/serving-hub.js";
import { recommend } from "./recommend.js";

const descriptor: ItemDescriptor = {
  name: "aws-test",
  type: "USER_PERSONALIZATION",
  description: "",
  hyperparameters: [],
  requiresUser: true,
  requiresItem: false,
  excludesSeenByDefault: true,
  formatVersion: 1,
};

/** Items a, b, c, d; user u has seen a. The model ranks them in that order and skips what is excluded. */
function loaded(overrides: Partial<ItemDescriptor> = {}): LoadedModel {
  const rows = ["a", "b", "c", "d"].map((item, i) => ({ user: i === 0 ? "u" : "other", item, timestamp: i }));
  const replica = replicaViewOf(trainingDataOf(rows));
  const model = {
    recommend({ excluded, limit }: Query): RankedItems {
      const items = ["a", "b", "c", "d"].map((id) => replica.itemIndex(id)).filter((item) => excluded[item] === 0);
      const chosen = items.slice(0, limit);
      return {
        items: Int32Array.from(chosen),
        scores: Float32Array.from(chosen, (_, i) => 1 - i / 10),
        reasons: chosen.map((_, i) => (i === 1 ? "popular" : "model")),
      };
    },
  };
  return { versionId: "0badcafe", checkpoint: 2, descriptor: { ...descriptor, ...overrides }, model, replica };
}

const ask = (request: Partial<GetRecommendationsRequest>, model = loaded()) =>
  recommend(GetRecommendationsRequest.fromPartial({ userId: "u", ...request }), model, new ExclusionMask(), 1_000);

describe("recommend", () => {
  it("leaves out what the user has seen, unless asked not to", () => {
    expect(ask({ numResults: 3 }).itemIds).toEqual(["b", "c", "d"]);
    expect(ask({ seenItems: SeenItems.SEEN_ITEMS_EXCLUDE }).itemIds).toEqual(["b", "c", "d"]);
    expect(ask({ seenItems: SeenItems.SEEN_ITEMS_INCLUDE }).itemIds).toEqual(["a", "b", "c", "d"]);
    expect(ask({}, loaded({ excludesSeenByDefault: false })).itemIds).toHaveLength(4);
  });

  it("forgets one user's items before the next query", () => {
    const mask = new ExclusionMask();
    const model = loaded();
    recommend(GetRecommendationsRequest.fromPartial({ userId: "u" }), model, mask, 0);
    expect(recommend(GetRecommendationsRequest.fromPartial({ userId: "nobody" }), model, mask, 0).itemIds).toContain(
      "a",
    );
  });

  it("lets the seen ones follow, marked, where the others are too few and nobody said to leave them out", () => {
    const answer = ask({});
    expect(answer.itemIds).toEqual(["b", "c", "d", "a"]);
    expect(answer.reasons).toEqual([Reason.REASON_UNSPECIFIED, Reason.REASON_POPULAR, 0, Reason.REASON_SEEN]);
    // The model gives a the score 1; behind d it has no more than that.
    expect(answer.scores[3]).toBeCloseTo(answer.scores[2]!);
    expect(ask({ numResults: 3 }).scores).toEqual(answer.scores.slice(0, 3));
  });

  it("pages without gaps or repeats, with scores and reasons of the page", () => {
    const first = ask({ numResults: 2 });
    const second = ask({ numResults: 2, offset: 2, seenItems: SeenItems.SEEN_ITEMS_EXCLUDE });
    expect([...first.itemIds, ...second.itemIds]).toEqual(["b", "c", "d"]);
    expect([first.hasMore, second.hasMore]).toEqual([true, false]);
    expect(first.reasons).toEqual([Reason.REASON_UNSPECIFIED, Reason.REASON_POPULAR]);
    expect(second.reasons).toEqual([]);
    expect(second.scores).toHaveLength(1);
    expect(ask({ offset: 10 }).itemIds).toEqual([]);
  });

  it("tells a model that explores the answer's id for the answer alone, not for lists that promotions choose from", () => {
    const asked: Query[] = [];
    const { replica, ...rest } = loaded({ explores: true });
    const filter = compileFilter(
      parseFilter('EXCLUDE ItemID WHERE Items.KIND = "old"'),
      memoryColumns({ schema: { Items: [{ name: "KIND", type: "text" }] }, Items: [{}, {}, {}, {}] }),
    );
    const model = {
      recommend(query: Query): RankedItems {
        asked.push(query);
        return { items: Int32Array.of(1, 2), scores: null };
      },
    };
    const filters = { named: () => filter, has: () => true, compiled: () => filter };
    const exploration = { weight: 0.5, ageCutOffDays: 30 };
    const request = GetRecommendationsRequest.fromPartial({
      userId: "u",
      numResults: 2,
      promotions: [{ name: "new", filter: "new", percentPromotedItems: 50 }],
    });
    const exploring = { ...rest, exploration, model, replica: { ...replica, filters } };
    const { recommendationId } = recommend(request, exploring, new ExclusionMask(), 1_000);
    expect(asked.map((query) => query.recommendationId)).toEqual([recommendationId, undefined]);
    expect(asked.map((query) => query.exploration?.weight)).toEqual([0.5, 0.5]);
  });

  it("answers for an unknown user", () => {
    expect(ask({ userId: "nobody" })).toMatchObject({ historyLength: 0, versionId: "0badcafe", checkpoint: 2 });
  });

  it("lists everything that is wrong with a request", () => {
    try {
      ask({ userId: "", numResults: 10_001, offset: -1, timestamp: 1_700_000_000_000 }, loaded({ requiresItem: true }));
      expect.unreachable();
    } catch (error) {
      const fields = (error as { details: { violations: { field: string }[] } }).details.violations.map(
        (violation) => violation.field,
      );
      expect(fields).toEqual(["user_id", "item_id", "num_results", "offset", "timestamp"]);
    }
  });

  it("says which columns there are when one is unknown", () => {
    expect(() => ask({ metadataColumns: ["GENRE"] })).toThrow("known columns: none");
  });
});
