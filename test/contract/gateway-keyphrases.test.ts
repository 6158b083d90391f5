import type { RunningGateway } from "@palate/gateway";
import { PalateError, createLogger, handlersFor, startGrpcServer, type RunningGrpcServer } from "@palate/host";
import {
  Campaign,
  Recipe,
  RecipeServiceService,
  RecommendationServiceService,
  type ListKeyphrasesRequest,
} from "@palate/proto/recipe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, gatewayWith } from "./gateway-client.js";

/** The gateway alone against a recipe service in memory that reads texts, over real gRPC. */
describe("keyphrases through the gateway", () => {
  const asked: ListKeyphrasesRequest[] = [];
  let service: RunningGrpcServer;
  let gateway: RunningGateway;

  beforeAll(async () => {
    const { unary } = handlersFor(createLogger("test", "silent"));
    const campaigns = ["texts", "counts"].map((name) => Campaign.fromPartial({ datasetGroup: "shop", name }));
    service = await startGrpcServer("127.0.0.1:0", [
      {
        name: "palate.recipe.v1.RecipeService",
        definition: RecipeServiceService,
        implementation: {
          listRecipes: unary("listRecipes", () => ({
            recipes: [Recipe.fromPartial({ name: "aws-semantic-similarity", service: "sims" })],
          })),
          listCampaigns: unary("listCampaigns", () => ({ campaigns, nextPageToken: "" })),
        },
      },
      {
        name: "palate.recipe.v1.RecommendationService",
        definition: RecommendationServiceService,
        implementation: {
          listKeyphrases: unary("listKeyphrases", (request: ListKeyphrasesRequest) => {
            if (request.campaign === "counts") throw new PalateError("unimplemented", "aws-sims reads no texts.");
            asked.push(request);
            const items = request.itemIds.map((itemId) => ({
              itemId,
              keyphrases: [{ phrase: "desk lamp", score: 1 }],
            }));
            return { items, versionId: "0badcafe", dataAgeMs: 7 };
          }),
        },
      },
    ]);
    service.setServing(true);
    gateway = await gatewayWith({ PALATE_RECIPE_SERVICES: `127.0.0.1:${service.port}` });
  });

  afterAll(async () => {
    await gateway?.close();
    await service?.close(0);
  });

  const query = (campaign: string, first: number) =>
    `{ itemKeyphrases(datasetGroup: "shop", campaign: "${campaign}", itemIds: ["a", "b"], first: ${first}) {
      itemId keyphrases { phrase score } } }`;

  it("come for every item that was asked about", async () => {
    const { data, errors } = await ask(gateway, query("texts", 3));
    expect(errors).toEqual([]);
    const keyphrases = [{ phrase: "desk lamp", score: 1 }];
    expect(data).toEqual({
      itemKeyphrases: [
        { itemId: "a", keyphrases },
        { itemId: "b", keyphrases },
      ],
    });
    expect(asked.at(-1)).toMatchObject({ itemIds: ["a", "b"], numResults: 3 });
  });

  it("are refused where the recipe reads no texts, and for impossible numbers, with what is wrong", async () => {
    const refused = await ask(gateway, query("counts", 3));
    expect(refused.data).toEqual({ itemKeyphrases: null });
    expect(refused.errors[0]?.message).toMatch(/reads no texts/);
    expect((await ask(gateway, query("texts", 51))).errors[0]?.message).toMatch(/from 1 to 50/);
  });
});
