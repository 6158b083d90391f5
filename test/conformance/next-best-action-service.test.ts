import { createClient, streamCall, unaryCall } from "@palate/host";
import { Random } from "@palate/numeric";
import {
  Action,
  ActionInteraction,
  CreateDatasetImportJobRequest,
  DatasetType,
  ResourceStatus as DatasetStatus,
} from "@palate/proto/dataset";
import {
  CreateCampaignRequest,
  CreateSolutionRequest,
  CreateSolutionVersionRequest,
  GetActionRecommendationsRequest,
  GetRecommendationsRequest,
  Reason,
  RecipeServiceClient,
  RecommendationServiceClient,
  RecipeType,
  ResourceStatus,
  type GetActionRecommendationsResponse,
  type SolutionVersion,
} from "@palate/proto/recipe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { eventually, startPalate, type TestPalate } from "../support/palate.js";

const GROUP = "shop";
const SERVICE = "next-best-action";
const { DATASET_TYPE_ACTIONS, DATASET_TYPE_ACTION_INTERACTIONS, DATASET_TYPE_USERS } = DatasetType;
const DAY = 86_400;
const NOW = Math.floor(Date.now() / 1000);

const column = (name: string, type: string | string[], more: object = {}) => ({ name, type, ...more });
const record = (name: string, ...fields: object[]) => JSON.stringify({ type: "record", name, fields, version: "1.0" });
const SCHEMAS = [
  { datasetType: DATASET_TYPE_USERS, schema: record("Users", column("USER_ID", "string"), column("TIER", "string")) },
  {
    datasetType: DATASET_TYPE_ACTIONS,
    schema: record(
      "Actions",
      column("ACTION_ID", "string"),
      column("VALUE", ["long", "null"]),
      column("ACTION_EXPIRATION_TIMESTAMP", ["long", "null"]),
      column("REPEAT_FREQUENCY", ["long", "null"]),
      column("KIND", ["string", "null"], { categorical: true }),
    ),
  },
  {
    datasetType: DATASET_TYPE_ACTION_INTERACTIONS,
    schema: record(
      "ActionInteractions",
      column("USER_ID", "string"),
      column("ACTION_ID", "string"),
      column("EVENT_TYPE", "string"),
      column("TIMESTAMP", "long"),
    ),
  },
];

/** Gold users mostly take the loyalty action, others the discount: all in a file of 400 users with four choices each. */
function choices(): string {
  const lines = ["USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP"];
  const random = new Random(2);
  for (let user = 0; user < 400; user++) {
    for (let k = 0; k < 4; k++) {
      const action = random.uniform() < 0.5 ? "loyalty" : "discount";
      const likes = (user % 2 === 0) === (action === "loyalty");
      const time = NOW - 30 * DAY + k * 7 * DAY + user;
      const taken = random.uniform() < (likes ? 0.8 : 0.1);
      lines.push(
        `u${user},${action},Viewed,${time}`,
        `u${user},${action},${taken ? "Taken" : "Not Taken"},${time + 60}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

/** The service over real gRPC, with a real trainer process and a real store; there is no interaction with any item. */
describe("recipe service next-best-action", () => {
  let palate: TestPalate;
  let recipes: RecipeServiceClient;
  let recommendations: RecommendationServiceClient;

  const recommend = (request: Partial<GetActionRecommendationsRequest>): Promise<GetActionRecommendationsResponse> =>
    unaryCall(
      recommendations,
      recommendations.getActionRecommendations,
      GetActionRecommendationsRequest.fromPartial({
        datasetGroup: GROUP,
        campaign: "main",
        userId: "u0",
        explorationWeight: 0,
        ...request,
      }),
    );
  const put = (interactions: readonly Partial<ActionInteraction>[]) => {
    const { datasets } = palate;
    const actionInteractions = interactions.map((one) => ActionInteraction.fromPartial(one));
    return unaryCall(datasets, datasets.putActionInteractions, { datasetGroup: GROUP, actionInteractions });
  };
  const putActions = (...actions: [actionId: string, properties: object][]) => {
    const { datasets } = palate;
    const given = actions.map(([actionId, values]) => Action.create({ actionId, properties: JSON.stringify(values) }));
    return unaryCall(datasets, datasets.putActions, { datasetGroup: GROUP, actions: given });
  };

  beforeAll(async () => {
    palate = await startPalate(["datasets", SERVICE, "gateway"]);
    recipes = createClient(RecipeServiceClient, palate.supervisor.address(SERVICE));
    recommendations = createClient(RecommendationServiceClient, palate.supervisor.address(SERVICE));
    const { datasets } = palate;
    await unaryCall(datasets, datasets.createDatasetGroup, { name: GROUP });
    for (const { datasetType, schema } of SCHEMAS) {
      const name = `s${datasetType}`;
      await unaryCall(datasets, datasets.createSchema, { name, schema, datasetType });
      await unaryCall(datasets, datasets.createDataset, { datasetGroup: GROUP, name, datasetType, schemaName: name });
    }
    const users = Array.from({ length: 400 }, (_, user) => ({
      userId: `u${user}`,
      properties: JSON.stringify({ TIER: user % 2 === 0 ? "gold" : "plain" }),
    }));
    await unaryCall(datasets, datasets.putUsers, { datasetGroup: GROUP, users });
    await putActions(
      ["loyalty", { VALUE: 5, KIND: "club" }],
      ["discount", { VALUE: 2, KIND: "sale", REPEAT_FREQUENCY: 5 }],
      ["survey", { VALUE: 9, KIND: "question" }],
      ["ended", { VALUE: 10, KIND: "sale", ACTION_EXPIRATION_TIMESTAMP: NOW - DAY }],
    );
    const location = path.join(palate.importFolder, "choices.csv");
    await writeFile(location, choices());
    const job = { datasetGroup: GROUP, jobName: "choices" };
    const request = { ...job, datasetType: DATASET_TYPE_ACTION_INTERACTIONS, location };
    await unaryCall(datasets, datasets.createDatasetImportJob, CreateDatasetImportJobRequest.fromPartial(request));
    await eventually(async () => {
      const { datasetImportJob } = await unaryCall(datasets, datasets.getDatasetImportJob, job);
      if (datasetImportJob!.failureReason !== "") throw new Error(datasetImportJob!.failureReason);
      return datasetImportJob!.status === DatasetStatus.RESOURCE_STATUS_ACTIVE;
    });
  }, 300_000);

  afterAll(async () => {
    recipes?.close();
    recommendations?.close();
    await palate?.stop();
  });

  it("describes its recipe", async () => {
    const { recipes: offered } = await unaryCall(recipes, recipes.listRecipes, {});
    expect(offered).toMatchObject([
      { name: "aws-next-best-action", type: RecipeType.RECIPE_TYPE_PERSONALIZED_ACTIONS, requiresUser: true },
    ]);
  });

  it("trains without a single interaction with items, reports metrics action by action, and serves", async () => {
    const solution = { datasetGroup: GROUP, name: "main", recipe: "aws-next-best-action" };
    await unaryCall(recipes, recipes.createSolution, CreateSolutionRequest.fromPartial(solution));
    const campaign = CreateCampaignRequest.fromPartial({ datasetGroup: GROUP, name: "main", solution: "main" });
    await unaryCall(recipes, recipes.createCampaign, campaign);
    const request = CreateSolutionVersionRequest.fromPartial({ datasetGroup: GROUP, solution: "main", seed: 3 });
    const { solutionVersion } = await unaryCall(recipes, recipes.createSolutionVersion, request);
    const watched = { datasetGroup: GROUP, solution: "main", versionId: solutionVersion!.versionId };
    let version: SolutionVersion | undefined;
    for await (const message of streamCall(recipes, recipes.watchSolutionVersion, watched))
      version = message.solutionVersion;
    expect(version!.failureReason).toBe("");
    expect(version!.status).toBe(ResourceStatus.RESOURCE_STATUS_ACTIVE);
    const { metrics, baselineMetrics } = version!;
    expect(metrics["area_under_the_curve"]).toBeGreaterThan(baselineMetrics["area_under_the_curve"]! + 0.2);
    expect(metrics["expected_calibration_error"]).toBeLessThan(0.15);
    expect(version!.evaluation!.calibration.length).toBeGreaterThan(3);
    expect(version!.evaluation!.parts.map(({ name }) => name).sort()).toEqual(["discount", "loyalty"]);
    await eventually(async () => {
      const { campaign: now } = await unaryCall(recipes, recipes.getCampaign, { datasetGroup: GROUP, name: "main" });
      return now?.servingVersionId === version!.versionId;
    });
  }, 120_000);

  it("recommends actions with probability, value and columns, expired ones left out", async () => {
    const answer = await recommend({ metadataColumns: ["kind"] });
    expect(answer.actionIds).toEqual(["loyalty", "discount", "survey"]);
    expect(answer.scores[0]).toBeGreaterThan(0.5);
    expect(answer.scores[1]).toBeLessThan(0.4);
    expect(answer.scores[2]).toBe(0);
    expect(answer.values).toEqual([5, 2, 9]);
    expect(answer.metadata).toEqual([{ name: "KIND", values: ["club", "sale", "question"] }]);
    expect(answer.historyLength).toBe(8);
    expect(answer.recommendationId).not.toBe("");
    expect((await recommend({ userId: "u1" })).actionIds[0]).toBe("discount");
    expect((await recommend({ userId: "nobody" })).actionIds).toHaveLength(3);
    const explored = await recommend({ explorationWeight: 1 });
    expect(explored.reasons).toContain(Reason.REASON_EXPLORATION);
  });

  it("pages, filters, and says what is wrong with a question", async () => {
    const second = await recommend({ offset: 1, numResults: 1 });
    expect([second.actionIds, second.hasMore]).toEqual([["discount"], true]);
    const filtered = await recommend({ filterExpression: 'EXCLUDE ActionID WHERE Actions.KIND IN ("club")' });
    expect(filtered.actionIds).not.toContain("loyalty");
    const taken = 'EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("Taken")';
    expect((await recommend({ filterExpression: taken })).actionIds).not.toContain("loyalty");
    const wrong = recommend({ userId: "", numResults: -1, explorationWeight: 2, timestamp: NOW * 1000 });
    await expect(wrong).rejects.toMatchObject({ code: "invalid_argument" });
    await expect(wrong).rejects.toThrow(/user_id.*num_results.*exploration_weight.*timestamp/);
    await expect(recommend({ metadataColumns: ["COLOUR"] })).rejects.toThrow("known columns: VALUE");
    const items = GetRecommendationsRequest.fromPartial({ datasetGroup: GROUP, campaign: "main", userId: "u0" });
    await expect(unaryCall(recommendations, recommendations.getRecommendations, items)).rejects.toMatchObject({
      code: "unimplemented",
      message: expect.stringContaining("recommends actions to a user: call GetActionRecommendations"),
    });
  });

  it("hears events, new actions and changed rules", async () => {
    const idsOf = async (userId: string) => (await recommend({ userId })).actionIds;
    await put([{ userId: "u9", actionId: "discount", eventType: "Taken" }]);
    await eventually(async () => !(await idsOf("u9")).includes("discount"), 5_000);
    const later = await recommend({ userId: "u9", timestamp: NOW + 6 * DAY });
    expect(later.actionIds, "and it comes back when its time is over").toContain("discount");
    await putActions(["fresh", { VALUE: 7, KIND: "club" }]);
    await eventually(async () => (await idsOf("u0")).includes("fresh"), 5_000);
    await putActions(["fresh", { VALUE: 7, KIND: "club", ACTION_EXPIRATION_TIMESTAMP: NOW - 1 }]);
    await eventually(async () => !(await idsOf("u0")).includes("fresh"), 5_000);
  });

  it("does all of it through GraphQL", async () => {
    const graphql = async (query: string, variables: object = {}): Promise<Record<string, unknown>> => {
      const answer = await fetch(`http://${palate.supervisor.address("gateway")}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = (await answer.json()) as { data: Record<string, unknown>; errors?: unknown };
      expect(errors).toBeUndefined();
      return data;
    };
    const expiry = new Date((NOW + DAY) * 1000).toISOString();
    const { putActions: changed, putActionInteractions: recorded } = await graphql(`
      mutation {
        putActions(input: {
          datasetGroup: "${GROUP}"
          actions: [{ actionId: "graph", properties: { VALUE: 6, KIND: "sale", ACTION_EXPIRATION_TIMESTAMP: ${NOW + DAY} } }]
        }) { cursor userErrors { message } }
        putActionInteractions(input: {
          datasetGroup: "${GROUP}"
          actionInteractions: [{ userId: "visitor", actionId: "loyalty", eventType: VIEWED, eventId: "e1" }]
        }) { recorded userErrors { message } }
      }`);
    expect(changed).toMatchObject({ userErrors: [] });
    expect(recorded).toEqual({ recorded: 1, userErrors: [] });
    const asked = `query {
      actionRecommendations(
        datasetGroup: "${GROUP}", campaign: "main", userId: "visitor", first: 2, explorationWeight: 0
        filterExpression: "INCLUDE ActionID WHERE Actions.KIND IN (\\"sale\\", \\"club\\")"
      ) {
        edges { rank score reason node { actionId value expiresAt attribute(name: "KIND") } }
        pageInfo { hasNextPage endCursor } recommendationId versionId historyLength
      }
      start: actionRecommendations(
        datasetGroup: "${GROUP}", campaign: "main", userId: "visitor", first: 2, explorationWeight: 0
      ) { nodes { actionId } pageInfo { endCursor } }
    }`;
    const rest = `query ($after: String) {
      next: actionRecommendations(
        datasetGroup: "${GROUP}", campaign: "main", userId: "visitor", first: 9, after: $after, explorationWeight: 0
      ) { edges { rank node { actionId value expiresAt attributes { name value } } } pageInfo { hasNextPage } }
    }`;
    await eventually(async () => JSON.stringify(await graphql(asked)).includes('"historyLength":1'), 5_000);
    const { actionRecommendations: first, start } = await graphql(asked);
    const { nodes, pageInfo } = start as { nodes: { actionId: string }[]; pageInfo: { endCursor: string } };
    const { next } = await graphql(rest, { after: pageInfo.endCursor });
    expect(first).toMatchObject({
      edges: [
        { rank: 1, reason: null, node: { expiresAt: null } },
        { rank: 2, reason: null, node: { expiresAt: null } },
      ],
      pageInfo: { hasNextPage: true },
    });
    expect(next).toMatchObject({
      edges: [
        { rank: 3, node: { actionId: "survey", value: 9 } },
        { rank: 4, node: { actionId: "graph", value: 6, expiresAt: expiry } },
      ],
    });
    // The user has done something meanwhile, which puts what was shown last in front.
    await graphql(`mutation { putActionInteractions(input: { datasetGroup: "${GROUP}", actionInteractions: [
      { userId: "visitor", actionId: "graph", eventType: VIEWED } { userId: "visitor", actionId: "graph", eventType: VIEWED }
    ] }) { recorded } }`);
    await eventually(async () => JSON.stringify(await graphql(asked)).includes('"historyLength":3'), 5_000);
    const { next: again } = (await graphql(rest, { after: pageInfo.endCursor })) as {
      next: { edges: { rank: number; node: { actionId: string } }[]; pageInfo: object };
    };
    expect([...nodes, ...again.edges.map(({ node }) => node)].map(({ actionId }) => actionId).toSorted()).toEqual(
      [...nodes, ...(next as typeof again).edges.map(({ node }) => node)].map(({ actionId }) => actionId).toSorted(),
    );
    expect(again).toMatchObject({ pageInfo: { hasNextPage: false } });
    await expect(
      graphql(rest.replace('userId: "visitor"', 'userId: "another"'), { after: pageInfo.endCursor }),
    ).rejects.toThrow();
  });

  it("serves again after kill -9 without a hand, and goes on while the datasets service is unreachable", async () => {
    const before = await recommend({});
    process.kill(palate.supervisor.pids().get(SERVICE)!, "SIGKILL");
    await eventually(async () =>
      recommend({}).then(
        () => true,
        () => false,
      ),
    );
    expect((await recommend({})).scores).toEqual(before.scores);
    await palate.supervisor.stopOne("datasets");
    expect((await recommend({})).actionIds).toEqual(before.actionIds);
    await eventually(async () => (await recommend({})).dataAgeMs > 1_000, 10_000);
  });
});
