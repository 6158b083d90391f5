import { createClient, streamCall, unaryCall } from "@palate/host";
import { GraphqlClient } from "@palate/local";
import { Interaction, Item } from "@palate/proto/dataset";
import {
  CreateBatchJobRequest,
  ExplainFilterRequest,
  GetPersonalizedRankingRequest,
  RecipeServiceClient,
  RecommendationServiceClient,
} from "@palate/proto/recipe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, startPalate, type TestPalate } from "../support/palate.js";

const GROUP = "shelf";
const RANKING = "ranking";
const ITEMS = { i0: false, i1: true, i2: false, i3: false };
const field = (name: string, type: unknown) => ({ name, type });
const avro = (name: string, fields: readonly unknown[]) => JSON.stringify({ type: "record", name, fields });
const SCHEMAS = {
  INTERACTIONS: avro("Interactions", [
    field("USER_ID", "string"),
    field("ITEM_ID", "string"),
    field("TIMESTAMP", "long"),
  ]),
  ITEMS: avro("Items", [field("ITEM_ID", "string"), field("ADULT", ["null", "boolean"])]),
};

/** Lists, filters, and what is left of the lists, in any order. */
const RULES = [
  ["an INCLUDE that needs a value", "INCLUDE ItemID WHERE Items.ADULT = false", "i1 i2 new", "i2"],
  ["an EXCLUDE that names the id", 'EXCLUDE ItemID WHERE Items.ITEM_ID IN ("new")', "i2 new newer", "i2 newer"],
  ["an INCLUDE that names the id", 'INCLUDE ItemID WHERE Items.ITEM_ID IN ("i1", "new")', "i1 i2 new newer", "i1 new"],
  ["an EXCLUDE by a column", "EXCLUDE ItemID WHERE Items.ADULT = true", "i1 i2 new", "i2 new"],
  ["an INCLUDE by what the user did", 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', "i0 i3 new", "i0"],
  ["an EXCLUDE by what the user did", 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', "i0 i3 new", "i3 new"],
  ["an INCLUDE that denies", "INCLUDE ItemID WHERE Items.ADULT != true", "i1 i2 new", "i2 new"],
] as const;

/** Rankings by every door: over gRPC, in GraphQL, in batches, and as filters explain them. */
describe("rankings", () => {
  let palate: TestPalate;
  let graphql: GraphqlClient;
  let live: RecommendationServiceClient;
  let recipes: RecipeServiceClient;
  let jobs = 0;

  /** Runs a mutation of one field that must succeed. */
  const mutate = async (call: string): Promise<void> => {
    const answer = await graphql.run<Record<string, { userErrors: unknown[] }>>(
      `mutation { done: ${call} { userErrors { field message } } }`,
    );
    expect(answer["done"]!.userErrors, call).toEqual([]);
  };

  beforeAll(async () => {
    palate = await startPalate(["datasets", "ranking", "gateway"]);
    graphql = new GraphqlClient(palate.supervisor.gatewayUrl);
    live = createClient(RecommendationServiceClient, palate.supervisor.address("ranking"));
    recipes = createClient(RecipeServiceClient, palate.supervisor.address("ranking"));
    const { datasets } = palate;
    await mutate(`createDatasetGroup(input: { name: "${GROUP}" })`);
    for (const [type, schema] of Object.entries(SCHEMAS)) {
      await mutate(`createSchema(input: { name: "${type}", schema: ${JSON.stringify(schema)} })`);
      await mutate(
        `createDataset(input: { datasetGroup: "${GROUP}", name: "${type}", datasetType: ${type}, schemaName: "${type}" })`,
      );
    }
    const items = Object.entries(ITEMS).map(([itemId, ADULT]) =>
      Item.create({ itemId, properties: JSON.stringify({ ADULT }) }),
    );
    await unaryCall(datasets, datasets.putItems, { datasetGroup: GROUP, items });
    // Each user has one item less than the one before, so that i0 is liked best.
    const interactions = [4, 3, 2, 1].flatMap((count, user) =>
      Array.from({ length: count }, (_, item) =>
        Interaction.create({ userId: `u${user}`, itemId: `i${item}`, timestamp: 1_700_000_000 + 10 * user + item }),
      ),
    );
    await unaryCall(datasets, datasets.putEvents, { datasetGroup: GROUP, interactions });
    await mutate(
      `createSolution(input: { datasetGroup: "${GROUP}", name: "${RANKING}", recipe: "aws-personalized-ranking-v2", hyperparameters: { training_seconds: 1 } })`,
    );
    await mutate(`createCampaign(input: { datasetGroup: "${GROUP}", name: "${RANKING}", solution: "${RANKING}" })`);
    await mutate(`createSolutionVersion(input: { datasetGroup: "${GROUP}", solution: "${RANKING}" })`);
    await eventually(async () => {
      const query = `{ campaign(datasetGroup: "${GROUP}", name: "${RANKING}") { servingVersion { status } } }`;
      const { campaign } = await graphql.run<{ campaign: { servingVersion: { status: string } | null } }>(query);
      return campaign.servingVersion?.status === "ACTIVE";
    });
  }, 300_000);
  afterAll(async () => {
    live?.close();
    recipes?.close();
    await palate?.stop();
  });

  const request = { datasetGroup: GROUP, campaign: RANKING, userId: "u3" };

  /** A batch's output, line by line. */
  async function batch(lines: readonly object[], filterExpression?: string): Promise<Line[]> {
    const key = { datasetGroup: GROUP, jobName: `job-${jobs++}` };
    const input = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const ranking = GetPersonalizedRankingRequest.fromPartial(
      filterExpression === undefined ? {} : { filterExpression },
    );
    const asked = CreateBatchJobRequest.fromPartial({ ...key, solution: RANKING, input, ranking });
    await unaryCall(recipes, recipes.createBatchJob, asked);
    const chunks: Buffer[] = [];
    await eventually(async () => {
      const { batchJob } = await unaryCall(recipes, recipes.getBatchJob, key);
      return batchJob!.lines > 0 && batchJob!.linesDone === batchJob!.lines;
    });
    for await (const { data } of streamCall(recipes, recipes.readBatchJobOutput, key)) chunks.push(data);
    return Buffer.concat(chunks)
      .toString()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line);
  }

  /** What is let through of a list, by each door. */
  const DOORS: Readonly<Record<string, (filter: string, itemIds: string[]) => Promise<readonly string[]>>> = {
    gRPC: async (filterExpression, itemIds) => {
      const asked = GetPersonalizedRankingRequest.fromPartial({ ...request, itemIds, filterExpression });
      return (await unaryCall(live, live.getPersonalizedRanking, asked)).itemIds;
    },
    GraphQL: async (filter, itemIds) => {
      const query = `query ($itemIds: [ID!]!, $filter: String) {
        personalizedRanking(datasetGroup: "${GROUP}", campaign: "${RANKING}", userId: "u3", itemIds: $itemIds, filterExpression: $filter) { nodes { itemId } } }`;
      const answer = await graphql.run<{ personalizedRanking: { nodes: { itemId: string }[] } }>(query, {
        itemIds,
        filter,
      });
      return answer.personalizedRanking.nodes.map(({ itemId }) => itemId);
    },
    "a batch": async (filter, itemList) => {
      const [line] = await batch([{ userId: "u3", itemList }], filter);
      return line!.output!.recommendedItems;
    },
    "explainFilter over gRPC": async (filterExpression, ids) => {
      const asked = ExplainFilterRequest.fromPartial({ ...request, ids, filterExpression });
      const { verdicts } = await unaryCall(live, live.explainFilter, asked);
      for (const { id, known } of verdicts) expect(known).toBe(id in ITEMS);
      return verdicts.filter(({ allowed }) => allowed).map(({ id }) => id);
    },
    "explainFilter in GraphQL": async (filter, ids) => {
      const query = `query ($ids: [ID!]!, $filter: String) {
        explainFilter(datasetGroup: "${GROUP}", campaign: "${RANKING}", userId: "u3", ids: $ids, filterExpression: $filter) { id allowed explanation } }`;
      type Verdict = { id: string; allowed: boolean; explanation: string };
      const { explainFilter } = await graphql.run<{ explainFilter: Verdict[] }>(query, { ids, filter });
      for (const { allowed, explanation } of explainFilter)
        expect(explanation.startsWith("Let through.")).toBe(allowed);
      return explainFilter.filter(({ allowed }) => allowed).map(({ id }) => id);
    },
  };

  describe.each(Object.entries(DOORS))("hold what nobody knows to filters: %s", (_, door) => {
    it.each(RULES)("%s: %s of %s keeps %s", async (_rule, filter, list, kept) => {
      expect((await door(filter, list.split(" "))).toSorted()).toEqual(kept.split(" "));
    });
  });

  it("in a batch have as many scores as items, null where there is none, as live", async () => {
    const itemLists = [["i1", "zz"], ["x", "y"], ["i0", "x", "i1"], []];
    const lines = await batch(itemLists.map((itemList) => ({ userId: "u1", itemList })));
    const query = `query ($itemIds: [ID!]!) {
      personalizedRanking(datasetGroup: "${GROUP}", campaign: "${RANKING}", userId: "u1", itemIds: $itemIds) { edges { score node { itemId } } } }`;
    type Edge = { score: number | null; node: { itemId: string } };
    for (const [at, itemIds] of itemLists.entries()) {
      const answer = await graphql.run<{ personalizedRanking: { edges: Edge[] } }>(query, { itemIds });
      const { edges } = answer.personalizedRanking;
      expect(lines[at]).toMatchObject({ error: null });
      expect(lines[at]!.output!.recommendedItems).toEqual(edges.map(({ node }) => node.itemId));
      expect(lines[at]!.output!.scores).toEqual(edges.map(({ score }): unknown => score && expect.closeTo(score, 5)));
    }
    expect(lines[1]!.output!.scores).toEqual([null, null]);
  });

  it("in a batch need their list", async () => {
    const [line] = await batch([{ userId: "u1" }]);
    expect(line).toMatchObject({ output: null, error: expect.stringMatching(/itemList is missing/) as string });
  });
});

interface Line {
  readonly input: unknown;
  readonly output: { readonly recommendedItems: string[]; readonly scores: (number | null)[] } | null;
  readonly error: string | null;
}
