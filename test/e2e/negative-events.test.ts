import { GraphqlClient } from "@palate/local";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, importInteractions, startPalate, twoCircles, type TestPalate } from "../support/palate.js";

const GROUP = "circles";
const SOLUTIONS = { popular: "aws-popularity-count", ranked: "aws-personalized-ranking-v2" } as const;

let palate: TestPalate;
let client: GraphqlClient;

beforeAll(async () => {
  palate = await startPalate(["datasets", "popularity", "ranking", "gateway"]);
  client = new GraphqlClient(`http://${palate.supervisor.address("gateway")}`);
  await importInteractions(palate, GROUP, twoCircles(40, 20, 8));
  for (const [name, recipe] of Object.entries(SOLUTIONS)) {
    const hyperparameters = name === "ranked" ? ", hyperparameters: { training_seconds: 0 }" : "";
    await client.run(`mutation {
      createSolution(input: { datasetGroup: "${GROUP}", name: "${name}", recipe: "${recipe}"${hyperparameters} }) { userErrors { message } }
      createSolutionVersion(input: { datasetGroup: "${GROUP}", solution: "${name}" }) { userErrors { message } }
      createCampaign(input: { datasetGroup: "${GROUP}", name: "${name}", solution: "${name}" }) { userErrors { message } }
    }`);
  }
  for (const name of Object.keys(SOLUTIONS))
    await eventually(async () => {
      const query = `{ campaign(datasetGroup: "${GROUP}", name: "${name}") { status } }`;
      return (await client.run<{ campaign: { status: string } }>(query)).campaign.status === "ACTIVE";
    }, 120_000);
}, 300_000);

afterAll(() => palate?.stop());

interface Answer {
  readonly edges: readonly { readonly node: { readonly itemId: string } }[];
}
const idsOf = ({ edges }: Answer) => edges.map(({ node }) => node.itemId);

async function recommended(userId: string, more = ""): Promise<string[]> {
  const query = `{ recommendations(datasetGroup: "${GROUP}", campaign: "popular", userId: "${userId}", first: 20 ${more}) {
    edges { node { itemId } } } }`;
  return idsOf((await client.run<{ recommendations: Answer }>(query)).recommendations);
}

async function ranked(userId: string): Promise<string[]> {
  const query = `{ personalizedRanking(datasetGroup: "${GROUP}", campaign: "ranked", userId: "${userId}", itemIds: ["x1", "x2", "y3"]) {
    edges { node { itemId } } } }`;
  return idsOf((await client.run<{ personalizedRanking: Answer }>(query)).personalizedRanking).sort();
}

async function put(userId: string, itemId: string, eventType: string): Promise<void> {
  await client.run(`mutation { putEvents(input: { datasetGroup: "${GROUP}", interactions: [
    { userId: "${userId}", itemId: "${itemId}", eventType: "${eventType}" }] }) { recorded userErrors { message } } }`);
}

it("a hidden item is in no answer to that user, promoted or not, until the user takes it back", async () => {
  expect(await recommended("u1")).toContain("x1");
  expect(await ranked("u1")).toEqual(["x1", "x2", "y3"]);
  await put("u1", "x1", "hide");
  await eventually(async () => !(await recommended("u1")).includes("x1"));
  expect(await recommended("u1")).toHaveLength(19);
  const promotion = `promotions: [{ name: "p", percentPromotedItems: 50, filterExpression: "INCLUDE ItemID WHERE Items.ITEM_ID IN (\\"x1\\", \\"x2\\")" }]`;
  const promoted = await recommended("u1", promotion);
  expect(promoted).toContain("x2");
  expect(promoted).not.toContain("x1");
  await eventually(async () => (await ranked("u1")).length === 2);
  expect(await ranked("u1")).toEqual(["x2", "y3"]);
  expect(await recommended("u2")).toContain("x1");
  await put("u1", "x1", "unhide");
  await eventually(async () => (await recommended("u1")).includes("x1"));
  await eventually(async () => (await ranked("u1")).length === 3);
});

it("a campaign says which events hide", async () => {
  await put("u3", "x5", "dislike");
  await put("u3", "x6", "hide");
  await eventually(async () => !(await recommended("u3")).includes("x6"));
  expect(await recommended("u3")).toContain("x5");
  const configure = async (types: string) => {
    const { updateCampaign } = await client.run<{ updateCampaign: { campaign: object | null; userErrors: object[] } }>(
      `mutation { updateCampaign(input: { datasetGroup: "${GROUP}", name: "popular", campaignConfig: { hiddenItemsConfig: { eventTypes: ${types} } } }) {
        campaign { campaignConfig { hiddenItemsConfig { eventTypes } } } userErrors { message } } }`,
    );
    return updateCampaign;
  };
  expect(await configure(`["Dislike"]`)).toEqual({
    campaign: { campaignConfig: { hiddenItemsConfig: { eventTypes: ["Dislike"] } } },
    userErrors: [],
  });
  await eventually(async () => !(await recommended("u3")).includes("x5"));
  expect(await recommended("u3")).toContain("x6");
  expect((await configure(`[""]`)).userErrors).toEqual([{ message: expect.stringContaining("1 to 256") }]);
});

it("whoever turns an item down does not make it more popular", async () => {
  const newcomer = async (item: string, type: string, times: number) => {
    for (let n = 0; n < times; n++) await put(`${item}-${type}-${n}`, item, type);
  };
  await newcomer("loved", "click", 3);
  await newcomer("loathed", "dislike", 6);
  await put("friend", "loathed", "click");
  await eventually(async () => {
    const list = await recommended("stranger", "");
    return list.includes("loved") || list.length === 20;
  });
  const query = (item: string) =>
    `promotions: [{ name: "p", percentPromotedItems: 100, placement: TOP, filterExpression: "INCLUDE ItemID WHERE Items.ITEM_ID IN (\\"loved\\", \\"${item}\\")" }]`;
  await eventually(
    async () => (await recommended("stranger", query("loathed"))).slice(0, 2).join() === "loved,loathed",
  );
});
