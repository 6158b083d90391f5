import { unaryCall } from "@palate/host";
import {
  CreateBatchJobRequest,
  CreateCampaignRequest,
  CreateSolutionRequest,
  CreateSolutionVersionRequest,
  ExplainFilterRequest,
  GetRecommendationsRequest,
  UpdateCampaignRequest,
} from "@palate/proto/recipe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AFFINITY, ask, Doors, GROUP, POPULAR, refusal, type Door } from "../support/doors.js";

/** What makes a message of some of its fields. */
interface Message<R> {
  fromPartial(fields: object): R;
}

/** An empty text is not the same as none, at every door: GraphQL, gRPC, subscriptions and batches. */
describe("every door refuses an empty text", () => {
  let doors: Doors;

  beforeAll(async () => {
    doors = await Doors.open();
  }, 300_000);
  afterAll(() => doors?.close());

  const batch =
    (line: (value: unknown) => string): Door =>
    (value) =>
      doors.batch(line)(value);

  const FILMS = `datasetGroup: "${GROUP}"`;
  const EMPTY = /is empty/;
  const mutation =
    (call: string): Door =>
    () =>
      doors.graphql(`mutation { ${call} { userErrors { field message } } }`, "{}");
  const query =
    (call: string): Door =>
    () =>
      doors.graphql(`{ ${call} }`, "{}");
  const asked = (rest: string) => query(`recommendations${ask(rest)} { versionId }`);
  const job = (rest: string) =>
    mutation(`createBatchInferenceJob(input: { ${FILMS}, jobName: "empty", solution: "${POPULAR}", ${rest} })`);
  const recommend =
    (request: object): Door =>
    () =>
      refusal(
        unaryCall(
          doors.popular,
          doors.popular.getRecommendations,
          GetRecommendationsRequest.fromPartial({ datasetGroup: GROUP, campaign: POPULAR, ...request }),
        ),
      );
  const createJob =
    (request: object): Door =>
    () => {
      const key = { datasetGroup: GROUP, jobName: "empty", solution: POPULAR };
      return refusal(
        unaryCall(
          doors.recipes,
          doors.recipes.createBatchJob,
          CreateBatchJobRequest.fromPartial({ ...key, ...request }),
        ),
      );
    };
  /** A call of the recipe service about the group. */
  const called =
    <R>(
      method: "createSolution" | "createSolutionVersion" | "createCampaign" | "updateCampaign",
      type: Message<R>,
      request: object,
    ): Door =>
    () => {
      const call = doors.recipes[method] as unknown as Parameters<typeof unaryCall<R, unknown>>[1];
      return refusal(unaryCall(doors.recipes, call, type.fromPartial({ datasetGroup: GROUP, ...request })));
    };
  const promotion = (rest: string) => `promotions: [{ name: "p", percentPromotedItems: 50, ${rest} }]`;
  const tried: readonly (readonly [string, Door, string])[] = [
    ["recommendations: filter", asked('filter: ""'), "filter"],
    ["recommendations: filterExpression", asked('filterExpression: ""'), "filterExpression"],
    ["recommendations: userId", asked('userId: ""'), "userId"],
    ["recommendations: after", asked('after: ""'), "after"],
    ["recommendations: a promotion", asked(promotion('filterExpression: ""')), "promotions[0].filterExpression"],
    ["recommendations: diversity", asked('diversity: { column: "", maxPerValue: 1 }'), "diversity.column"],
    [
      "recommendations: a filter's value",
      asked(
        'userId: "ann", filterExpression: "EXCLUDE ItemID WHERE Items.GENRE IN ($G)", filterValues: [{ name: "G", values: [""] }]',
      ),
      "$G",
    ],
    [
      "recommendations that are not compiled",
      query(`__typename recommendations${ask('filter: ""')} { versionId }`),
      "filter",
    ],
    ["explainFilter", query(`explainFilter${ask('ids: ["alien"], filter: ""')} { id }`), "filter"],
    [
      "a segment",
      query(`segment(${FILMS}, campaign: "${AFFINITY}", itemId: "alien", filterExpression: "") { nodes { userId } }`),
      "filterExpression",
    ],
    ["a batch: input", job('input: ""'), "input.input"],
    ["a batch: filter", job('filter: ""'), "input.filter"],
    ["a batch: versionId", job('versionId: ""'), "input.versionId"],
    [
      "a solution: eventType",
      mutation(`createSolution(input: { ${FILMS}, name: "s", recipe: "${POPULAR}", eventType: "" })`),
      "input.eventType",
    ],
    [
      "a solution: recipe",
      mutation(`createSolution(input: { ${FILMS}, name: "s", recipe: "", performAutoML: true })`),
      "input.recipe",
    ],
    [
      "a solution: objectiveMetric",
      mutation(
        `createSolution(input: { ${FILMS}, name: "s", recipe: "${POPULAR}", performHPO: true, hpoConfig: { objectiveMetric: "" } })`,
      ),
      "input.hpoConfig.objectiveMetric",
    ],
    [
      "a solution: metricName",
      mutation(`createSolution(input: { ${FILMS}, name: "s", performAutoML: true, autoMlConfig: { metricName: "" } })`),
      "input.autoMlConfig.metricName",
    ],
    [
      "a campaign: versionId",
      mutation(`updateCampaign(input: { ${FILMS}, name: "${POPULAR}", versionId: "" })`),
      "input.versionId",
    ],
    [
      "putEvents: eventId",
      mutation(`putEvents(input: { ${FILMS}, interactions: [{ userId: "u", itemId: "i", eventId: "" }] })`),
      "input.interactions[0].eventId",
    ],
    ["gRPC: filter", recommend({ filter: "" }), "filter"],
    ["gRPC: filter_expression", recommend({ filterExpression: "" }), "filter_expression"],
    [
      "gRPC: a promotion",
      recommend({ promotions: [{ name: "p", percentPromotedItems: 50, filterExpression: "" }] }),
      "promotions[0].filter_expression",
    ],
    [
      "gRPC: a filter's value",
      recommend({
        userId: "ann",
        filterExpression: "EXCLUDE ItemID WHERE Items.GENRE IN ($G)",
        filterValues: { G: '""' },
      }),
      "$G",
    ],
    [
      "gRPC: ExplainFilter",
      () =>
        refusal(
          unaryCall(
            doors.popular,
            doors.popular.explainFilter,
            ExplainFilterRequest.fromPartial({ datasetGroup: GROUP, campaign: POPULAR, ids: ["alien"], filter: "" }),
          ),
        ),
      "filter",
    ],
    ["gRPC: CreateBatchJob, input", createJob({ input: Buffer.alloc(0) }), "input"],
    [
      "gRPC: CreateBatchJob, filter",
      createJob({ recommendations: { filterExpression: "" } }),
      "recommendations.filter_expression",
    ],
    ["gRPC: CreateBatchJob, version_id", createJob({ versionId: "" }), "version_id"],
    [
      "gRPC: CreateSolution, event_type",
      called("createSolution", CreateSolutionRequest, { name: "s", recipe: POPULAR, eventType: "" }),
      "event_type",
    ],
    [
      "gRPC: CreateSolution, objective_metric",
      called("createSolution", CreateSolutionRequest, {
        ...{ name: "s", recipe: POPULAR, performHpo: true, hpoConfig: { objectiveMetric: "" } },
      }),
      "hpo_config.objective_metric",
    ],
    [
      "gRPC: CreateSolution, scheduling_expression",
      called("createSolution", CreateSolutionRequest, {
        ...{ name: "s", recipe: POPULAR, performAutoTraining: true, schedulingExpression: "" },
      }),
      "scheduling_expression",
    ],
    [
      "gRPC: CreateSolutionVersion, request_id",
      called("createSolutionVersion", CreateSolutionVersionRequest, { solution: POPULAR, requestId: "" }),
      "request_id",
    ],
    [
      "gRPC: CreateCampaign, version_id",
      called("createCampaign", CreateCampaignRequest, { name: "c", solution: POPULAR, versionId: "" }),
      "version_id",
    ],
    [
      "gRPC: UpdateCampaign, version_id",
      called("updateCampaign", UpdateCampaignRequest, { name: POPULAR, versionId: "" }),
      "version_id",
    ],
    ["a line of a batch", batch(() => JSON.stringify({ userId: "" })), "userId"],
  ];
  it.each(tried)("%s", async (_, door, field) => {
    const told = await door("");
    expect(told).toMatch(EMPTY);
    expect(told).toContain(field);
  });

  it("in a subscription", async () => {
    const text = `subscription { segmentUsers(${FILMS}, campaign: "${AFFINITY}", itemId: "alien", filter: "") { userIds } }`;
    const headers = { "content-type": "application/json", accept: "text/event-stream" };
    const answer = await doors.post("/graphql/stream", JSON.stringify({ query: text }), headers);
    const told = await answer.text();
    expect(told).toContain("filter is empty");
    expect(told).toContain("BAD_USER_INPUT");
  });

  it("and takes null and nothing as before", async () => {
    const nulls = `recommendations${ask("userId: null, filter: null, filterExpression: null")} { nodes { itemId } }`;
    expect(await doors.graphql(`{ ${nulls} }`, "{}")).toBe("");
    expect(await recommend({})("")).toBe("");
  });
});
