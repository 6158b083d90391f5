/** Pages of recommendations while events, trainings and restarts come between them, by gRPC and through GraphQL. */
import { createClient, streamCall, unaryCall } from "@palate/host";
import { GraphqlClient } from "@palate/local";
import { Random } from "@palate/numeric";
import { Interaction } from "@palate/proto/dataset";
import {
  CreateSolutionRequest,
  CreateSolutionVersionRequest,
  GetRecommendationsRequest,
  RecipeServiceClient,
  RecommendationServiceClient,
} from "@palate/proto/recipe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, importInteractions, startPalate, twoCircles, type TestPalate } from "../support/palate.js";

const GROUP = "endless";
const LETTERS = "letters";
const SERVICES = { pop: "popularity", up: "user-personalization" } as const;
const RECIPES = { pop: "aws-popularity-count", up: "aws-user-personalization-v2" } as const;
type Campaign = keyof typeof SERVICES;

/** One page, whichever way it was asked for. */
interface Page {
  readonly ids: readonly string[];
  readonly ranks: readonly number[];
  readonly hasMore: boolean;
  readonly next: string;
}

interface Walk {
  readonly group?: string;
  readonly campaign: Campaign;
  readonly userId?: string;
  readonly first: number;
  readonly after?: string;
}

describe("pages of recommendations", () => {
  let palate: TestPalate;
  let graphql: GraphqlClient;
  const recipes = {} as Record<Campaign, RecipeServiceClient>;
  const live = {} as Record<Campaign, RecommendationServiceClient>;

  const doors: Record<string, (walk: Walk) => Promise<Page>> = {
    async gRPC({ group = GROUP, campaign, userId = "", first, after = "" }) {
      const request = { datasetGroup: group, campaign, userId, numResults: first, pageToken: after };
      const client = live[campaign];
      const asked = GetRecommendationsRequest.fromPartial({ ...request, withPageToken: true });
      const { itemIds, hasMore, nextPageToken } = await unaryCall(client, client.getRecommendations, asked);
      const before = Number(after.split(".")[1] ?? 0);
      return { ids: itemIds, ranks: itemIds.map((_, at) => before + at + 1), hasMore, next: nextPageToken };
    },
    async GraphQL({ group = GROUP, campaign, userId = null, first, after = null }) {
      const { recommendations } = await graphql.run<{
        recommendations: {
          edges: { rank: number; node: { itemId: string } }[];
          pageInfo: { hasNextPage: boolean; endCursor: string };
        };
      }>(
        `query ($group: String!, $campaign: String!, $userId: ID, $first: Int!, $after: String) {
          recommendations(datasetGroup: $group, campaign: $campaign, userId: $userId, first: $first, after: $after) {
            edges { rank node { itemId } } pageInfo { hasNextPage endCursor }
          } }`,
        { group, campaign, userId, first, after },
      );
      const { edges, pageInfo } = recommendations;
      const ids = edges.map(({ node }) => node.itemId);
      return { ids, ranks: edges.map(({ rank }) => rank), hasMore: pageInfo.hasNextPage, next: pageInfo.endCursor };
    },
  };

  /** All items of a walk, page after page. */
  const walked = async (
    ask: (walk: Walk) => Promise<Page>,
    walk: Walk,
    between: (page: Page, number: number) => Promise<void>,
  ): Promise<string[]> => {
    const ids: string[] = [];
    for (let after: string | undefined, number = 1; ; number++) {
      const page = await ask({ ...walk, ...(after !== undefined && { after }) });
      expect(page.ranks).toEqual(page.ids.map((_, at) => ids.length + at + 1));
      ids.push(...page.ids);
      if (!page.hasMore) return ids;
      after = page.next;
      await between(page, number);
    }
  };

  const put = async (datasetGroup: string, clicks: readonly (readonly [userId: string, itemId: string])[]) => {
    const { datasets } = palate;
    const interactions = clicks.map(([userId, itemId]) => Interaction.fromPartial({ userId, itemId }));
    if (clicks.length > 0) await unaryCall(datasets, datasets.putEvents, { datasetGroup, interactions });
  };

  const train = async (datasetGroup: string, campaign: Campaign): Promise<void> => {
    const client = recipes[campaign];
    const key = { datasetGroup, solution: campaign };
    const request = CreateSolutionVersionRequest.fromPartial(key);
    const { solutionVersion } = await unaryCall(client, client.createSolutionVersion, request);
    const { versionId } = solutionVersion!;
    for await (const message of streamCall(client, client.watchSolutionVersion, { ...key, versionId }))
      expect(message.solutionVersion!.failureReason).toBe("");
    await eventually(async () => {
      const { campaign: now } = await unaryCall(client, client.getCampaign, { datasetGroup, name: campaign });
      return now?.servingVersionId === versionId;
    });
  };

  const serve = async (datasetGroup: string, campaign: Campaign): Promise<void> => {
    const client = recipes[campaign];
    const hyperparameters: Record<string, string> = campaign === "up" ? { training_seconds: "1" } : {};
    const solution = { datasetGroup, name: campaign, recipe: RECIPES[campaign], hyperparameters };
    await unaryCall(client, client.createSolution, CreateSolutionRequest.fromPartial(solution));
    const named = { datasetGroup, name: campaign, solution: campaign, versionId: undefined, campaignConfig: undefined };
    await unaryCall(client, client.createCampaign, named);
    await train(datasetGroup, campaign);
  };

  beforeAll(async () => {
    palate = await startPalate(["datasets", "popularity", "user-personalization", "gateway"]);
    graphql = new GraphqlClient(palate.supervisor.gatewayUrl);
    for (const [campaign, service] of Object.entries(SERVICES) as [Campaign, string][]) {
      recipes[campaign] = createClient(RecipeServiceClient, palate.supervisor.address(service));
      live[campaign] = createClient(RecommendationServiceClient, palate.supervisor.address(service));
    }
    await importInteractions(palate, GROUP, twoCircles(60, 40, 8));
    const rows = [..."ABCDEF"].flatMap((item, place) =>
      Array.from({ length: 6 - place }, (_, user) => `${item}${user},${item},${1_700_000_000 + user}`),
    );
    await importInteractions(palate, LETTERS, ["USER_ID,ITEM_ID,TIMESTAMP", ...rows, ""].join("\n"));
    await Promise.all([serve(GROUP, "pop"), serve(GROUP, "up")]);
    await serve(LETTERS, "pop");
  }, 300_000);

  afterAll(async () => {
    for (const client of [...Object.values(recipes), ...Object.values(live)]) client.close();
    await palate?.stop();
  });

  it("show what rose meanwhile, and nothing twice", async () => {
    const walk = { group: LETTERS, campaign: "pop", first: 2 } as const;
    const { gRPC, GraphQL } = doors;
    const first = { gRPC: await gRPC!(walk), GraphQL: await GraphQL!(walk) };
    expect(first.gRPC.ids).toEqual(["A", "B"]);
    await put(
      LETTERS,
      Array.from({ length: 10 }, (_, user) => [`n${user}`, "D"]),
    );
    await eventually(async () => (await gRPC!(walk)).ids[0] === "D", 10_000);
    for (const [door, ask] of Object.entries(doors)) {
      const second = await ask({ ...walk, after: first[door as keyof typeof first].next });
      const third = await ask({ ...walk, after: second.next });
      expect([second.ids, third.ids], door).toEqual([
        ["D", "C"],
        ["E", "F"],
      ]);
      expect(third.hasMore).toBe(false);
    }
  });

  const cases = Object.keys(doors).flatMap((door) =>
    (["pop", "up"] as const).flatMap((campaign) => [1, 2, 3].map((seed) => [door, campaign, seed] as const)),
  );
  it.each(cases)("have each item once while anybody clicks: %s, %s, seed %i", async (door, campaign, seed) => {
    const random = new Random(seed);
    const upTo = (count: number): number => Math.floor(random.uniform() * count);
    const reader = `u${10 + upTo(40)}`;
    const everything = await doors["gRPC"]!({ campaign, userId: reader, first: 1_000 });
    const letter = (): string => `${"xy"[upTo(2)]}${upTo(20)}`;
    const ids = await walked(doors[door]!, { campaign, userId: reader, first: 2 + upTo(6) }, async (page) => {
      const others = Array.from({ length: upTo(30) }, () => [`other-${upTo(500)}`, letter()] as const);
      const own = [page.ids[0]!, ...Array.from({ length: upTo(3) }, letter)];
      await put(GROUP, [...others, ...own.map((itemId) => [reader, itemId] as const)]);
    });
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(everything.ids.toSorted());
  });

  it.each(Object.entries(doors))("are refused with a cursor of another list, by %s", async (_door, ask) => {
    const { next: after } = await ask({ campaign: "up", userId: "u1", first: 3 });
    await expect(ask({ campaign: "up", userId: "u2", first: 3, after })).rejects.toThrow(/another user's list/);
    await expect(ask({ campaign: "pop", userId: "u1", first: 3, after })).rejects.toThrow(/another campaign's list/);
    await expect(ask({ campaign: "up", userId: "u1", first: 3, after: `x${after}` })).rejects.toThrow(/cursor|is none/);
    await expect(ask({ campaign: "up", userId: "u1", first: 3, after: "cmFuazoy" })).rejects.toThrow(
      /no cursor|is none/,
    );
    expect((await ask({ campaign: "up", userId: "u1", first: 7, after })).ids).toHaveLength(7);
  });

  it("go on with another model, and after the service was killed", async () => {
    for (const campaign of ["up", "pop"] as const) {
      const ids = await walked(doors["GraphQL"]!, { campaign, userId: "u3", first: 10 }, async (page, number) => {
        await put(GROUP, [["u3", page.ids[1]!]]);
        if (number === 1) await train(GROUP, campaign);
        if (number !== 2) return;
        process.kill(palate.supervisor.pids().get(SERVICES[campaign])!, "SIGKILL");
        await eventually(
          () =>
            doors["GraphQL"]!({ campaign, userId: "u3", first: 1 }).then(
              () => true,
              () => false,
            ),
          120_000,
        );
      });
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toHaveLength(40);
    }
  }, 300_000);
});
