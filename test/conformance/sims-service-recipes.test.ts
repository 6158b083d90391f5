import { createClient, streamCall, unaryCall } from "@palate/host";
import { DatasetType, PutItemsRequest } from "@palate/proto/dataset";
import {
  CauseKind,
  CreateSolutionRequest,
  CreateSolutionVersionRequest,
  GetRecommendationsRequest,
  ListKeyphrasesRequest,
  Reason,
  RecipeServiceClient,
  RecommendationServiceClient,
  ResourceStatus,
  type GetRecommendationsResponse,
  type SolutionVersion,
} from "@palate/proto/recipe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, importInteractions, startPalate, twoCircles, type TestPalate } from "../support/palate.js";

const ITEMS_SCHEMA = JSON.stringify({
  type: "record",
  name: "Items",
  namespace: "com.amazonaws.personalize.schema",
  fields: [
    { name: "ITEM_ID", type: "string" },
    { name: "CIRCLE", type: ["null", "string"], categorical: true },
    { name: "NAME", type: ["null", "string"], textual: true },
    { name: "DESCRIPTION", type: ["null", "string"], textual: true },
  ],
  version: "1.0",
});
const THINGS = ["desk lamp", "coffee mug", "garden hose", "wall clock"];
const COLOURS = ["red", "green", "blue", "black", "white"];

/** The recipes of the sims service that read metadata, over real gRPC with a real trainer and store. */
describe("similar items by metadata and text", () => {
  let palate: TestPalate;
  let recipes: RecipeServiceClient;
  let recommendations: RecommendationServiceClient;

  const addItems = async (datasetGroup: string): Promise<void> => {
    const { datasets } = palate;
    const datasetType = DatasetType.DATASET_TYPE_ITEMS;
    const schemaName = `${datasetGroup}-items`;
    await unaryCall(datasets, datasets.createSchema, { name: schemaName, schema: ITEMS_SCHEMA, datasetType });
    await unaryCall(datasets, datasets.createDataset, { datasetGroup, name: "items", datasetType, schemaName });
  };
  const put = (datasetGroup: string, items: readonly (Record<string, string> & { id: string })[]) => {
    const { datasets } = palate;
    const rows = items.map(({ id, ...properties }) => ({ itemId: id, properties: JSON.stringify(properties) }));
    return unaryCall(datasets, datasets.putItems, PutItemsRequest.fromPartial({ datasetGroup, items: rows }));
  };
  const trained = async (datasetGroup: string, recipe: string): Promise<SolutionVersion> => {
    const key = { datasetGroup, name: recipe };
    await unaryCall(recipes, recipes.createSolution, CreateSolutionRequest.fromPartial({ ...key, recipe }));
    const campaign = { ...key, solution: recipe, versionId: undefined, campaignConfig: undefined };
    await unaryCall(recipes, recipes.createCampaign, campaign);
    const asked = { datasetGroup, solution: recipe, seed: 1, requestId: `${datasetGroup}-${recipe}` };
    const request = CreateSolutionVersionRequest.fromPartial(asked);
    const { solutionVersion } = await unaryCall(recipes, recipes.createSolutionVersion, request);
    const watched = { datasetGroup, solution: recipe, versionId: solutionVersion!.versionId };
    let last: SolutionVersion | undefined;
    for await (const message of streamCall(recipes, recipes.watchSolutionVersion, watched))
      last = message.solutionVersion;
    expect(last!.failureReason).toBe("");
    await eventually(async () => {
      const { campaign: found } = await unaryCall(recipes, recipes.getCampaign, key);
      return found?.servingVersionId === last!.versionId;
    });
    return last!;
  };
  const similar = (request: Partial<GetRecommendationsRequest>): Promise<GetRecommendationsResponse> => {
    const whole = GetRecommendationsRequest.fromPartial({ numResults: 5, ...request });
    return unaryCall(recommendations, recommendations.getRecommendations, whole);
  };

  beforeAll(async () => {
    palate = await startPalate(["datasets", "sims"]);
    recipes = createClient(RecipeServiceClient, palate.supervisor.address("sims"));
    recommendations = createClient(RecommendationServiceClient, palate.supervisor.address("sims"));
    const { datasets } = palate;
    await unaryCall(datasets, datasets.createDatasetGroup, { name: "words" });
    await addItems("words");
    await put(
      "words",
      THINGS.flatMap((thing) =>
        COLOURS.map((colour) => ({
          id: `${colour} ${thing}`,
          NAME: `${colour} ${thing}`,
          DESCRIPTION: `<p>A ${thing} that is ${colour}.</p>`,
        })),
      ),
    );
    await importInteractions(palate, "circles", twoCircles(120, 40, 12));
    await addItems("circles");
    await put(
      "circles",
      Array.from({ length: 40 }, (_, k) => {
        const id = `${k < 20 ? "x" : "y"}${k % 20}`;
        return { id, CIRCLE: id.slice(0, 1) };
      }),
    );
  }, 300_000);

  afterAll(async () => {
    recipes?.close();
    recommendations?.close();
    await palate?.stop();
  });

  describe("aws-semantic-similarity", () => {
    const recipe = "aws-semantic-similarity";
    const words = { datasetGroup: "words", campaign: recipe };

    it("trains on items alone and finds those of similar text", async () => {
      const version = await trained("words", recipe);
      expect(version.status).toBe(ResourceStatus.RESOURCE_STATUS_ACTIVE);
      const { itemIds, reasons } = await similar({ ...words, itemId: "red desk lamp", numResults: 4 });
      expect(itemIds.every((id) => id.endsWith("desk lamp"))).toBe(true);
      expect(itemIds).not.toContain("red desk lamp");
      expect(reasons).toEqual([]);
    });

    it("finds a new item, and items for it, once it was put", async () => {
      await put("words", [{ id: "n1", NAME: "yellow wall clock", DESCRIPTION: "A wall clock that is yellow." }]);
      await eventually(async () => (await similar({ ...words, itemId: "n1", numResults: 1 })).reasons.length === 0);
      const { itemIds } = await similar({ ...words, itemId: "n1", numResults: 5 });
      expect(itemIds.every((id) => id.endsWith("wall clock"))).toBe(true);
      const back = await similar({ ...words, itemId: "red wall clock", numResults: 5 });
      expect(back.itemIds).toContain("n1");
    });

    it("says which words items share, when asked", async () => {
      const { explanations } = await similar({ ...words, itemId: "red coffee mug", numResults: 1, explain: true });
      const causes = explanations[0]!.causes.filter(({ kind }) => kind === CauseKind.CAUSE_KIND_ATTRIBUTE);
      expect(causes.map(({ value }) => value)).toContain("mug");
    });

    it("lists keyphrases of items, and says what a wrong request lacks", async () => {
      const list = (request: Partial<ListKeyphrasesRequest>) =>
        unaryCall(
          recommendations,
          recommendations.listKeyphrases,
          ListKeyphrasesRequest.fromPartial({ ...words, ...request }),
        );
      const { items, versionId } = await list({ itemIds: ["blue garden hose", "nobody's"], numResults: 2 });
      expect(versionId).not.toBe("");
      expect(items.map(({ itemId }) => itemId)).toEqual(["blue garden hose", "nobody's"]);
      expect(items[0]!.keyphrases.map(({ phrase }) => phrase).join()).toMatch(/garden hose/);
      expect(items[1]!.keyphrases).toEqual([]);
      await expect(list({ itemIds: [] })).rejects.toThrow(/item_ids are 0/);
      await expect(list({ itemIds: ["x"], numResults: 51 })).rejects.toThrow(/num_results is 51/);
    });
  });

  describe("aws-similar-items", () => {
    const circles = { datasetGroup: "circles", campaign: "aws-similar-items" };

    it("begins with what follows, as counts have it", async () => {
      const version = await trained("circles", "aws-similar-items");
      expect(version.metrics["normalized_discounted_cumulative_gain_at_10"]).toBeGreaterThan(0.5);
      expect((await similar({ ...circles, itemId: "x4", numResults: 1 })).itemIds).toEqual(["x5"]);
    });

    it("takes in an item that was put after training, by its metadata", async () => {
      await put("circles", [{ id: "new", CIRCLE: "y" }]);
      await eventually(async () => (await similar({ ...circles, itemId: "new" })).reasons.length === 0);
      const { itemIds } = await similar({ ...circles, itemId: "new", numResults: 10 });
      expect(itemIds.every((id) => id.startsWith("y"))).toBe(true);
    });

    it("gives popular items, marked so, for an item that nobody knows", async () => {
      const { itemIds, reasons } = await similar({ ...circles, itemId: "never seen" });
      expect(itemIds).toHaveLength(5);
      expect(reasons).toEqual(new Array(5).fill(Reason.REASON_POPULAR));
    });
  });
});
