import { CauseKind, GetPersonalizedRankingRequest, Reason } from "@palate/proto/recipe";
import {
  replicaViewOf,
  trainingDataOf,
  type ItemModel,
  type RankingDescriptor,
  type RankingModel,
  type RankingQuery,
} from "@palate/recipe";
import { describe, expect, it } from "vitest";
import type { LoadedModel } from "../serving/serving-hub.js";
import { MAX_LIST, rank } from "./rank.js";

const descriptor: RankingDescriptor = {
  name: "aws-test",
  type: "PERSONALIZED_RANKING",
  description: "",
  hyperparameters: [],
  formatVersion: 1,
};

/**
 * Items a, b, c and d; the model finds each twice as probable as the one before and knows nothing of d. User u has had a,
 * which it gives as its reason.
 */
function loaded(change: Partial<RankingModel> = {}): LoadedModel & { readonly asked: RankingQuery[] } {
  const rows = ["a", "b", "c", "d"].map((item, i) => ({ user: i === 0 ? "u" : "other", item, timestamp: i }));
  const data = trainingDataOf(rows, ["a", "b", "c", "d"], { TITLE: ["A", "B", "C", "D"] });
  const replica = replicaViewOf(data);
  const asked: RankingQuery[] = [];
  const model: RankingModel = {
    rank: (query) => {
      asked.push(query);
      const scores = Float32Array.from(query.items, (item) => (item === 3 ? Number.NaN : item * Math.LN2));
      return { scores, reason: query.user < 0 ? "popular" : "model" };
    },
    explain: (_query, items) => Array.from(items, () => [{ kind: "item", item: 0, weight: 0.8 }]),
    ...change,
  };
  return { versionId: "0badcafe", checkpoint: 2, descriptor, model, replica, asked };
}

const ask = (request: Partial<GetPersonalizedRankingRequest>, model: LoadedModel = loaded()) =>
  rank(GetPersonalizedRankingRequest.fromPartial({ userId: "u", ...request }), model, 1_000);

const rounded = (values: readonly number[]): number[] => values.map((value) => Number(value.toFixed(4)));

describe("a ranking", () => {
  it("is in the model's order with shares that sum to 1; what nobody or the model does not know comes last", () => {
    const answer = ask({ itemIds: ["never seen", "a", "d", "c", "b"] });
    expect(answer.itemIds).toEqual(["c", "b", "a", "never seen", "d"]);
    expect(rounded(answer.scores)).toEqual([0.5714, 0.2857, 0.1429]);
    expect(answer).toMatchObject({ versionId: "0badcafe", checkpoint: 2, historyLength: 1, reasons: [] });
    expect(answer.recommendationId).not.toBe("");
  });

  it("asks the model for the items of the list only, each once", () => {
    const model = loaded();
    expect(ask({ itemIds: ["c", "a", "c", "nothing", "nothing"] }, model).itemIds).toEqual(["c", "a", "nothing"]);
    expect(model.asked.map(({ items }) => [...items])).toEqual([[2, 0]]);
  });

  it("blends with the order given as far as the caller wants", () => {
    const order = (callerWeight: number) => ask({ itemIds: ["a", "b", "c"], callerWeight }).itemIds.join("");
    expect([0, 1].map(order)).toEqual(["cba", "abc"]);
    expect(rounded(ask({ itemIds: ["a", "c"], callerWeight: 0.5 }).scores)).toEqual([0.5, 0.5]);
  });

  it("of nothing, or of items nobody knows, is no error", () => {
    expect(ask({ itemIds: [] })).toMatchObject({ itemIds: [], scores: [] });
    expect(ask({ itemIds: ["p", "q"] })).toMatchObject({ itemIds: ["p", "q"], scores: [] });
  });

  it("leaves out what a filter excludes before it shares out", () => {
    const request = GetPersonalizedRankingRequest.fromPartial({ userId: "u", itemIds: ["a", "b", "c", "new"] });
    const answer = rank(request, loaded(), 0, (id) => id !== "c");
    expect(answer.itemIds).toEqual(["b", "a", "new"]);
    expect(rounded(answer.scores)).toEqual([0.6667, 0.3333]);
  });

  it("says of a user nobody knows that it is what everybody likes", () => {
    const answer = ask({ userId: "nobody", itemIds: ["a", "b", "d"], explain: true });
    expect(answer.reasons).toEqual([Reason.REASON_POPULAR, Reason.REASON_POPULAR]);
    expect(answer.explanations[0]!.causes).toMatchObject([{ kind: CauseKind.CAUSE_KIND_POPULARITY, amount: 1 }]);
  });

  it("carries metadata, with nothing for items that nobody knows", () => {
    const { metadata } = ask({ itemIds: ["new", "a", "b"], metadataColumns: ["title"] });
    expect(metadata).toEqual([{ name: "TITLE", values: ["B", "A", ""] }]);
  });

  it("gives reasons when asked: the user's items, and the caller's order by its weight", () => {
    const answer = ask({ itemIds: ["a", "b", "new"], callerWeight: 0.75, explain: true, metadataColumns: ["TITLE"] });
    expect(answer.explanations).toHaveLength(3);
    const [first, , last] = answer.explanations;
    expect(first!.causes.map(({ kind, weight }) => [kind, Number(weight.toFixed(3))])).toEqual([
      [CauseKind.CAUSE_KIND_CALLER_ORDER, 0.75],
      [CauseKind.CAUSE_KIND_ITEM, 0.2],
    ]);
    expect(first!.causes[1]).toMatchObject({ itemId: "a", metadata: { TITLE: "A" } });
    expect(last!.causes).toEqual([]);
    expect(ask({ itemIds: ["a"] }).explanations).toEqual([]);
  });

  it("names everything that is wrong with a request at once", () => {
    const wrong = {
      userId: "",
      itemIds: Array.from({ length: MAX_LIST + 1 }, String),
      callerWeight: 2,
      timestamp: 1e12,
    };
    let violations: readonly { readonly field: string }[] = [];
    try {
      ask(wrong);
    } catch (error) {
      violations = (error as { details: { violations: typeof violations } }).details.violations;
    }
    expect(violations.map(({ field }) => field)).toEqual(["user_id", "item_ids", "caller_weight", "timestamp"]);
  });

  it("is refused by recipes that cannot, naming those that can, and the call that is right", () => {
    const items: ItemModel = { recommend: () => ({ items: new Int32Array(0), scores: null }) };
    const type = "POPULAR_ITEMS";
    const other = { requiresUser: false, requiresItem: false, excludesSeenByDefault: false };
    const popular = { ...loaded(), model: items, descriptor: { ...descriptor, ...other, type } } as const;
    expect(() => ask({ itemIds: ["a"] }, popular)).toThrow(
      "GetPersonalizedRanking is for recipes that rank lists, such as aws-personalized-ranking-v2; " +
        "aws-test recommends items that are popular: call GetRecommendations.",
    );
  });
});
