import { createClient, streamCall, unaryCall } from "@palate/host";
import { DatasetType } from "@palate/proto/dataset";
import {
  CreateSolutionRequest,
  CreateSolutionVersionRequest,
  GetRecommendationsRequest,
  GetSegmentRequest,
  Reason,
  RecipeServiceClient,
  RecommendationServiceClient,
  ResourceStatus,
  type GetSegmentResponse,
  type SolutionVersion,
} from "@palate/proto/recipe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, importInteractions, startPalate, twoCircles, type TestPalate } from "../support/palate.js";

const GROUP = "circles";
const ITEMS_SCHEMA = JSON.stringify({
  type: "record",
  name: "Items",
  namespace: "com.amazonaws.personalize.schema",
  fields: [
    { name: "ITEM_ID", type: "string" },
    { name: "CIRCLE", type: ["null", "string"], categorical: true },
    { name: "YEAR", type: ["null", "int"] },
  ],
  version: "1.0",
});

/** The recipes of the segments service that are not asked by item, over real gRPC with a real trainer and store. */
describe("segments by attributes and by cluster", () => {
  let palate: TestPalate;
  let recipes: RecipeServiceClient;
  let recommendations: RecommendationServiceClient;

  const trained = async (
    name: string,
    recipe: string,
    hyperparameters: Record<string, string> = {},
  ): Promise<SolutionVersion> => {
    const key = { datasetGroup: GROUP, name };
    const solution = CreateSolutionRequest.fromPartial({ ...key, recipe, hyperparameters });
    await unaryCall(recipes, recipes.createSolution, solution);
    await unaryCall(recipes, recipes.createCampaign, {
      ...key,
      solution: name,
      versionId: undefined,
      campaignConfig: undefined,
    });
    const asked = { datasetGroup: GROUP, solution: name, seed: 1, requestId: name };
    const request = CreateSolutionVersionRequest.fromPartial(asked);
    const { solutionVersion } = await unaryCall(recipes, recipes.createSolutionVersion, request);
    const watched = { datasetGroup: GROUP, solution: name, versionId: solutionVersion!.versionId };
    let last: SolutionVersion | undefined;
    for await (const message of streamCall(recipes, recipes.watchSolutionVersion, watched))
      last = message.solutionVersion;
    await eventually(async () => {
      const { campaign } = await unaryCall(recipes, recipes.getCampaign, key);
      return campaign?.servingVersionId === last!.versionId;
    });
    return last!;
  };
  const segment = async (campaign: string, request: Partial<GetSegmentRequest>) => {
    const whole = GetSegmentRequest.fromPartial({ datasetGroup: GROUP, campaign, numResults: 1_000, ...request });
    const messages: GetSegmentResponse[] = [];
    for await (const message of streamCall(recommendations, recommendations.getSegment, whole)) messages.push(message);
    return { ...messages[0]!, userIds: messages.flatMap(({ userIds }) => userIds) };
  };
  /** Users of even number walk the circle x, the others y. */
  const circleOf = (user: string): string => (Number(user.slice(1)) % 2 === 0 ? "x" : "y");

  beforeAll(async () => {
    palate = await startPalate(["datasets", "segments"]);
    recipes = createClient(RecipeServiceClient, palate.supervisor.address("segments"));
    recommendations = createClient(RecommendationServiceClient, palate.supervisor.address("segments"));
    await importInteractions(palate, GROUP, twoCircles(200, 40, 12));
    const { datasets } = palate;
    const datasetType = DatasetType.DATASET_TYPE_ITEMS;
    await unaryCall(datasets, datasets.createSchema, { name: "items", schema: ITEMS_SCHEMA, datasetType });
    const dataset = { datasetGroup: GROUP, name: "items", datasetType, schemaName: "items" };
    await unaryCall(datasets, datasets.createDataset, dataset);
    const items = ["x", "y"].flatMap((circle) =>
      Array.from({ length: 20 }, (_, k) => ({
        itemId: `${circle}${k}`,
        properties: JSON.stringify({ CIRCLE: `${circle}|any`, YEAR: 1990 + k }),
      })),
    );
    await unaryCall(datasets, datasets.putItems, { datasetGroup: GROUP, items });
  }, 300_000);

  afterAll(async () => {
    recipes?.close();
    recommendations?.close();
    await palate?.stop();
  });

  it("finds users by attributes, live, and says what is wrong with an expression", async () => {
    const version = await trained("attributes", "aws-item-attribute-affinity");
    expect(version.failureReason).toBe("");
    expect(version.status).toBe(ResourceStatus.RESOURCE_STATUS_ACTIVE);
    expect(version.metrics["recall_at_1_percent"]).toBeGreaterThan(version.baselineMetrics["recall_at_1_percent"]!);

    const { userIds, reason, versionId } = await segment("attributes", {
      itemAttributes: 'ITEMS.circle = "x" AND ITEMS.YEAR >= 1990',
      numResults: 100,
    });
    expect([userIds.length, new Set(userIds.map(circleOf))]).toEqual([100, new Set(["x"])]);
    expect([reason, versionId]).toEqual([Reason.REASON_UNSPECIFIED, version.versionId]);

    const nobody = await segment("attributes", { itemAttributes: "ITEMS.YEAR > 3000", numResults: 3 });
    expect([nobody.userIds.length, nobody.reason]).toEqual([3, Reason.REASON_POPULAR]);
    const { datasets } = palate;
    const changed = { itemId: "y0", properties: JSON.stringify({ CIRCLE: "z", YEAR: 3001 }) };
    await unaryCall(datasets, datasets.putItems, { datasetGroup: GROUP, items: [changed] });
    await eventually(async () => {
      const found = await segment("attributes", { itemAttributes: "ITEMS.YEAR > 3000", numResults: 3 });
      return found.reason === Reason.REASON_UNSPECIFIED && found.userIds.every((user) => circleOf(user) === "y");
    }, 5_000);

    for (const wrong of [
      { itemAttributes: 'ITEMS.COLOUR = "red"' },
      { itemAttributes: "ITEMS." },
      { itemId: "x0" },
      {},
    ])
      await expect(segment("attributes", wrong)).rejects.toMatchObject({ code: "invalid_argument" });
    const request = { datasetGroup: GROUP, campaign: "attributes" };
    await expect(unaryCall(recommendations, recommendations.listSegments, request)).rejects.toMatchObject({
      code: "unimplemented",
      message: expect.stringContaining("aws-item-attribute-affinity finds users: call GetSegment") as string,
    });
    const items = GetRecommendationsRequest.fromPartial(request);
    await expect(unaryCall(recommendations, recommendations.getRecommendations, items)).rejects.toMatchObject({
      code: "unimplemented",
      message: expect.stringContaining("aws-item-attribute-affinity finds users: call GetSegment") as string,
    });
  });

  it("finds clusters, names them by what sets them apart, and gives their users", async () => {
    const version = await trained("clusters", "palate-user-clustering", { clusters: "2" });
    expect(version.failureReason).toBe("");
    expect(version.metrics["agreement"]).toBeGreaterThan(version.baselineMetrics["agreement"]!);
    const request = { datasetGroup: GROUP, campaign: "clusters" };
    const { segments, versionId } = await unaryCall(recommendations, recommendations.listSegments, request);
    expect(versionId).toBe(version.versionId);
    expect(segments.map(({ users }) => users)).toEqual([100, 100]);
    for (const { id, label, users } of segments) {
      const { userIds } = await segment("clusters", { segmentId: id });
      expect(userIds).toHaveLength(users);
      const [circle, ...others] = new Set(userIds.map(circleOf));
      expect(others, "no segment mixes the circles").toEqual([]);
      expect(label.split(", ")).toContain(circle);
    }
    await expect(segment("clusters", { segmentId: "none" })).rejects.toMatchObject({ code: "not_found" });
  });
});
