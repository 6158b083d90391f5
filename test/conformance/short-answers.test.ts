/** Answers that a recipe alone would leave short, of every recipe that recommends items: what follows, live and in batches. */
import { createClient, streamCall, unaryCall } from "@palate/host";
import { GraphqlClient } from "@palate/local";
import { DatasetType, Interaction, Item } from "@palate/proto/dataset";
import {
  CreateBatchJobRequest,
  CreateSolutionRequest,
  CreateSolutionVersionRequest,
  GetRecommendationsRequest,
  Reason,
  RecipeServiceClient,
  RecommendationServiceClient,
  ResourceStatus,
  SeenItems,
  type GetRecommendationsResponse,
} from "@palate/proto/recipe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, startPalate, type TestPalate } from "../support/palate.js";

const GROUP = "small-shop";
const BRIEFLY = { training_seconds: "1" };

/** Every recipe that recommends items, its service, and what makes its training short. */
const RECIPES: readonly (readonly [recipe: string, service: string, hyperparameters: Record<string, string>])[] = [
  ["aws-popularity-count", "popularity", {}],
  ["aws-trending-now", "trending", {}],
  ["aws-sims", "sims", {}],
  ["aws-similar-items", "sims", {}],
  ["aws-semantic-similarity", "sims", {}],
  ["aws-user-personalization-v2", "user-personalization", BRIEFLY],
  ["aws-user-personalization", "user-personalization", BRIEFLY],
  ["aws-hrnn", "user-personalization", BRIEFLY],
  ["aws-hrnn-metadata", "user-personalization", BRIEFLY],
  ["aws-hrnn-coldstart", "user-personalization", BRIEFLY],
];
const RELATED = new Set(["aws-sims", "aws-similar-items", "aws-semantic-similarity"]);
const PERSONAL = RECIPES.filter(([, service]) => service === "user-personalization");

/** Two new items, which nobody has had. */
const LAUNCH = ["launch", "launch2"];
const OF_LAUNCH = 'INCLUDE ItemID WHERE Items.GENRE IN ("new")';

const schemaOf = (name: string, fields: readonly (readonly [string, unknown])[]): string =>
  JSON.stringify({
    ...{ type: "record", name, namespace: "com.amazonaws.personalize.schema", version: "1.0" },
    fields: fields.map(([field, type]) => ({ name: field, type, ...(field === "TITLE" && { textual: true }) })),
  });

/** What a request and its answer in a batch have in common. */
interface Answer {
  readonly items: readonly string[];
  readonly scores: readonly number[];
  readonly reasons: readonly Reason[];
  readonly promotions: readonly string[];
}

const padded = (values: readonly number[], { length }: readonly string[]): Reason[] =>
  values.length === 0 ? Array.from({ length }, () => Reason.REASON_UNSPECIFIED) : [...values];

const answerOf = ({ itemIds, scores, reasons, promotions }: GetRecommendationsResponse): Answer => ({
  ...{ items: itemIds, scores, promotions },
  reasons: padded(reasons, itemIds),
});

describe("answers of which a recipe has too little", () => {
  let palate: TestPalate;
  const recipes = new Map<string, RecipeServiceClient>();
  const live = new Map<string, RecommendationServiceClient>();

  /** Asks the campaign of a recipe; the recipes of related items about the most popular one. */
  const ask = async ([recipe, service]: (typeof RECIPES)[number], request: object): Promise<Answer> => {
    const client = live.get(service)!;
    const item = RELATED.has(recipe) ? { itemId: "i0" } : {};
    const whole = { datasetGroup: GROUP, campaign: recipe, userId: "u3", ...item, ...request };
    return answerOf(await unaryCall(client, client.getRecommendations, GetRecommendationsRequest.fromPartial(whole)));
  };

  let jobs = 0;
  /** Asks the same in a batch. */
  const askInBatch = async (
    [recipe, service]: (typeof RECIPES)[number],
    { userId = "u3", ...request }: { userId?: string } & object,
  ): Promise<Answer> => {
    const client = recipes.get(service)!;
    const key = { datasetGroup: GROUP, jobName: `job-${(jobs += 1)}` };
    const line = { userId, ...(RELATED.has(recipe) && { itemId: "i0" }) };
    const input = Buffer.from(`${JSON.stringify(line)}\n`);
    const job = CreateBatchJobRequest.fromPartial({ ...key, solution: recipe, input, recommendations: request });
    await unaryCall(client, client.createBatchJob, job);
    await eventually(async () => {
      const { batchJob } = await unaryCall(client, client.getBatchJob, key);
      return batchJob!.status === ResourceStatus.RESOURCE_STATUS_ACTIVE;
    });
    const chunks: Buffer[] = [];
    for await (const { data } of streamCall(client, client.readBatchJobOutput, key)) chunks.push(data);
    const { output } = JSON.parse(Buffer.concat(chunks).toString()) as {
      output: { recommendedItems: string[]; scores?: number[]; reasons?: Reason[]; promotions?: string[] };
    };
    const { recommendedItems: items, scores = [], reasons = [], promotions = [] } = output;
    return { items, scores, promotions, reasons: padded(reasons, items) };
  };

  const train = async ([recipe, service]: (typeof RECIPES)[number]): Promise<void> => {
    const client = recipes.get(service)!;
    const request = CreateSolutionVersionRequest.fromPartial({ datasetGroup: GROUP, solution: recipe });
    const { solutionVersion } = await unaryCall(client, client.createSolutionVersion, request);
    const watched = { datasetGroup: GROUP, solution: recipe, versionId: solutionVersion!.versionId };
    for await (const message of streamCall(client, client.watchSolutionVersion, watched))
      expect(message.solutionVersion!.failureReason, recipe).toBe("");
    await eventually(async () => {
      const { campaign } = await unaryCall(client, client.getCampaign, { datasetGroup: GROUP, name: recipe });
      return campaign?.servingVersionId === solutionVersion!.versionId;
    });
  };

  const put = async (interactions: readonly Partial<Interaction>[]): Promise<void> => {
    const { datasets } = palate;
    const events = interactions.map((one) => Interaction.fromPartial(one));
    await unaryCall(datasets, datasets.putEvents, { datasetGroup: GROUP, interactions: events });
  };

  const putItems = async (ids: readonly string[], genre: string): Promise<void> => {
    const { datasets } = palate;
    const items = ids.map((itemId) =>
      Item.create({ itemId, properties: JSON.stringify({ GENRE: genre, TITLE: `a thing of kind ${genre}` }) }),
    );
    await unaryCall(datasets, datasets.putItems, { datasetGroup: GROUP, items });
  };

  beforeAll(async () => {
    palate = await startPalate(["datasets", "popularity", "trending", "sims", "user-personalization", "gateway"]);
    const { datasets, supervisor } = palate;
    await unaryCall(datasets, datasets.createDatasetGroup, { name: GROUP });
    const text = ["null", "string"];
    const tables = {
      INTERACTIONS: schemaOf("Interactions", [
        ["USER_ID", "string"],
        ["ITEM_ID", "string"],
        ["TIMESTAMP", "long"],
        ["EVENT_TYPE", "string"],
      ]),
      ITEMS: schemaOf("Items", [
        ["ITEM_ID", "string"],
        ["GENRE", text],
        ["TITLE", text],
      ]),
    };
    for (const [name, schema] of Object.entries(tables)) {
      const datasetType = name === "ITEMS" ? DatasetType.DATASET_TYPE_ITEMS : DatasetType.DATASET_TYPE_INTERACTIONS;
      const schemaName = `${GROUP}-${name}`;
      await unaryCall(datasets, datasets.createSchema, { name: schemaName, schema, datasetType });
      await unaryCall(datasets, datasets.createDataset, { datasetGroup: GROUP, name, datasetType, schemaName });
    }
    await putItems(["i0", "i1", "i2", "i3"], "a");
    // u0 and u4 have had everything, u3 only the most popular.
    const had = { u0: 4, u1: 3, u2: 2, u3: 1, u4: 4 };
    const view = { eventType: "view" };
    await put(
      Object.entries(had).flatMap(([userId, count], user) =>
        Array.from({ length: count }, (_, item) => {
          return { ...view, userId, itemId: `i${item}`, timestamp: 1_700_000_000 + 10 * user + item };
        }),
      ),
    );
    for (const service of new Set(RECIPES.map(([, name]) => name))) {
      recipes.set(service, createClient(RecipeServiceClient, supervisor.address(service)));
      live.set(service, createClient(RecommendationServiceClient, supervisor.address(service)));
    }
    for (const one of RECIPES) {
      const [recipe, service, hyperparameters] = one;
      const client = recipes.get(service)!;
      const key = { datasetGroup: GROUP, name: recipe };
      const solution = CreateSolutionRequest.fromPartial({ ...key, recipe, hyperparameters });
      await unaryCall(client, client.createSolution, solution);
      await unaryCall(client, client.createCampaign, {
        ...{ ...key, solution: recipe, versionId: undefined },
        campaignConfig: undefined,
      });
    }
    await Promise.all(RECIPES.map(train));
    await putItems(LAUNCH, "new");
    const last = RECIPES.at(-1)!;
    await eventually(async () => (await ask(last, { filterExpression: OF_LAUNCH })).items.length === 2);
  }, 300_000);

  afterAll(async () => {
    for (const client of [...recipes.values(), ...live.values()]) client.close();
    await palate?.stop();
  });

  const promoted = {
    numResults: 2,
    promotions: [{ name: "launch", filterExpression: OF_LAUNCH, percentPromotedItems: 50 }],
  };

  describe.each(["before another training", "after it"])("new items, %s", (when) => {
    beforeAll(async () => {
      if (when === "after it") await Promise.all(RECIPES.map(train));
    }, 300_000);

    it.each(RECIPES)("%s promotes them for anybody, live and in batches", async (...one) => {
      for (const userId of ["u9", "u3", "u0"]) {
        const answer = await ask(one, { ...promoted, userId });
        expect(answer.items).toHaveLength(2);
        const at = answer.promotions.indexOf("launch");
        expect(LAUNCH).toContain(answer.items[at]);
        expect(answer.reasons[at]).toBe(Reason.REASON_PROMOTED);
        if (userId !== "u0") expect(LAUNCH).not.toContain(answer.items[1 - at]);
      }
      expect(await askInBatch(one, { ...promoted, userId: "u9" })).toEqual(
        await ask(one, { ...promoted, userId: "u9" }),
      );
    });

    it.each(RECIPES)("%s lists them under a filter that includes nothing else", async (...one) => {
      for (const userId of ["u9", "u3", "u0"]) {
        const request = { filterExpression: OF_LAUNCH, userId };
        const { items, scores } = await ask(one, request);
        expect(items.toSorted()).toEqual(LAUNCH);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
        expect((await askInBatch(one, request)).items).toEqual(items);
      }
    });

    it.each(RECIPES)("%s lists them after what it has a score for, never above it", async (...one) => {
      const { items, scores, reasons } = await ask(one, { userId: "u9" });
      const others = items.filter((id) => !LAUNCH.includes(id)).length;
      expect(others).toBe(RELATED.has(one[0]) ? 3 : 4);
      expect(items).toHaveLength(others + 2);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      for (const [at, reason] of reasons.entries())
        if (reason === Reason.REASON_NEW) expect(LAUNCH).toContain(items[at]);
    });
  });

  it("through GraphQL, a promotion names them and says why", async () => {
    const graphql = new GraphqlClient(palate.supervisor.gatewayUrl);
    const { recommendations } = await graphql.run<{
      recommendations: { edges: { reason: string; promotion: string | null; node: { itemId: string } }[] };
    }>(
      `query ($included: String!) { recommendations(
        datasetGroup: "${GROUP}", campaign: "aws-popularity-count", first: 6
        promotions: [{ name: "launch", filterExpression: $included, percentPromotedItems: 10, placement: TOP }]
      ) { edges { reason promotion node { itemId } } } }`,
      { included: OF_LAUNCH },
    );
    const { edges } = recommendations;
    expect(edges.map(({ reason }) => reason)).toEqual(["PROMOTED", null, null, null, null, "NEW"]);
    expect(edges.map(({ promotion }) => promotion)).toEqual(["launch", null, null, null, null, null]);
    expect([edges[0]!.node.itemId, edges[5]!.node.itemId].toSorted()).toEqual(LAUNCH);
  });

  describe("a reader who has had everything else", () => {
    const had = ["i0", "i1", "i2", "i3"];
    const SEEN = Reason.REASON_SEEN;

    it.each(PERSONAL)("%s: the seen ones follow, marked, live and in batches", async (...one) => {
      const { items, scores, reasons } = await ask(one, { userId: "u0" });
      expect(items.slice(0, 2).toSorted()).toEqual(LAUNCH);
      expect(items.slice(2).toSorted()).toEqual(had);
      expect(reasons.slice(2)).toEqual([SEEN, SEEN, SEEN, SEEN]);
      expect(reasons.slice(0, 2)).not.toContain(SEEN);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      expect((await askInBatch(one, { userId: "u0" })).items).toEqual(items);
      // As many as were asked for, and the best of them.
      expect((await ask(one, { userId: "u0", numResults: 3 })).items).toEqual(items.slice(0, 3));
    });

    it.each(PERSONAL)("%s: they stay out where that was asked for", async (...one) => {
      const request = { userId: "u0", seenItems: SeenItems.SEEN_ITEMS_EXCLUDE };
      for (const { items } of [await ask(one, request), await askInBatch(one, request)])
        expect(items.toSorted()).toEqual(LAUNCH);
    });

    it.each(PERSONAL)("%s: what a filter leaves out does not follow", async (...one) => {
      const filterExpression = 'EXCLUDE ItemID WHERE Items.GENRE IN ("new") OR Items.ITEM_ID IN ("i1", "i2")';
      const { items, reasons } = await ask(one, { userId: "u0", filterExpression });
      expect(items.toSorted()).toEqual(["i0", "i3"]);
      expect(reasons).toEqual([SEEN, SEEN]);
    });

    it.each(PERSONAL)("%s: nor does what the user has hidden", async (...one) => {
      await put([{ userId: "u4", itemId: "i2", eventType: "hide", timestamp: 1_700_000_900 }]);
      const visible = [...had.filter((id) => id !== "i2"), ...LAUNCH].toSorted();
      await eventually(async () => !(await ask(one, { userId: "u4" })).items.includes("i2"), 10_000);
      expect((await ask(one, { userId: "u4" })).items.toSorted()).toEqual(visible);
    });

    it.each(PERSONAL)("%s: whoever has enough left is told nothing twice", async (...one) => {
      const { items, reasons } = await ask(one, { userId: "u3", numResults: 3 });
      expect(items).not.toContain("i0");
      expect(reasons).not.toContain(SEEN);
    });
  });
});
