import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningGateway } from "@palate/gateway";
import { ask, gatewayWith } from "./gateway-client.js";
import { PromotionPlacement } from "@palate/proto/recipe";
import { MemoryRecipeService } from "./gateway-recipes.js";

/** Recommendations through the gateway, from an in-memory recipe service over real gRPC. */
describe("gateway: recommendations", () => {
  let sims: MemoryRecipeService;
  let gateway: RunningGateway;

  beforeAll(async () => {
    sims = await new MemoryRecipeService("sims", "aws-sims").start();
    sims.addCampaign("shop", "similar");
    gateway = await gatewayWith({ PALATE_RECIPE_SERVICES: sims.address });
  });
  afterAll(async () => {
    await gateway.close();
    await sims.stop();
  });

  const recommend = (fields: string, args = "") =>
    ask(gateway, `{ recommendations(datasetGroup: "shop", campaign: "similar", itemId: "x" ${args}) { ${fields} } }`);

  it("carry score, rank and reason on the edge, and what the answer rests on", async () => {
    const { data, errors } = await recommend(
      "edges { rank score reason node { itemId datasetGroup } } recommendationId versionId checkpoint dataAgeMs historyLength",
      "first: 3",
    );
    expect(errors).toEqual([]);
    const { edges, ...rest } = data.recommendations;
    expect(edges).toHaveLength(3);
    expect(edges[1]).toEqual({
      rank: 2,
      score: 0.5,
      reason: "POPULAR",
      node: { itemId: "item-2", datasetGroup: "shop" },
    });
    expect(edges[0].reason).toBeNull();
    expect(rest).toEqual({
      recommendationId: "rec-sims",
      versionId: "0badcafe",
      checkpoint: 2,
      dataAgeMs: 12,
      historyLength: 7,
    });
  });

  it("go on after a cursor until the list ends", async () => {
    const seen: string[] = [];
    let after = "";
    for (let page = 0; page < 10; page++) {
      const { data } = await recommend(
        "nodes { itemId } pageInfo { hasNextPage hasPreviousPage endCursor }",
        `first: 15 ${after}`,
      );
      const { nodes, pageInfo } = data.recommendations;
      seen.push(...nodes.map((node: { itemId: string }) => node.itemId));
      expect(pageInfo.hasPreviousPage).toBe(page > 0);
      if (!pageInfo.hasNextPage) break;
      after = `after: "${pageInfo.endCursor}"`;
    }
    expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => `item-${index + 1}`));
  });

  it("ask for a page token only when the query reads a cursor, and begin after any edge's", async () => {
    await recommend("nodes { itemId } pageInfo { hasNextPage hasPreviousPage }");
    expect(sims.asked.at(-1)).toMatchObject({ withPageToken: false, pageToken: "" });
    const { data } = await recommend("edges { cursor }", "first: 3");
    expect(sims.asked.at(-1)).toMatchObject({ withPageToken: true });
    const [, second] = data.recommendations.edges;
    const rest = await recommend("edges { rank node { itemId } }", `first: 1, after: "${second.cursor}"`);
    expect(rest.data.recommendations.edges).toEqual([{ rank: 3, node: { itemId: "item-3" } }]);
  });

  it("ask for item columns only when the query reads them", async () => {
    await recommend("nodes { itemId }");
    expect(sims.asked.at(-1)?.metadataColumns).toEqual([]);
    const one = await recommend('nodes { name: attribute(name: "DESCRIPTION") }', "first: 1");
    expect(one.errors).toEqual([]);
    expect(sims.asked.at(-1)?.metadataColumns).toEqual(["DESCRIPTION"]);
    expect(one.data.recommendations.nodes).toEqual([{ name: "DESCRIPTION of item-1" }]);
    const all = await recommend("nodes { attributes { name value } }", "first: 3");
    expect(sims.asked.at(-1)?.metadataColumns).toEqual(["*"]);
    expect(all.data.recommendations.nodes[2].attributes).toEqual([
      { name: "DESCRIPTION", value: "DESCRIPTION of item-3" },
    ]);
    await recommend("nodes { attributes { name } }", 'metadataColumns: ["PRICE"]');
    expect(sims.asked.at(-1)?.metadataColumns).toEqual(["PRICE"]);
  });

  it("pass on seen items, context and time", async () => {
    await recommend("versionId", 'seenItems: INCLUDE, context: { DEVICE: "phone", HOUR: 7 }, timestamp: 1714564800');
    const request = sims.asked.at(-1);
    expect(request).toMatchObject({ seenItems: 2, context: { DEVICE: "phone", HOUR: "7" }, timestamp: 1714564800 });
    await recommend("versionId", 'timestamp: "2024-05-01T12:00:00Z"');
    expect(sims.asked.at(-1)?.timestamp).toBe(1714564800);
  });

  it("pass on filters and promotions, each value in quotes", async () => {
    const values = String.raw`[{ name: "G", values: ["horror", "say \"boo\" \\o/"] }, { name: "N", values: ["18"] }]`;
    const promotion = `{ name: "new", filter: "fresh", filterValues: ${values}, percentPromotedItems: 20, placement: EVEN }`;
    const { data } = await recommend(
      "edges { promotion }",
      `first: 2, filter: "by-genre", filterValues: ${values}, promotions: [${promotion}]`,
    );
    expect(data.recommendations.edges).toEqual([{ promotion: "new" }, { promotion: null }]);
    const filterValues = { G: String.raw`"horror","say \"boo\" \\o/"`, N: '"18"' };
    expect(sims.asked.at(-1)).toMatchObject({
      ...{ filter: "by-genre", filterValues, filterExpression: undefined },
      promotions: [
        {
          ...{ name: "new", filter: "fresh", filterValues, filterExpression: undefined, positions: [], maxItems: 0 },
          ...{ percentPromotedItems: 20, placement: PromotionPlacement.PROMOTION_PLACEMENT_EVEN },
        },
      ],
    });
    await recommend("versionId", 'filterExpression: "EXCLUDE ItemID WHERE Items.YEAR = 1"');
    expect(sims.asked.at(-1)?.filterExpression).toBe("EXCLUDE ItemID WHERE Items.YEAR = 1");
    const twice = await recommend("versionId", 'filterValues: [{ name: "G", values: [] }, { name: "G", values: [] }]');
    expect(twice.errors[0]).toMatchObject({ extensions: { code: "BAD_USER_INPUT" } });
  });

  it("cost exactly one call", async () => {
    const before = new Map(sims.calls);
    await recommend("edges { node { itemId attributes { name } } }");
    const made = [...sims.calls].map(([method, count]) => [method, count - (before.get(method) ?? 0)]);
    expect(made.filter(([, count]) => count !== 0)).toEqual([["getRecommendations", 1]]);
  });

  it("say what is wrong with a cursor, a page size or a campaign", async () => {
    const cursor = await recommend("versionId", 'after: "nonsense"');
    expect(cursor.errors[0]).toMatchObject({ extensions: { code: "BAD_USER_INPUT", retryable: false } });
    const size = await recommend("versionId", "first: 501");
    expect(size.errors[0]?.message).toBe("first is 501; it must be from 1 to 500.");
    const campaign = await ask(gateway, '{ recommendations(datasetGroup: "shop", campaign: "nope") { versionId } }');
    expect(campaign.data).toEqual({ recommendations: null });
    expect(campaign.errors[0]).toMatchObject({ path: ["recommendations"], extensions: { code: "NOT_FOUND" } });
    expect(campaign.errors[0]?.message).toContain('"nope"');
  });

  describe("are the same, compiled or not:", () => {
    const ARGUMENTS = [
      "first: 4",
      'first: 3, after: "shown.5", metadataColumns: ["PRICE"]',
      'first: 2, filterValues: [{ name: "A", values: ["x", "y"] }], promotions: [{ name: "p", positions: [1] }]',
      "first: 0",
    ];
    // A directive sends a query to the general executor; without one it is compiled.
    const cases = [
      "versionId @D recommendationId checkpoint dataAgeMs historyLength __typename",
      "edges @D { cursor rank score reason node { id itemId datasetGroup __typename } }",
      "edges @D { rank } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }",
      'nodes @D { attributes { name value } price: attribute(name: "PRICE") none: attribute(name: "NONE") }',
      "edges @D { rank } edges { again: rank } ... { versionId } ... on RecommendationConnection { v: versionId }",
      "edges { node { ... on Node { id } itemId @D } }",
      "edges @D { promotion rank }",
    ];
    for (const selection of cases) {
      it(selection, async () => {
        for (const args of ARGUMENTS) {
          const query = (directive: string) => `{
            one: recommendations(datasetGroup: "shop", campaign: "similar", ${args}) { ${selection.replace("@D", directive)} }
            two: recommendations(datasetGroup: "shop", campaign: "nope") { versionId } }`;
          const [general, compiled] = [await ask(gateway, query("@include(if: true)")), await ask(gateway, query(""))];
          expect(general.data).toHaveProperty("one");
          expect(compiled).toEqual({ ...general, headers: expect.anything() as unknown });
        }
      });
    }

    it("variables, defaults and fragments", async () => {
      const query = (directive: string) => `query ($column: String = "DESCRIPTION", $n: Int = 2, $campaign: String!) {
        recommendations(datasetGroup: "shop", campaign: $campaign, first: $n) { ...Shelf }
      }
      fragment Shelf on RecommendationConnection { edges { ...Row ...Row } }
      fragment Row on RecommendationEdge { score ${directive} node { itemId text: attribute(name: $column) } }`;
      for (const variables of [
        { campaign: "similar" },
        { campaign: "similar", n: 5, column: "PRICE" },
        { n: 5 },
        { campaign: 7 },
      ]) {
        const general = await ask(gateway, query("@include(if: true)"), variables);
        const compiled = await ask(gateway, query(""), variables);
        expect(compiled).toEqual({ ...general, headers: expect.anything() as unknown });
        if (variables.campaign === "similar") expect(compiled.data.recommendations.edges.length).toBe(variables.n ?? 2);
        else expect(compiled.errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
      }
    });
  });
});
