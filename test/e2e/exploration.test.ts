import { GraphqlClient } from "@palate/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, importInteractions, startPalate, twoCircles, type TestPalate } from "../support/palate.js";

const GROUP = "circles";
const RECIPES = ["aws-user-personalization", "aws-hrnn", "aws-hrnn-metadata", "aws-hrnn-coldstart"];

interface Edge {
  readonly reason: string | null;
  readonly propensity: number | null;
  readonly node: { readonly itemId: string };
}

/** Recipes on the recurrent network through GraphQL, services in processes of their own. */
describe("campaigns that explore", () => {
  let palate: TestPalate;
  let client: GraphqlClient;

  beforeAll(async () => {
    palate = await startPalate(["datasets", "user-personalization", "gateway"]);
    client = new GraphqlClient(`http://${palate.supervisor.address("gateway")}`);
    await importInteractions(palate, GROUP, twoCircles(80, 40, 12));
    for (const recipe of RECIPES)
      await client.run(`mutation {
        createSolution(input: { datasetGroup: "${GROUP}", name: "${recipe}", recipe: "${recipe}", hyperparameters: { training_seconds: 0 } }) { userErrors { message } }
        createSolutionVersion(input: { datasetGroup: "${GROUP}", solution: "${recipe}" }) { userErrors { message } }
        createCampaign(input: { datasetGroup: "${GROUP}", name: "${recipe}", solution: "${recipe}" }) { userErrors { message } }
      }`);
    for (const recipe of RECIPES)
      await eventually(async () => {
        const { campaign } = await client.run<{ campaign: { status: string } }>(
          `{ campaign(datasetGroup: "${GROUP}", name: "${recipe}") { status } }`,
        );
        return campaign.status === "ACTIVE";
      }, 120_000);
  }, 300_000);

  afterAll(async () => {
    await palate?.stop();
  });

  const edgesOf = async (campaign: string, more = ""): Promise<readonly Edge[]> => {
    const query = `{ recommendations(datasetGroup: "${GROUP}", campaign: "${campaign}", userId: "u0", first: 10 ${more}) {
      edges { reason propensity node { itemId } } } }`;
    return (await client.run<{ recommendations: { edges: readonly Edge[] } }>(query)).recommendations.edges;
  };
  const idsOf = (edges: readonly Edge[]): string[] => edges.map(({ node }) => node.itemId);
  const configured = async (config: string) => {
    const { updateCampaign } = await client.run<{
      updateCampaign: {
        campaign: { campaignConfig: { itemExplorationConfig: object } } | null;
        userErrors: readonly { message: string }[];
      };
    }>(`mutation { updateCampaign(input: { datasetGroup: "${GROUP}", name: "aws-user-personalization", campaignConfig: { itemExplorationConfig: ${config} } }) {
      campaign { campaignConfig { itemExplorationConfig { explorationWeight explorationItemAgeCutOff } } } userErrors { message } } }`);
    return updateCampaign;
  };

  it("serve every recipe, and say how they answer where there is something to say", async () => {
    for (const recipe of RECIPES) {
      expect(await edgesOf(recipe)).toHaveLength(10);
      const { campaign } = await client.run<{ campaign: { campaignConfig: object | null } }>(
        `{ campaign(datasetGroup: "${GROUP}", name: "${recipe}") { campaignConfig { itemExplorationConfig { explorationWeight explorationItemAgeCutOff } } } }`,
      );
      expect(campaign.campaignConfig).toEqual(
        recipe === "aws-user-personalization"
          ? { itemExplorationConfig: { explorationWeight: 0.3, explorationItemAgeCutOff: 30 } }
          : { itemExplorationConfig: null },
      );
    }
  });

  it("explore as much as a request says, and nothing when it says 0", async () => {
    const plain = await edgesOf("aws-user-personalization", "explorationWeight: 0");
    expect(plain.every(({ reason, propensity }) => reason === null && propensity === null)).toBe(true);
    const explored = await edgesOf("aws-user-personalization", "explorationWeight: 1");
    expect(explored.some(({ reason }) => reason === "EXPLORATION")).toBe(true);
    expect(explored.every(({ propensity }) => propensity! > 0 && propensity! <= 1)).toBe(true);
    expect(idsOf(explored)).not.toEqual(idsOf(plain));
  });

  it("explore as their configuration says, at once", async () => {
    const plain = idsOf(await edgesOf("aws-user-personalization", "explorationWeight: 0"));
    expect(await configured("{ explorationWeight: 1, explorationItemAgeCutOff: 7 }")).toEqual({
      campaign: { campaignConfig: { itemExplorationConfig: { explorationWeight: 1, explorationItemAgeCutOff: 7 } } },
      userErrors: [],
    });
    expect((await edgesOf("aws-user-personalization")).some(({ reason }) => reason === "EXPLORATION")).toBe(true);
    await configured("{ explorationWeight: 0 }");
    expect(idsOf(await edgesOf("aws-user-personalization"))).toEqual(plain);
  });

  it("refuse what is out of range, and exploration where the recipe has none", async () => {
    const { campaign, userErrors } = await configured("{ explorationWeight: 1.5, explorationItemAgeCutOff: 0 }");
    expect(campaign).toBeNull();
    expect(userErrors.map(({ message }) => message).join()).toMatch(/from 0 to 1/);
    await expect(edgesOf("aws-user-personalization", "explorationWeight: -1")).rejects.toThrow(/0 to 1/);
    const { createCampaign } = await client.run<{ createCampaign: { userErrors: readonly { message: string }[] } }>(
      `mutation { createCampaign(input: { datasetGroup: "${GROUP}", name: "other", solution: "aws-hrnn", campaignConfig: { itemExplorationConfig: { explorationWeight: 0.5 } } }) { userErrors { message } } }`,
    );
    expect(createCampaign.userErrors[0]?.message).toMatch(/does not explore/);
  });
});
