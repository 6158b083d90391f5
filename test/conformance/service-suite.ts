import { createClient, streamCall, unaryCall } from "@palate/host";
import {
  CreateSolutionRequest,
  CreateSolutionVersionRequest,
  GetActionRecommendationsRequest,
  GetPersonalizedRankingRequest,
  GetRecommendationsRequest,
  GetSegmentRequest,
  RecipeServiceClient,
  RecommendationServiceClient,
  ResourceStatus,
  type GetRecommendationsResponse,
  type SolutionVersion,
} from "@palate/proto/recipe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { eventually, importInteractions, startPalate, twoCircles, type TestPalate } from "../support/palate.js";

/** A recipe service to hold against the contract. */
export interface ServiceUnderTest {
  /** Its name: "sims". */
  readonly service: string;
  /** The recipe to train; one that finds users must be asked by item. */
  readonly recipe: string;
  /** Hyperparameters that make training short. */
  readonly hyperparameters?: Readonly<Record<string, string>>;
  /** A hyperparameter value that must be refused; absent when the recipe has none. */
  readonly wrong?: Readonly<Record<string, string>>;
  /** Hyperparameters that make training last long enough to be interrupted; absent when training is over at once. */
  readonly slow?: Readonly<Record<string, string>>;
  /** Whether what a streamed event says changes the next answer of that user. */
  readonly followsUser: boolean;
  /** Whether it finds users for an item; otherwise it recommends items. */
  readonly findsUsers?: boolean;
  /** Whether it puts lists in order instead: it is asked to do so with the whole catalogue. */
  readonly ranksLists?: boolean;
}

/** What answers of all kinds have in common. */
interface Answer {
  /** Items, or users. */
  readonly ids: readonly string[];
  readonly versionId: string;
  readonly dataAgeMs: number;
  readonly hasMore: boolean;
}

const GROUP = "circles";

/** Its items. */
const CATALOGUE = ["x", "y"].flatMap((circle) => Array.from({ length: 20 }, (_, item) => `${circle}${item}`));

/** What recommendations and rankings both tell. */
type AnswerFields = "itemIds" | "recommendationId" | "versionId" | "dataAgeMs" | "historyLength" | "hasMore";

/** What every recipe service must do, over real gRPC, with real trainer processes and a real store. */
export function describeRecipeService({
  slow,
  service,
  recipe,
  hyperparameters = {},
  wrong,
  followsUser,
  findsUsers = false,
  ranksLists = false,
}: ServiceUnderTest): void {
  describe(`recipe service ${service}`, () => {
    let palate: TestPalate;
    let recipes: RecipeServiceClient;
    let recommendations: RecommendationServiceClient;

    /** The first so many of the whole catalogue in a user's order, as if it were recommended. */
    const rank = async (request: Partial<GetRecommendationsRequest>) => {
      const { campaign = "main", userId = "u0", numResults = 5, offset = 0 } = request;
      const whole = { datasetGroup: GROUP, campaign, userId, itemIds: CATALOGUE };
      const ranking = GetPersonalizedRankingRequest.fromPartial(whole);
      const answer = await unaryCall(recommendations, recommendations.getPersonalizedRanking, ranking);
      const itemIds = answer.itemIds.slice(offset, offset + numResults);
      return { ...answer, itemIds, hasMore: answer.itemIds.length > offset + numResults };
    };
    const recommend = (
      request: Partial<GetRecommendationsRequest>,
    ): Promise<Pick<GetRecommendationsResponse, AnswerFields>> =>
      ranksLists
        ? rank(request)
        : unaryCall(
            recommendations,
            recommendations.getRecommendations,
            GetRecommendationsRequest.fromPartial({
              datasetGroup: GROUP,
              campaign: "main",
              userId: "u0",
              itemId: "x0",
              numResults: 5,
              ...request,
            }),
          );
    const segment = async (request: Partial<GetSegmentRequest>): Promise<Answer> => {
      const whole = { datasetGroup: GROUP, campaign: "main", itemId: "x0", numResults: 5, ...request };
      const ids: string[] = [];
      let first: Answer | undefined;
      const messages = streamCall(recommendations, recommendations.getSegment, GetSegmentRequest.fromPartial(whole));
      for await (const message of messages) {
        first ??= { ...message, ids };
        ids.push(...message.userIds);
      }
      return first!;
    };
    /** Asks for five, as this kind of service is asked. */
    const ask = async (request: {
      campaign?: string;
      itemId?: string;
      numResults?: number;
      offset?: number;
      explorationWeight?: number;
    }) => {
      if (findsUsers) return segment(request);
      const { itemIds, ...answer } = await recommend(request);
      return { ...answer, ids: itemIds };
    };
    const trained = async (solution: string, seed: number): Promise<SolutionVersion> => {
      const asked = { datasetGroup: GROUP, solution, seed, requestId: `${solution}-${seed}` };
      const request = CreateSolutionVersionRequest.fromPartial(asked);
      const { solutionVersion } = await unaryCall(recipes, recipes.createSolutionVersion, request);
      let last: SolutionVersion | undefined;
      const watched = { datasetGroup: GROUP, solution, versionId: solutionVersion!.versionId };
      for await (const message of streamCall(recipes, recipes.watchSolutionVersion, watched))
        last = message.solutionVersion;
      return last!;
    };

    beforeAll(async () => {
      palate = await startPalate(["datasets", service]);
      recipes = createClient(RecipeServiceClient, palate.supervisor.address(service));
      recommendations = createClient(RecommendationServiceClient, palate.supervisor.address(service));
      await importInteractions(palate, GROUP, twoCircles(200, 40, 12));
    }, 300_000);

    afterAll(async () => {
      recipes?.close();
      recommendations?.close();
      await palate?.stop();
    });

    it("describes its recipe, every hyperparameter with meaning and default", async () => {
      const { recipes: offered } = await unaryCall(recipes, recipes.listRecipes, {});
      const found = offered.find(({ name }) => name === recipe);
      expect(found).toMatchObject({ service });
      expect(found!.description.length).toBeGreaterThan(20);
      for (const parameter of found!.hyperparameters) {
        expect(parameter.description.length).toBeGreaterThan(10);
        expect(parameter.defaultValue).not.toBe("");
      }
    });

    it("refuses what is wrong and says what would be right", async () => {
      const create = (change: object) =>
        unaryCall(
          recipes,
          recipes.createSolution,
          CreateSolutionRequest.fromPartial({ datasetGroup: GROUP, name: "wrong", recipe, ...change }),
        );
      await expect(create({ name: "a b" })).rejects.toMatchObject({ code: "invalid_argument" });
      await expect(create({ recipe: "aws-nothing" })).rejects.toMatchObject({
        code: "not_found",
        message: expect.stringContaining(recipe),
      });
      await expect(create({ hyperparameters: { nonsense: "1" } })).rejects.toMatchObject({ code: "invalid_argument" });
      if (wrong) await expect(create({ hyperparameters: wrong })).rejects.toMatchObject({ code: "invalid_argument" });
      const none = CreateSolutionVersionRequest.fromPartial({ datasetGroup: GROUP, solution: "none" });
      await expect(unaryCall(recipes, recipes.createSolutionVersion, none)).rejects.toMatchObject({
        code: "not_found",
      });
      await expect(ask({ campaign: "none" })).rejects.toMatchObject({ code: "not_found" });
    });

    it("trains, reports metrics, and serves", async () => {
      const solution = CreateSolutionRequest.fromPartial({
        datasetGroup: GROUP,
        name: "main",
        recipe,
        hyperparameters: { ...hyperparameters },
      });
      await unaryCall(recipes, recipes.createSolution, solution);
      await expect(unaryCall(recipes, recipes.createSolution, solution)).rejects.toMatchObject({
        code: "already_exists",
      });
      const campaign = {
        datasetGroup: GROUP,
        name: "main",
        solution: "main",
        versionId: undefined,
        campaignConfig: undefined,
      };
      await unaryCall(recipes, recipes.createCampaign, campaign);
      await expect(ask({})).rejects.toMatchObject({
        code: "failed_precondition",
        message: expect.stringContaining("no model yet"),
      });

      const version = await trained("main", 7);
      expect(version.failureReason).toBe("");
      expect(version.status).toBe(ResourceStatus.RESOURCE_STATUS_ACTIVE);
      expect(version.dataStatistics).toMatchObject({ users: 200, items: 40, interactions: 2400 });
      const ofItems = ["mean_reciprocal_rank_at_25", "normalized_discounted_cumulative_gain_at_10", "precision_at_5"];
      const ofUsers = ["hits_at_1_percent", "recall_at_1_percent"];
      for (const key of ["coverage", ...(findsUsers ? ofUsers : ofItems)]) {
        expect(version.metrics[key]).toBeGreaterThanOrEqual(0);
        expect(version.baselineMetrics[key]).toBeDefined();
      }
      const { primaryMetric, baseline, cases, intervals } = version.evaluation!;
      expect(cases).toBeGreaterThan(0);
      expect(baseline).not.toBe("");
      expect(intervals[primaryMetric]!.low).toBeLessThanOrEqual(version.metrics[primaryMetric]!);
      expect(intervals[primaryMetric]!.high).toBeGreaterThanOrEqual(version.metrics[primaryMetric]!);
      expect(version.checkpointHistory.map(({ number }) => number)).toHaveLength(version.checkpoints);
      expect(version.checkpointHistory.at(-1)!.metrics).toEqual(version.metrics);
      const named = { datasetGroup: GROUP, solution: "main", versionId: version.versionId };
      const { html } = await unaryCall(recipes, recipes.getSolutionVersionReport, named);
      expect(html).toContain(version.versionId);
      await eventually(
        async () =>
          (await unaryCall(recipes, recipes.getCampaign, { datasetGroup: GROUP, name: "main" })).campaign
            ?.servingVersionId === version.versionId,
      );
      const answer = await ask({});
      expect(answer.ids).toHaveLength(5);
      expect(new Set(answer.ids).size).toBe(5);
      expect(answer.versionId).toBe(version.versionId);
      if (!findsUsers) expect((await recommend({})).recommendationId).not.toBe("");
      expect(answer.dataAgeMs).toBeLessThan(10_000);
    });

    it("gives the same model for the same seed, and a retry the same version", async () => {
      const first = await trained("main", 7);
      const retry = { datasetGroup: GROUP, solution: "main", seed: 7, requestId: "main-7" };
      const request = CreateSolutionVersionRequest.fromPartial(retry);
      const again = await unaryCall(recipes, recipes.createSolutionVersion, request);
      expect(again.solutionVersion?.versionId).toBe(first.versionId);
      const { solutionVersions } = await unaryCall(recipes, recipes.listSolutionVersions, {
        datasetGroup: GROUP,
        solution: "main",
        pageSize: 0,
        pageToken: "",
      });
      expect(solutionVersions).toHaveLength(1);
    });

    it("refuses what its recipe does not do, and says which call is right", async () => {
      const right = findsUsers ? "GetSegment" : ranksLists ? "GetPersonalizedRanking" : "GetRecommendations";
      const request = { datasetGroup: GROUP, campaign: "main", userId: "u0" };
      const items = GetRecommendationsRequest.fromPartial({ ...request, itemId: "x0" });
      const list = GetPersonalizedRankingRequest.fromPartial({ ...request, itemIds: ["x0"] });
      const actions = GetActionRecommendationsRequest.fromPartial(request);
      const calls = {
        GetRecommendations: () => unaryCall(recommendations, recommendations.getRecommendations, items),
        GetPersonalizedRanking: () => unaryCall(recommendations, recommendations.getPersonalizedRanking, list),
        GetActionRecommendations: () => unaryCall(recommendations, recommendations.getActionRecommendations, actions),
        ListSegments: () => unaryCall(recommendations, recommendations.listSegments, request),
        ...(!findsUsers && { GetSegment: () => segment({}) }),
      };
      for (const [name, call] of Object.entries(calls)) {
        if (name === right) continue;
        await expect(call(), name).rejects.toMatchObject({
          code: "unimplemented",
          message: expect.stringMatching(
            new RegExp(`${name} is for recipes that .*; ${recipe} .*: call ${right}\\.`),
          ) as string,
        });
      }
    });

    it("answers for unknown users and items", async () => {
      expect((await ask({ itemId: "nothing" })).ids).toHaveLength(5);
      if (!findsUsers) expect((await recommend({ userId: "nobody", itemId: "nothing" })).itemIds).toHaveLength(5);
    });

    it("pages through the catalogue without repeats", async () => {
      const seen: string[] = [];
      for (let offset = 0; ; offset += 15) {
        const answer = await ask({ numResults: 15, offset });
        seen.push(...answer.ids);
        if (!answer.hasMore) break;
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.length).toBeGreaterThan(15);
    });

    it("hands out its model as a safetensors file with the checksum it states", async () => {
      const hash = createHash("sha256");
      let stated = "";
      let head = Buffer.alloc(0);
      for await (const { data, sha256 } of streamCall(recipes, recipes.exportModel, {
        datasetGroup: GROUP,
        solution: "main",
        versionId: "$LATEST",
      })) {
        hash.update(data);
        stated ||= sha256;
        if (head.length === 0) head = Buffer.from(data);
      }
      expect(hash.digest("hex")).toBe(stated);
      const header = JSON.parse(head.subarray(8, 8 + Number(head.readBigUInt64LE(0))).toString("utf8")) as Record<
        string,
        unknown
      >;
      expect(header["__metadata__"]).toBeDefined();
    });

    it("hears a streamed event", async () => {
      const found = async () => (await segment({ itemId: "y0", numResults: 1_000 })).ids.includes("fresh");
      const known = async () => (await recommend({ userId: "fresh" })).historyLength;
      if (findsUsers) expect(await found()).toBe(false);
      else expect(await known()).toBe(0);
      const event = { itemId: "y3", userId: "fresh", timestamp: 1_700_000_000 };
      const { datasets } = palate;
      const { Interaction } = await import("@palate/proto/dataset");
      await unaryCall(datasets, datasets.putEvents, {
        datasetGroup: GROUP,
        interactions: [Interaction.fromPartial(event)],
      });
      await eventually(async () => (findsUsers ? found() : (await known()) === 1), 5_000);
      if (followsUser) {
        const after = await recommend({ userId: "fresh", numResults: 3 });
        expect(after.itemIds.every((id) => id.startsWith("y"))).toBe(true);
      }
    });

    it("serves again after kill -9 without a hand, and goes on while the datasets service is unreachable", async () => {
      // What is explored is drawn anew when the counts are, and a restart takes them anew.
      const asLearned = { explorationWeight: 0 };
      // Popular items are counted anew at most once a second: let the event streamed above count first.
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      const before = await ask(asLearned);
      process.kill(palate.supervisor.pids().get(service)!, "SIGKILL");
      await eventually(async () =>
        ask(asLearned).then(
          ({ ids }) => ids.length === 5,
          () => false,
        ),
      );
      expect((await ask(asLearned)).ids).toEqual(before.ids);

      await palate.supervisor.stopOne("datasets");
      const alone = await ask(asLearned);
      expect(alone.ids).toEqual(before.ids);
      await eventually(async () => (await ask(asLearned)).dataAgeMs > 1_000, 10_000);
      await palate.supervisor.startOne("datasets");
      await eventually(async () => (await ask(asLearned)).dataAgeMs < 3_000, 20_000);
    });

    describe.skipIf(!slow)("while it trains", () => {
      const begin = async (name: string): Promise<{ datasetGroup: string; solution: string; versionId: string }> => {
        const solution = { datasetGroup: GROUP, name, recipe, hyperparameters: { ...slow } };
        await unaryCall(recipes, recipes.createSolution, CreateSolutionRequest.fromPartial(solution));
        const request = CreateSolutionVersionRequest.fromPartial({ datasetGroup: GROUP, solution: name, seed: 1 });
        const { solutionVersion } = await unaryCall(recipes, recipes.createSolutionVersion, request);
        const key = { datasetGroup: GROUP, solution: name, versionId: solutionVersion!.versionId };
        await eventually(async () => (await versionOf(key)).checkpoints > 0);
        return key;
      };
      const versionOf = async (key: { datasetGroup: string; solution: string; versionId: string }) =>
        (await unaryCall(recipes, recipes.getSolutionVersion, key)).solutionVersion!;

      it("stops within two seconds when asked to, and says so", async () => {
        const key = await begin("stopped");
        await unaryCall(recipes, recipes.stopSolutionVersionCreation, key);
        await eventually(
          async () => (await versionOf(key)).status === ResourceStatus.RESOURCE_STATUS_CREATE_STOPPED,
          10_000,
        );
        await expect(unaryCall(recipes, recipes.stopSolutionVersionCreation, key)).rejects.toMatchObject({
          code: "failed_precondition",
        });
      });

      it("starts a trainer again that was killed", async () => {
        const key = await begin("killed");
        const pid = palate.supervisor.pids().get(service)!;
        const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
        for (const trainer of children.trim().split(" ")) process.kill(Number(trainer), "SIGKILL");
        await eventually(async () => (await versionOf(key)).status === ResourceStatus.RESOURCE_STATUS_ACTIVE, 90_000);
        expect((await versionOf(key)).failureReason).toBe("");
      }, 120_000);
    });

    it("deletes in order", async () => {
      const solution = { datasetGroup: GROUP, name: "main" };
      await expect(unaryCall(recipes, recipes.deleteSolution, solution)).rejects.toMatchObject({
        code: "failed_precondition",
        message: expect.stringContaining('campaign "main"'),
      });
      await unaryCall(recipes, recipes.deleteCampaign, solution);
      await unaryCall(recipes, recipes.deleteSolution, solution);
      await expect(unaryCall(recipes, recipes.getSolution, solution)).rejects.toMatchObject({ code: "not_found" });
    });
  });
}
