import {
  alreadyExists,
  invalidArgument,
  notFound,
  createLogger,
  handlersFor,
  startGrpcServer,
  type RunningGrpcServer,
} from "@palate/host";
import {
  CauseKind,
  Explanation,
  GetPersonalizedRankingResponse,
  GetRecommendationsResponse,
  HyperparameterType,
  Reason,
  RecipeServiceService,
  RecipeType,
  RecommendationServiceService,
  ResourceStatus,
  type Solution,
  SolutionVersion,
  type Campaign,
  type CreateSolutionRequest,
  type GetPersonalizedRankingRequest,
  type GetRecommendationsRequest,
} from "@palate/proto/recipe";
import { setTimeout as sleep } from "node:timers/promises";

type Handlers = ReturnType<typeof handlersFor>;
type Named = { datasetGroup: string; name: string };
type VersionRef = { datasetGroup: string; solution: string; versionId: string };

/** Because the user had an item, and 30 users had this one. */
function explanation(itemId: string): Explanation {
  const metadata = { DESCRIPTION: `DESCRIPTION of ${itemId}` };
  return Explanation.fromPartial({
    causes: [
      { kind: CauseKind.CAUSE_KIND_ITEM, weight: 0.75, itemId, metadata },
      { kind: CauseKind.CAUSE_KIND_POPULARITY, weight: 0.25, amount: 30 },
    ],
  });
}

/** The list backwards; what is named "unknown" comes last, without a score. */
function ranking({ itemIds, explain }: GetPersonalizedRankingRequest): GetPersonalizedRankingResponse {
  const known = itemIds.filter((id) => !id.startsWith("unknown")).reverse();
  const sorted = [...known, ...itemIds.filter((id) => id.startsWith("unknown"))];
  return GetPersonalizedRankingResponse.fromPartial({
    itemIds: sorted,
    scores: known.map((_, place) => 2 ** -(place + 1)),
    metadata: [{ name: "DESCRIPTION", values: sorted.map((id) => `DESCRIPTION of ${id}`) }],
    recommendationId: "rec-ranked",
    versionId: "0badcafe",
    checkpoint: 2,
    dataAgeMs: 12,
    historyLength: 7,
    explanations: explain ? sorted.map((id) => explanation(id)) : [],
  });
}

/** A recipe service in memory: real gRPC, a catalogue of made-up items, trainings that end when a test says so. */
export class MemoryRecipeService {
  /** Requests for recommendations, for tests to look at. */
  readonly asked: GetRecommendationsRequest[] = [];
  /** Requests for rankings. */
  readonly ranked: GetPersonalizedRankingRequest[] = [];
  /** Calls of each control method, for tests to count. */
  readonly calls = new Map<string, number>();
  /** Set by a test to hold answers back. */
  delayMs = 0;
  /** Recommendation calls that the gateway cancelled. */
  cancelled = 0;
  /** Ends the trainings that are being watched. */
  finish: () => void = () => {};
  readonly #name: string;
  readonly #recipe: string;
  #server!: RunningGrpcServer;
  readonly #solutions = new Map<string, Solution>();
  readonly #versions = new Map<string, SolutionVersion>();
  readonly #campaigns = new Map<string, Campaign>();
  readonly #finished = new Promise<void>((resolve) => (this.finish = resolve));

  constructor(name: string, recipe: string) {
    this.#name = name;
    this.#recipe = recipe;
  }

  /** The port it serves on. */
  get port(): number {
    return this.#server.port;
  }

  /** "host:port". */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Adds a campaign as if created by another gateway. */
  addCampaign(datasetGroup: string, name: string): void {
    this.#campaigns.set(`${datasetGroup}/${name}`, {
      datasetGroup,
      name,
      solution: "s",
      versionId: "$LATEST",
      servingVersionId: "0badcafe",
      servingCheckpoint: 1,
      recipe: this.#recipe,
      recipeType: RecipeType.RECIPE_TYPE_RELATED_ITEMS,
      status: ResourceStatus.RESOURCE_STATUS_ACTIVE,
      createdAtMs: 1_700_000_000_000,
      updatedAtMs: 0,
      campaignConfig: undefined,
      failureReason: "",
    });
  }

  /** Removes a campaign as if deleted by another gateway. */
  removeCampaign(datasetGroup: string, name: string): void {
    this.#campaigns.delete(`${datasetGroup}/${name}`);
  }

  #solution(datasetGroup: string, name: string): Solution {
    const solution = this.#solutions.get(`${datasetGroup}/${name}`);
    if (!solution) throw notFound("solution", name);
    return solution;
  }

  #version({ datasetGroup, solution, versionId }: VersionRef): SolutionVersion {
    const wanted = versionId === "$LATEST" ? this.#solution(datasetGroup, solution).latestVersionId : versionId;
    const version = this.#versions.get(`${datasetGroup}/${solution}/${wanted}`);
    if (!version) throw notFound("solution version", versionId);
    return version;
  }

  /** Recipes and solutions. */
  #solutionMethods({ unary }: Handlers) {
    return {
      listRecipes: unary("listRecipes", () => ({
        recipes: [
          {
            name: this.#recipe,
            type: RecipeType.RECIPE_TYPE_RELATED_ITEMS,
            description: `What ${this.#recipe} does.`,
            hyperparameters: [
              {
                name: "popularity_discount_factor",
                type: HyperparameterType.HYPERPARAMETER_TYPE_CONTINUOUS,
                defaultValue: "0.5",
                minimum: 0,
                maximum: 1,
                choices: [],
                description: "How much popularity counts.",
                tunable: true,
              },
            ],
            requiresUser: false,
            requiresItem: true,
            service: this.#name,
          },
        ],
      })),
      createSolution: unary("createSolution", (request: CreateSolutionRequest) => {
        const key = `${request.datasetGroup}/${request.name}`;
        if (this.#solutions.has(key)) throw alreadyExists("solution", request.name);
        const unknown = Object.keys(request.hyperparameters).find((name) => name !== "popularity_discount_factor");
        if (unknown)
          throw invalidArgument(`There is no hyperparameter "${unknown}".`, [
            { field: `hyperparameters.${unknown}`, message: "There is no such hyperparameter." },
          ]);
        const solution = {
          ...request,
          eventType: request.eventType ?? "",
          schedulingExpression: request.schedulingExpression ?? "",
          status: ResourceStatus.RESOURCE_STATUS_ACTIVE,
          latestVersionId: "",
          createdAtMs: 1_700_000_000_000,
        };
        this.#solutions.set(key, solution);
        return { solution };
      }),
      getSolution: unary("getSolution", ({ datasetGroup, name }: Named) => ({
        solution: this.#solution(datasetGroup, name),
      })),
      listSolutions: unary("listSolutions", ({ datasetGroup }: { datasetGroup: string }) => ({
        solutions: [...this.#solutions.values()].filter((solution) => solution.datasetGroup === datasetGroup),
        nextPageToken: "",
      })),
      deleteSolution: unary("deleteSolution", ({ datasetGroup, name }: Named) => {
        this.#solution(datasetGroup, name);
        this.#solutions.delete(`${datasetGroup}/${name}`);
        return {};
      }),
    };
  }

  /** Solution versions. */
  #versionMethods({ unary, serverStream }: Handlers) {
    return {
      createSolutionVersion: unary(
        "createSolutionVersion",
        ({ datasetGroup, solution, seed }: { datasetGroup: string; solution: string; seed: number }) => {
          const owner = this.#solution(datasetGroup, solution);
          const versionId = (this.#versions.size + 1).toString(16).padStart(8, "0");
          const version = SolutionVersion.fromPartial({
            datasetGroup,
            solution,
            versionId,
            recipe: this.#recipe,
            status: ResourceStatus.RESOURCE_STATUS_CREATE_IN_PROGRESS,
            failureReason: "",
            hyperparameters: owner.hyperparameters,
            seed: seed || 42,
            progress: undefined,
            metrics: {},
            baselineMetrics: {},
            dataStatistics: undefined,
            backend: "none",
            trainingSeconds: 0,
            checkpoints: 0,
            sha256: "",
            modelBytes: 0,
            createdAtMs: 1_700_000_000_000,
            updatedAtMs: 1_700_000_000_000,
          });
          this.#versions.set(`${datasetGroup}/${solution}/${versionId}`, version);
          owner.latestVersionId = versionId;
          return { solutionVersion: version };
        },
      ),
      getSolutionVersion: unary("getSolutionVersion", (request: VersionRef) => ({
        solutionVersion: this.#version(request),
      })),
      listSolutionVersions: unary("listSolutionVersions", (request: VersionRef) => ({
        solutionVersions: [...this.#versions.values()].filter((version) => version.solution === request.solution),
        nextPageToken: "",
      })),
      watchSolutionVersion: serverStream("watchSolutionVersion", this.#watch.bind(this)),
    };
  }

  /** Campaigns. */
  #campaignMethods({ unary }: Handlers) {
    return {
      createCampaign: unary("createCampaign", ({ datasetGroup, name, solution, versionId }: Campaign) => {
        this.#solution(datasetGroup, solution);
        if (this.#campaigns.has(`${datasetGroup}/${name}`)) throw alreadyExists("campaign", name);
        this.addCampaign(datasetGroup, name);
        const campaign = this.#campaigns.get(`${datasetGroup}/${name}`) as Campaign;
        Object.assign(campaign, { solution, versionId, servingVersionId: "" });
        return { campaign };
      }),
      getCampaign: unary("getCampaign", ({ datasetGroup, name }: Named) => {
        const campaign = this.#campaigns.get(`${datasetGroup}/${name}`);
        if (!campaign) throw notFound("campaign", name);
        return { campaign };
      }),
      listCampaigns: unary("listCampaigns", ({ datasetGroup }: { datasetGroup: string }) => ({
        campaigns: [...this.#campaigns.values()].filter(
          (campaign) => datasetGroup === "" || campaign.datasetGroup === datasetGroup,
        ),
        nextPageToken: "",
      })),
      deleteCampaign: unary("deleteCampaign", ({ datasetGroup, name }: Named) => {
        this.removeCampaign(datasetGroup, name);
        return {};
      }),
    };
  }

  /** What campaigns answer. */
  #answerMethods({ unary }: Handlers) {
    return {
      getPersonalizedRanking: unary("getPersonalizedRanking", (request: GetPersonalizedRankingRequest) => {
        this.ranked.push(request);
        if (!this.#campaigns.has(`${request.datasetGroup}/${request.campaign}`))
          throw notFound("campaign", request.campaign);
        return ranking(request);
      }),
      getRecommendations: unary("getRecommendations", (request: GetRecommendationsRequest, context) => {
        this.asked.push(request);
        if (this.asked.length > 1_000) this.asked.length = 0;
        if (!this.#campaigns.has(`${request.datasetGroup}/${request.campaign}`))
          throw notFound("campaign", request.campaign);
        if (request.userId === "explode") throw new Error("secret stack of the recipe service");
        if (this.delayMs === 0) return this.#recommend(request);
        return sleep(this.delayMs, undefined, { signal: context.signal }).then(
          () => this.#recommend(request),
          () => {
            this.cancelled++;
            throw new Error("cancelled");
          },
        );
      }),
    };
  }

  /** Handlers that count the calls of each method. */
  #handlers(): Handlers {
    const { unary, ...streams } = handlersFor(createLogger(this.#name, "silent"));
    const counted: typeof unary = (method, handle) =>
      unary(method, (request, context) => {
        this.calls.set(method, (this.calls.get(method) ?? 0) + 1);
        return handle(request, context);
      });
    return { ...streams, unary: counted };
  }

  /** Serves; on a free port unless told. */
  async start(listen = "127.0.0.1:0"): Promise<this> {
    const handlers = this.#handlers();
    const control = {
      ...this.#solutionMethods(handlers),
      ...this.#versionMethods(handlers),
      ...this.#campaignMethods(handlers),
    };
    const answers = this.#answerMethods(handlers);
    this.#server = await startGrpcServer(listen, [
      { name: "palate.recipe.v1.RecipeService", definition: RecipeServiceService, implementation: control },
      {
        name: "palate.recipe.v1.RecommendationService",
        definition: RecommendationServiceService,
        implementation: answers,
      },
    ]);
    this.#server.setServing(true);
    return this;
  }

  /** 40 items, best first: item-1 with score 1, item-2 with 1/2 and so on. */
  #recommend(request: GetRecommendationsRequest) {
    const { numResults, metadataColumns, explain, withPageToken, promotions } = request;
    const [promotion] = promotions;
    const offset = Number(request.pageToken.split(".")[1] ?? 0);
    const ranks = Array.from({ length: Math.max(0, Math.min(40 - offset, numResults)) }, (_, row) => offset + row + 1);
    const columns = ["DESCRIPTION", "PRICE"].filter(
      (name) => metadataColumns.includes("*") || metadataColumns.includes(name),
    );
    return GetRecommendationsResponse.fromPartial({
      itemIds: ranks.map((rank) => `item-${rank}`),
      scores: ranks.map((rank) => 1 / rank),
      reasons: ranks.map((rank) => (rank === 2 ? Reason.REASON_POPULAR : Reason.REASON_UNSPECIFIED)),
      metadata: columns.map((name) => ({
        name,
        values: ranks.map((rank) => (name === "PRICE" && rank === 3 ? "" : `${name} of item-${rank}`)),
      })),
      recommendationId: `rec-${this.#name}`,
      versionId: "0badcafe",
      checkpoint: 2,
      dataAgeMs: 12,
      hasMore: offset + numResults < 40,
      nextPageToken: withPageToken ? `shown.${offset + ranks.length}` : "",
      historyLength: 7,
      explanations: explain ? ranks.map((rank) => explanation(`item-${rank + 1}`)) : [],
      promotions: promotion ? ranks.map((rank) => (rank === 1 ? promotion.name : "")) : [],
    });
  }

  async *#watch(request: VersionRef) {
    const version = this.#version(request);
    const report = (fraction: number) => ({
      solutionVersion: {
        ...version,
        progress: {
          phase: "fitting",
          fraction,
          message: `${fraction * 100} % done`,
          secondsLeft: undefined,
          curve: [{ seconds: 1, series: "loss", value: 2 - fraction }],
          reportedAtMs: 1_700_000_000_000,
        },
      },
    });
    yield report(0.25);
    await this.#finished;
    yield report(1);
    version.status = ResourceStatus.RESOURCE_STATUS_ACTIVE;
    version.metrics = { mean_reciprocal_rank_at_25: 0.25, coverage: 0.5 };
    yield { solutionVersion: version };
  }

  /** Stops serving. */
  stop(): Promise<void> {
    return this.#server.close(0);
  }
}
