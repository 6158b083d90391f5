import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningGateway } from "@palate/gateway";
import { ask, gatewayWith } from "./gateway-client.js";
import { MemoryRecipeService } from "./gateway-recipes.js";

/** Rankings, reasons and diversity through the gateway, from an in-memory recipe service over real gRPC. */
describe("gateway: rankings, reasons and diversity", () => {
  let service: MemoryRecipeService;
  let gateway: RunningGateway;

  beforeAll(async () => {
    service = await new MemoryRecipeService("ranking", "aws-personalized-ranking-v2").start();
    service.addCampaign("shop", "ranked");
    gateway = await gatewayWith({ PALATE_RECIPE_SERVICES: service.address });
  });
  afterAll(async () => {
    await gateway.close();
    await service.stop();
  });

  const rank = (fields: string, args: string) =>
    ask(
      gateway,
      `{ personalizedRanking(datasetGroup: "shop", campaign: "ranked", userId: "u", ${args}) { ${fields} } }`,
    );
  const recommend = (fields: string, args = "") =>
    ask(gateway, `{ recommendations(datasetGroup: "shop", campaign: "ranked", userId: "u", ${args}) { ${fields} } }`);

  it("put a list in order, with the place each item was given at and nothing where there is no score", async () => {
    const { data, errors } = await rank(
      "edges { rank givenRank score reason node { itemId } } nodes { itemId } recommendationId versionId historyLength",
      'itemIds: ["a", "unknown", "b", "a"]',
    );
    expect(errors).toEqual([]);
    const { edges, nodes, ...rest } = data.personalizedRanking;
    expect(edges.slice(0, 2)).toEqual([
      { rank: 1, givenRank: 1, score: 0.5, reason: null, node: { itemId: "a" } },
      { rank: 2, givenRank: 3, score: 0.25, reason: null, node: { itemId: "b" } },
    ]);
    expect(edges.at(-1)).toMatchObject({ givenRank: 2, score: null, node: { itemId: "unknown" } });
    expect(nodes).toHaveLength(4);
    expect(rest).toEqual({ recommendationId: "rec-ranked", versionId: "0badcafe", historyLength: 7 });
  });

  it("pass on what is asked, and ask for reasons and columns only when the query reads them", async () => {
    const args = 'itemIds: ["a"], callerWeight: 0.25, context: { DEVICE: "phone" }, timestamp: 1714564800';
    await rank("versionId", args);
    expect(service.ranked.at(-1)).toMatchObject({
      itemIds: ["a"],
      callerWeight: 0.25,
      context: { DEVICE: "phone" },
      timestamp: 1714564800,
      explain: false,
      metadataColumns: [],
    });
    const { data } = await rank(
      'edges { reasons { kind weight amount item { itemId name: attribute(name: "DESCRIPTION") } } }',
      args,
    );
    expect(service.ranked.at(-1)).toMatchObject({ explain: true, metadataColumns: ["DESCRIPTION"] });
    expect(data.personalizedRanking.edges[0].reasons).toEqual([
      { kind: "ITEM", weight: 0.75, amount: null, item: { itemId: "a", name: "DESCRIPTION of a" } },
      { kind: "POPULARITY", weight: 0.25, amount: 30, item: null },
    ]);
  });

  it("take lists of thousands in a variable", async () => {
    const itemIds = Array.from({ length: 5_000 }, (_, item) => `i${item}`);
    const query = `query ($itemIds: [ID!]!) {
      personalizedRanking(datasetGroup: "shop", campaign: "ranked", userId: "u", itemIds: $itemIds) { nodes { itemId } }
    }`;
    const { data, errors } = await ask(gateway, query, { itemIds });
    expect(errors).toEqual([]);
    expect(data.personalizedRanking.nodes).toHaveLength(5_000);
  });

  it("say which campaign there is not", async () => {
    const query = `{ personalizedRanking(datasetGroup: "shop", campaign: "none", userId: "u", itemIds: ["a"]) { versionId } }`;
    const { errors } = await ask(gateway, query);
    expect(errors[0]).toMatchObject({ path: ["personalizedRanking"], extensions: { code: "NOT_FOUND" } });
  });

  it("give reasons of recommendations, compiled or not, and none when the query does not read them", async () => {
    const fields = "edges { rank reasons { kind weight item { itemId } column value amount } }";
    const compiled = await recommend(fields, "first: 2");
    const general = await recommend(`${fields} versionId @include(if: false)`, "first: 2");
    expect(compiled.errors).toEqual([]);
    expect(compiled.data).toEqual(general.data);
    expect(compiled.data.recommendations.edges[0].reasons[0]).toEqual({
      kind: "ITEM",
      weight: 0.75,
      item: { itemId: "item-2" },
      column: null,
      value: null,
      amount: null,
    });
    expect(service.asked.at(-1)?.explain).toBe(true);
    await recommend("edges { rank reason }");
    expect(service.asked.at(-1)?.explain).toBe(false);
    await recommend("...Shelf } } fragment Shelf on RecommendationConnection { edges { reasons { kind } ");
    expect(service.asked.at(-1)?.explain).toBe(true);
  });

  it("pass on how diverse an answer is to be", async () => {
    await recommend("versionId", 'diversity: { weight: 0.5, column: "GENRE", maxPerValue: 2 }');
    expect(service.asked.at(-1)?.diversity).toEqual({ weight: 0.5, column: "GENRE", maxPerValue: 2, window: 0 });
    await recommend("versionId");
    expect(service.asked.at(-1)?.diversity).toBeUndefined();
  });
});
