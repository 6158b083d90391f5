import { buildSubgraphSchema } from "@apollo/subgraph";
import type { RunningGateway } from "@palate/gateway";
import { isUnionType, parse, print, visit, type GraphQLSchema } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, gatewayWith } from "./gateway-client.js";
import { MemoryRecipeService } from "./gateway-recipes.js";

const SDL = "{ _service { sdl } }";

/** What a router sends to go on from another subgraph. */
const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Item { id datasetGroup itemId attributes { name } }
    ... on User { id datasetGroup userId }
  }
}`;

/** The gateway as a subgraph of a federated graph: what a router reads when it composes, and what it asks. */
describe("gateway: federation", () => {
  let service: MemoryRecipeService;
  let gateway: RunningGateway;

  beforeAll(async () => {
    service = await new MemoryRecipeService("sims", "aws-sims").start();
    service.addCampaign("shop", "similar");
    gateway = await gatewayWith({ PALATE_RECIPE_SERVICES: service.address });
  });
  afterAll(async () => {
    await gateway.close();
    await service.stop();
  });

  const entities = (...representations: unknown[]) => ask(gateway, ENTITIES, { representations });

  it("shows a schema that the reference implementation takes, items and users being its entities", async () => {
    const { data, errors } = await ask(gateway, SDL);
    expect(errors).toEqual([]);
    const sdl = data._service.sdl as string;
    // Without the descriptions, which may speak of anything.
    const bare = print(visit(parse(sdl), { StringValue: (_node, key) => (key === "description" ? null : undefined) }));
    expect(bare).not.toMatch(/\b_(entities|service|Any|Entity|Service)\b/);
    const schema: GraphQLSchema = buildSubgraphSchema({ typeDefs: parse(sdl) });
    const union = schema.getType("_Entity");
    expect(isUnionType(union) && union.getTypes().map(({ name }) => name)).toEqual(["Item", "User"]);
    expect(schema.getQueryType()?.getFields()).toHaveProperty("recommendations");
  });

  it("finds items and users by either key, those of answers too", async () => {
    const query = '{ recommendations(datasetGroup: "shop", campaign: "similar", first: 1) { nodes { id itemId } } }';
    const { data } = await ask(gateway, query);
    const [{ id, itemId }] = data.recommendations.nodes as [{ id: string; itemId: string }];
    const found = await entities(
      { __typename: "User", datasetGroup: "shop", userId: "u1" },
      { __typename: "Item", id },
      { __typename: "Item", datasetGroup: "shop", itemId },
    );
    expect(found.errors).toEqual([]);
    const item = { __typename: "Item", id, datasetGroup: "shop", itemId, attributes: [] };
    expect(found.data._entities.slice(1)).toEqual([item, item]);
    expect(found.data._entities[0]).toMatchObject({ __typename: "User", datasetGroup: "shop", userId: "u1" });
    const again = await entities({ __typename: "User", id: found.data._entities[0].id });
    expect(again.data._entities[0]).toMatchObject({ datasetGroup: "shop", userId: "u1" });
  });

  it.each([
    ["another type", { __typename: "Campaign", id: "x" }, "the entities are Item and User"],
    ["no type", { id: "x" }, "the entities are Item and User"],
    ["no whole key", { __typename: "Item", itemId: "x" }, "by id, or by datasetGroup and itemId"],
    ["an id that is none", { __typename: "User", id: "!" }, "is not an id of this API"],
  ])("says what is wrong with %s", async (_what, representation, message) => {
    const { errors } = await entities(representation);
    expect(errors[0]).toMatchObject({
      message: expect.stringContaining(message),
      extensions: { code: "BAD_USER_INPUT" },
    });
  });

  it("takes no item's id for a user's", async () => {
    const found = await entities({ __typename: "Item", datasetGroup: "shop", itemId: "x" });
    const { errors } = await entities({ __typename: "User", id: found.data._entities[0].id });
    expect(errors[0]?.message).toContain("type Item, not User");
  });

  it("hides the schema with introspection switched off, and answers for entities", async () => {
    const closed = await gatewayWith({ PALATE_INTROSPECTION: "off", PALATE_RECIPE_SERVICES: service.address });
    try {
      expect((await ask(closed, SDL)).errors[0]?.message).toContain("introspection");
      const representations = [{ __typename: "Item", datasetGroup: "shop", itemId: "x" }];
      expect((await ask(closed, ENTITIES, { representations })).data._entities[0]).toMatchObject({ itemId: "x" });
    } finally {
      await closed.close();
    }
  });
});
