import { GraphqlClient } from "@palate/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, startPalate, type TestPalate } from "../support/palate.js";

const GROUP = "pantry";
const KINDS = ["tea", "jam", "nuts"] as const;
const ITEMS = Array.from({ length: 45 }, (_, item) => ({
  itemId: `${KINDS[item % 3]}${item}`,
  kind: KINDS[item % 3]!,
}));

const schemaOf = (name: string, fields: readonly (readonly [string, string])[]): string =>
  JSON.stringify({
    type: "record",
    name,
    namespace: "com.amazonaws.personalize.schema",
    fields: fields.map(([field, type]) => ({ name: field, type })),
    version: "1.0",
  });

/** 90 users who each view seven items of one kind and buy an eighth. */
const interactions = Array.from({ length: 90 }, (_, user) =>
  Array.from({ length: 8 }, (_, step) => ({
    userId: `u${user}`,
    itemId: ITEMS[(3 * ((5 * user + 4 * step) % 15) + (user % 3)) % 45]!.itemId,
    eventType: step === 7 ? "buy" : "view",
    timestamp: 1_700_000_000 + 3600 * user + 60 * step,
  })),
).flat();

interface Answer {
  readonly recommendations: {
    readonly edges: readonly { readonly reason: string; readonly node: { readonly itemId: string } }[];
  };
}

/** A solution with all that it can pay attention to, trained in processes of its own and asked through GraphQL. */
describe("a shop with metadata and several types of events", () => {
  let palate: TestPalate;
  let client: GraphqlClient;

  beforeAll(async () => {
    palate = await startPalate(["datasets", "user-personalization", "gateway"]);
    client = new GraphqlClient(`http://${palate.supervisor.address("gateway")}`);
    const dataset = (type: string, schema: string) => `
      ${type.toLowerCase()}Schema: createSchema(input: { name: "${GROUP}-${type}", datasetType: ${type}, schema: ${JSON.stringify(schema)} }) { userErrors { message } }
      ${type.toLowerCase()}: createDataset(input: { datasetGroup: "${GROUP}", name: "${type}", datasetType: ${type}, schemaName: "${GROUP}-${type}" }) { userErrors { message } }`;
    const ofInteractions = schemaOf("Interactions", [
      ["USER_ID", "string"],
      ["ITEM_ID", "string"],
      ["EVENT_TYPE", "string"],
      ["TIMESTAMP", "long"],
    ]);
    const ofItems = schemaOf("Items", [
      ["ITEM_ID", "string"],
      ["KIND", "string"],
      ["PRICE", "float"],
    ]);
    await client.run(`mutation { createDatasetGroup(input: { name: "${GROUP}" }) { userErrors { message } }
      ${dataset("INTERACTIONS", ofInteractions)} ${dataset("ITEMS", ofItems)} }`);
    const items = ITEMS.map(({ itemId, kind }, item) => ({ itemId, properties: { KIND: kind, PRICE: item % 5 } }));
    await client.run(
      `mutation ($items: PutItemsInput!, $events: PutEventsInput!) {
        putItems(input: $items) { userErrors { message } } putEvents(input: $events) { recorded userErrors { message } } }`,
      { items: { datasetGroup: GROUP, items }, events: { datasetGroup: GROUP, interactions } },
    );
    await client.run(`mutation {
      createSolution(input: {
        datasetGroup: "${GROUP}", name: "all", recipe: "aws-user-personalization-v2", hyperparameters: { training_seconds: 4 }
        eventsConfig: { eventParametersList: [{ eventType: "buy", weight: 1 }, { eventType: "view", weight: 0.4 }] }
        optimizationObjective: { itemAttribute: "PRICE", objectiveSensitivity: LOW }
      }) { userErrors { message } }
      createSolutionVersion(input: { datasetGroup: "${GROUP}", solution: "all" }) { userErrors { message } }
      createCampaign(input: { datasetGroup: "${GROUP}", name: "all", solution: "all" }) { userErrors { message } }
    }`);
    await eventually(async () => {
      const { solutionVersion } = await client.run<{
        solutionVersion: { status: string; failureReason: string | null };
      }>(
        `{ solutionVersion(datasetGroup: "${GROUP}", solution: "all", versionId: "$LATEST") { status failureReason } }`,
      );
      if (solutionVersion?.failureReason) throw new Error(solutionVersion.failureReason);
      return solutionVersion?.status === "ACTIVE";
    });
  });
  afterAll(() => palate?.stop());

  const recommended = async (userId: string): Promise<readonly string[]> => {
    const { recommendations } = await client.run<Answer>(
      `{ recommendations(datasetGroup: "${GROUP}", campaign: "all", userId: "${userId}", first: 60) { edges { reason node { itemId } } } }`,
    );
    return recommendations.edges.filter(({ reason }) => reason !== "POPULAR").map(({ node }) => node.itemId);
  };

  it("says what the solution pays attention to", async () => {
    const { solution } = await client.run<{ solution: object }>(
      `{ solution(datasetGroup: "${GROUP}", name: "all") {
        eventsConfig { eventParametersList { eventType eventValueThreshold weight } }
        optimizationObjective { itemAttribute objectiveSensitivity } } }`,
    );
    expect(solution).toEqual({
      eventsConfig: {
        eventParametersList: [
          { eventType: "buy", eventValueThreshold: null, weight: 1 },
          { eventType: "view", eventValueThreshold: null, weight: 0.4 },
        ],
      },
      optimizationObjective: { itemAttribute: "PRICE", objectiveSensitivity: "LOW" },
    });
  });

  it("recommends an item that arrived after training to those who like its kind, without another training", async () => {
    await client.run(`mutation { putItems(input: { datasetGroup: "${GROUP}", items: [
      { itemId: "newest-tea", properties: { KIND: "tea", PRICE: 4 } } { itemId: "newest-jam", properties: { KIND: "jam", PRICE: 4 } }
    ] }) { userErrors { message } } }`);
    const newest = async (userId: string): Promise<string[]> =>
      (await recommended(userId)).filter((itemId) => itemId.startsWith("newest"));
    await eventually(async () => (await newest("u0")).length === 2, 10_000);
    expect(await newest("u0")).toEqual(["newest-tea", "newest-jam"]);
    expect(await newest("u1")).toEqual(["newest-jam", "newest-tea"]);
  });

  it("refuses what makes no sense, naming the field", async () => {
    const { createSolution } = await client.run<{
      createSolution: { userErrors: { field: unknown; message: string }[] };
    }>(
      `mutation { createSolution(input: { datasetGroup: "${GROUP}", name: "no", recipe: "aws-user-personalization-v2"
        eventsConfig: { eventParametersList: [{ eventType: "buy", weight: 7 }] } }) { userErrors { field message } } }`,
    );
    expect(createSolution.userErrors[0]?.message).toMatch(/from -1 to 1/);
  });
});
