import type { RunningGateway } from "@palate/gateway";
import { invalidArgument, createLogger, handlersFor, startGrpcServer, type RunningGrpcServer } from "@palate/host";
import {
  Campaign,
  CauseKind,
  Explanation,
  Reason,
  Recipe,
  RecipeServiceService,
  RecommendationServiceService,
  SeenItems,
  type GetSegmentRequest,
} from "@palate/proto/recipe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, gatewayWith } from "./gateway-client.js";

/** Users of every segment, user-1 with score 1, user-2 with 1/2 and so on. */
const USERS = 25_000;
const CHUNK = 10_000;

/** The gateway alone against a recipe service in memory that finds users, over real gRPC. */
describe("segments through the gateway", () => {
  const asked: GetSegmentRequest[] = [];
  let service: RunningGrpcServer;
  let gateway: RunningGateway;

  const because = Explanation.fromPartial({
    causes: [{ kind: CauseKind.CAUSE_KIND_ITEM, itemId: "i", weight: 0.5 }],
  });

  async function* getSegment(request: GetSegmentRequest) {
    asked.push(request);
    if (request.itemAttributes.endsWith("="))
      throw invalidArgument("Attribute query, line 1: a value is missing.", [{ field: "line 1", message: "no value" }]);
    const end = Math.min(USERS, request.offset + request.numResults);
    for (let from = request.offset; from === request.offset || from < end; from += CHUNK) {
      const ranks = Array.from({ length: Math.max(0, Math.min(CHUNK, end - from)) }, (_, row) => from + row + 1);
      yield {
        userIds: ranks.map((rank) => `user-${rank}`),
        scores: ranks.map((rank) => 1 / rank),
        versionId: from === request.offset ? "0badcafe" : "",
        checkpoint: 2,
        reason: request.itemId === "unknown" ? Reason.REASON_POPULAR : Reason.REASON_UNSPECIFIED,
        dataAgeMs: 7,
        hasMore: end < USERS,
        explanations: request.explain ? ranks.map(() => because) : [],
      };
    }
  }

  beforeAll(async () => {
    const { unary, serverStream } = handlersFor(createLogger("test", "silent"));
    const recipe = Recipe.fromPartial({ name: "aws-item-affinity", service: "segments" });
    const campaign = Campaign.fromPartial({ datasetGroup: "shop", name: "fans" });
    const trait = { dataset: "ITEMS", column: "GENRE", value: "Horror", share: 0.5, lift: 4 };
    service = await startGrpcServer("127.0.0.1:0", [
      {
        name: "palate.recipe.v1.RecipeService",
        definition: RecipeServiceService,
        implementation: {
          listRecipes: unary("listRecipes", () => ({ recipes: [recipe] })),
          listCampaigns: unary("listCampaigns", () => ({ campaigns: [campaign], nextPageToken: "" })),
        },
      },
      {
        name: "palate.recipe.v1.RecommendationService",
        definition: RecommendationServiceService,
        implementation: {
          getSegment: serverStream("getSegment", getSegment),
          listSegments: unary("listSegments", () => ({
            segments: [{ id: "1", label: "Horror", users: 12, traits: [trait] }],
            versionId: "0badcafe",
            dataAgeMs: 7,
          })),
        },
      },
    ]);
    service.setServing(true);
    gateway = await gatewayWith({ PALATE_RECIPE_SERVICES: `127.0.0.1:${service.port}` });
  });

  afterAll(async () => {
    await gateway.close();
    await service.close(0);
  });

  const SEGMENT = `query ($item: ID, $attributes: String, $first: Int!, $after: String, $seen: SeenItems) {
    segment(datasetGroup: "shop", campaign: "fans", itemId: $item, itemAttributes: $attributes, first: $first, after: $after,
      seenItems: $seen) {
      edges { node { userId } score rank } nodes { id }
      pageInfo { hasNextPage hasPreviousPage endCursor } reason versionId checkpoint dataAgeMs } }`;

  it("say which of a user's items put them there, when the query reads it", async () => {
    const query = (fields: string) =>
      ask(gateway, `{ segment(datasetGroup: "shop", campaign: "fans", itemId: "i", first: 1) { ${fields} } }`);
    const { data } = await query("edges { reasons { kind weight item { itemId } } }");
    expect(data.segment.edges[0].reasons).toEqual([{ kind: "ITEM", weight: 0.5, item: { itemId: "i" } }]);
    expect(asked.at(-1)?.explain).toBe(true);
    await query("edges { rank }");
    expect(asked.at(-1)?.explain).toBe(false);
  });

  it("are paged, best users first", async () => {
    const first = (await ask(gateway, SEGMENT, { item: "i", first: 2, seen: "EXCLUDE" })).data.segment;
    expect(
      first.edges.map((edge: { node: { userId: string }; rank: number }) => [edge.node.userId, edge.rank]),
    ).toEqual([
      ["user-1", 1],
      ["user-2", 2],
    ]);
    expect(first).toMatchObject({ reason: null, versionId: "0badcafe", checkpoint: 2, dataAgeMs: 7 });
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(asked.at(-1)).toMatchObject({
      itemId: "i",
      numResults: 2,
      offset: 0,
      seenItems: SeenItems.SEEN_ITEMS_EXCLUDE,
    });

    const second = (await ask(gateway, SEGMENT, { item: "i", first: 2, after: first.pageInfo.endCursor })).data.segment;
    expect(second.edges[0]).toMatchObject({ node: { userId: "user-3" }, rank: 3 });
    expect(second.edges[0].score).toBeCloseTo(1 / 3);

    const { data } = await ask(
      gateway,
      `query ($id: ID!) { node(id: $id) { id ... on User { userId datasetGroup } } }`,
      {
        id: second.nodes[0].id,
      },
    );
    expect(data.node).toEqual({ id: second.nodes[0].id, userId: "user-3", datasetGroup: "shop" });
  });

  it("say when they are the most active users, and pass on what is wrong with an expression", async () => {
    expect((await ask(gateway, SEGMENT, { item: "unknown", first: 1 })).data.segment.reason).toBe("POPULAR");
    const { data, errors } = await ask(gateway, SEGMENT, { attributes: "ITEMS.GENRE =", first: 1 });
    expect(data.segment).toBeNull();
    expect(errors[0]).toMatchObject({
      message: "Attribute query, line 1: a value is missing.",
      extensions: { code: "BAD_USER_INPUT" },
    });
    const cursor = await ask(gateway, SEGMENT, { item: "i", first: 1, after: "nonsense" });
    expect(cursor.errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });

  it("that a model has found are listed with what sets them apart", async () => {
    const query = `{ segments(datasetGroup: "shop", campaign: "fans") { id label users traits { dataset column value share lift } } }`;
    expect((await ask(gateway, query)).data.segments).toEqual([
      {
        id: "1",
        label: "Horror",
        users: 12,
        traits: [{ dataset: "ITEMS", column: "GENRE", value: "Horror", share: 0.5, lift: 4 }],
      },
    ]);
  });

  it("come whole as a stream of events", async () => {
    const query = `subscription { segmentUsers(datasetGroup: "shop", campaign: "fans", itemId: "i") { userIds reason } }`;
    const response = await fetch(`${gateway.url}/graphql/stream`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream" },
      body: JSON.stringify({ query }),
    });
    const text = await response.text();
    const parts = [...text.matchAll(/^data: (\{.*)$/gm)].map(
      ([, json]) => (JSON.parse(json!) as { data: { segmentUsers: { userIds: string[] } } }).data.segmentUsers.userIds,
    );
    expect(parts.map((part) => part.length)).toEqual([CHUNK, CHUNK, USERS - 2 * CHUNK]);
    expect(parts.flat().at(-1)).toBe(`user-${USERS}`);
  });
});
