import { createClient, unaryCall } from "@palate/host";
import { GraphqlClient } from "@palate/local";
import { Random } from "@palate/numeric";
import {
  GetPersonalizedRankingRequest,
  GetRecommendationsRequest,
  RecommendationServiceClient,
} from "@palate/proto/recipe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, startPalate, type TestPalate } from "../support/palate.js";

const GROUP = "cinema";
const LIST = ["fr-phone-1", "it-tv-2", "it-phone-3", "fr-tv-4"];

const schemaOf = (name: string, fields: readonly object[]): string =>
  JSON.stringify({ type: "record", name, namespace: "com.amazonaws.personalize.schema", fields, version: "1.0" });
const INTERACTIONS = schemaOf("Interactions", [
  ...["USER_ID", "ITEM_ID", "EVENT_TYPE"].map((name) => ({ name, type: "string" })),
  { name: "TIMESTAMP", type: "long" },
  { name: "DEVICE", type: ["null", "string"], categorical: true },
  { name: "PRICE", type: ["null", "float"] },
]);
const USERS = schemaOf("Users", [
  { name: "USER_ID", type: "string" },
  { name: "COUNTRY", type: "string", categorical: true },
]);

/** What is watched on a device in a country; nothing else decides it. */
const films = (country: string, device: string): string[] =>
  Array.from({ length: 8 }, (_, film) => `${country}-${device}-${film}`);
const COUNTRIES = ["fr", "it"] as const;
const DEVICES = ["phone", "tv"] as const;

const random = new Random(2);
const interactions = Array.from({ length: 1200 }, (_, user) =>
  Array.from({ length: 7 }, (_, step) => {
    const device = DEVICES[random.integer(2)]!;
    return {
      userId: `u${user}`,
      itemId: films(COUNTRIES[user % 2]!, device)[random.integer(8)]!,
      eventType: "watch",
      timestamp: 1_700_000_000 + 3600 * user + 60 * step,
      properties: { DEVICE: device },
    };
  }),
).flat();

interface Failed {
  readonly message: string;
}

/** The context of requests and the metadata of users, from datasets through trainings to answers. */
describe("a cinema whose films depend on country and device", () => {
  let palate: TestPalate;
  let client: GraphqlClient;
  const campaigns = { "for-you": "", ranked: "" };

  beforeAll(async () => {
    palate = await startPalate(["datasets", "user-personalization", "ranking", "gateway"]);
    client = new GraphqlClient(`http://${palate.supervisor.address("gateway")}`);
    const dataset = (type: string, schema: string) => `
      s${type}: createSchema(input: { name: "${GROUP}-${type}", datasetType: ${type}, schema: ${JSON.stringify(schema)} }) { userErrors { message } }
      d${type}: createDataset(input: { datasetGroup: "${GROUP}", name: "${type}", datasetType: ${type}, schemaName: "${GROUP}-${type}" }) { userErrors { message } }`;
    await client.run(`mutation { createDatasetGroup(input: { name: "${GROUP}" }) { userErrors { message } }
      ${dataset("INTERACTIONS", INTERACTIONS)} ${dataset("USERS", USERS)} }`);
    const users = Array.from({ length: 1200 }, (_, user) => ({
      userId: `u${user}`,
      properties: { COUNTRY: COUNTRIES[user % 2] },
    }));
    await client.run(
      `mutation ($users: PutUsersInput!, $events: PutEventsInput!) {
        putUsers(input: $users) { userErrors { message } } putEvents(input: $events) { recorded userErrors { message } } }`,
      { users: { datasetGroup: GROUP, users }, events: { datasetGroup: GROUP, interactions } },
    );
    await client.run(`mutation { putUsers(input: { datasetGroup: "${GROUP}", users: [
      { userId: "newcomer", properties: { COUNTRY: "it" } } ] }) { userErrors { message } } }`);
    await trained("for-you", "aws-user-personalization-v2", async () => {
      const tellsDevices = async (userId: string) =>
        (await count(userId, /tv$/, "tv")) > (await count(userId, /tv$/, "phone"));
      return (await tellsDevices("newcomer")) && (await tellsDevices("u0")) && (await tellsDevices("u1"));
    });
    await trained("ranked", "aws-personalized-ranking-v2", async () => {
      const first = [(await ranked("tv"))[0], (await ranked("phone"))[0]];
      return first.join() === "it-tv-2,it-phone-3";
    });
  }, 600_000);
  afterAll(() => palate?.stop());

  /** Trains for so long as it takes on this machine: how many steps there are in a second is not what is under test. */
  async function trained(name: "for-you" | "ranked", recipe: string, learned: () => Promise<boolean>): Promise<void> {
    for (const seconds of [6, 24, 96]) {
      campaigns[name] = `${name}-${seconds}`;
      const quoted = `datasetGroup: "${GROUP}", solution: "${campaigns[name]}"`;
      await client.run(`mutation {
        createSolution(input: { datasetGroup: "${GROUP}", name: "${campaigns[name]}", recipe: "${recipe}", hyperparameters: {
          training_seconds: ${seconds}, hidden_dimension: 16, max_sequence_length: 8, learning_rate: 0.03, dropout: 0.4 } }) { userErrors { message } }
        createSolutionVersion(input: { ${quoted} }) { userErrors { message } }
        createCampaign(input: { ${quoted}, name: "${campaigns[name]}" }) { userErrors { message } }
      }`);
      await eventually(async () => {
        const { solutionVersion } = await client.run<{ solutionVersion: { status: string; failureReason: string } }>(
          `{ solutionVersion(${quoted}, versionId: "$LATEST") { status failureReason } }`,
        );
        if (solutionVersion?.failureReason) throw new Error(solutionVersion.failureReason);
        return solutionVersion?.status === "ACTIVE";
      }, 240_000);
      const end = Date.now() + 5000;
      while (Date.now() < end) if (await learned().catch(() => false)) return;
    }
  }

  async function ranked(device: string): Promise<string[]> {
    const { personalizedRanking } = await client.run<{ personalizedRanking: { nodes: { itemId: string }[] } }>(
      `query ($itemIds: [ID!]!) { personalizedRanking(datasetGroup: "${GROUP}", campaign: "${campaigns.ranked}", userId: "u1", itemIds: $itemIds
         context: { DEVICE: "${device}" }) { nodes { itemId } } }`,
      { itemIds: LIST },
    );
    return personalizedRanking.nodes.map(({ itemId }) => itemId);
  }

  async function recommended(userId: string, context: string): Promise<string[]> {
    const { recommendations } = await client.run<{
      recommendations: { edges: { reason: string | null; node: { itemId: string } }[] };
    }>(
      `{ recommendations(datasetGroup: "${GROUP}", campaign: "${campaigns["for-you"]}", userId: "${userId}", first: 8, seenItems: INCLUDE
         ${context}) { edges { reason node { itemId } } } }`,
    );
    const own = recommendations.edges.filter(({ reason }) => reason !== "POPULAR");
    return own.map(({ node }) => node.itemId.replace(/-\d+$/, ""));
  }

  /** How many of the first eight recommendations are of a kind. */
  async function count(userId: string, kind: RegExp, device: string): Promise<number> {
    return (await recommended(userId, `context: { DEVICE: "${device}" }`)).filter((own) => kind.test(own)).length;
  }

  it("recommends what fits the device of the request, to old users and to new ones with metadata alone", async () => {
    for (const [userId, country] of Object.entries({ newcomer: /^it/, u1: /^it/, u0: /^fr/ })) {
      expect(await count(userId, /tv$/, "tv"), userId).toBeGreaterThan(await count(userId, /tv$/, "phone"));
      expect(await count(userId, country, "tv"), userId).toBeGreaterThan(4);
    }
    expect(await recommended("u1", 'context: { DEVICE: "toaster" }')).toEqual(await recommended("u1", ""));
  });

  it("ranks lists by the device, through GraphQL and gRPC", async () => {
    expect((await ranked("tv"))[0]).toBe("it-tv-2");
    const grpc = createClient(RecommendationServiceClient, palate.supervisor.address("ranking"));
    const request = {
      datasetGroup: GROUP,
      campaign: campaigns.ranked,
      userId: "u1",
      itemIds: LIST,
      context: { DEVICE: "phone" },
    };
    const answer = await unaryCall(grpc, grpc.getPersonalizedRanking, GetPersonalizedRankingRequest.create(request));
    expect(answer.itemIds[0]).toBe("it-phone-3");
    grpc.close();
  });

  it("refuses columns that are no context, naming those that are", async () => {
    const query = (column: string) =>
      client.run(
        `{ recommendations(datasetGroup: "${GROUP}", campaign: "${campaigns["for-you"]}", userId: "u1", context: { ${column}: "1" }) { nodes { itemId } } }`,
      );
    const message = await query("PRICE").catch((error: Failed) => error.message);
    expect(message).toMatch(/context names PRICE, but .* categorical columns of interactions, and there are DEVICE/);
    const grpc = createClient(RecommendationServiceClient, palate.supervisor.address("user-personalization"));
    const request = { datasetGroup: GROUP, campaign: campaigns["for-you"], userId: "u1", context: { DEVICES: "tv" } };
    const refused = await unaryCall(grpc, grpc.getRecommendations, GetRecommendationsRequest.create(request)).catch(
      (error: { code: string; message: string }) => error,
    );
    expect(refused).toMatchObject({
      code: "invalid_argument",
      message: expect.stringMatching(/DEVICES.*there are DEVICE/),
    });
    grpc.close();
  });
});
