import { handlersFor, type CallContext, type Logger, type ServedService } from "@palate/host";
import {
  RecipeServiceService,
  RecommendationServiceService,
  ResourceStatus,
  type ExplainFilterRequest,
  type ExportModelRequest,
  type ExportModelResponse,
  type GetActionRecommendationsRequest,
  type GetPersonalizedRankingRequest,
  type GetSegmentRequest,
  type GetSegmentResponse,
  type ListKeyphrasesRequest,
  type ListSegmentsRequest,
  type RecipeServiceServer,
  type WatchSolutionVersionRequest,
  type WatchSolutionVersionResponse,
} from "@palate/proto/recipe";
import type { Recipe } from "@palate/recipe";
import { toStoreError, type Catalog, type ModelStore } from "@palate/store";
import { batchHandlers } from "./batch/batch-handlers.js";
import type { BatchJobs } from "./batch/batch-jobs.js";
import type { ControlPlane } from "./control/control-plane.js";
import { recipeMessage } from "./control/messages.js";
import { page } from "./control/paging.js";
import { versionReport } from "./reports/version-report.js";
import { recommendActions } from "./serving/action-recommendations.js";
import { ExclusionMask } from "./serving/exclusion-mask.js";
import { explainFilter } from "./serving/explain-filter.js";
import { awaitFilters, knowsFilters, withAllowed } from "./serving/filters.js";
import { keyphrases } from "./serving/keyphrases.js";
import { logPropensities } from "./serving/log-propensities.js";
import { QueryBatches } from "./serving/query-batches.js";
import { rank } from "./serving/rank.js";
import { momentOf, recommend } from "./serving/recommend.js";
import { segment, segments } from "./serving/segment.js";
import type { LoadedModel, ServingHub } from "./serving/serving-hub.js";

const WATCH_EVERY_MS = 250;
const ENDED: readonly ResourceStatus[] = [
  ResourceStatus.RESOURCE_STATUS_ACTIVE,
  ResourceStatus.RESOURCE_STATUS_CREATE_FAILED,
  ResourceStatus.RESOURCE_STATUS_CREATE_STOPPED,
];

/** What the services are made of. */
export interface ServiceParts {
  readonly name: string;
  readonly recipes: readonly Recipe[];
  readonly catalog: Catalog;
  readonly store: ModelStore;
  readonly control: ControlPlane;
  readonly hub: ServingHub;
  readonly batch: BatchJobs;
  readonly logger: Logger;
}

/** The RecipeService of one recipe service. */
export function recipeService(parts: ServiceParts): ServedService {
  const { control, logger } = parts;
  const { unary, serverStream } = handlersFor(logger);
  /** A call that may touch the store: that MongoDB is away is the caller's to know, and to try again. */
  const stored = <Req, Res>(method: string, handle: (request: Req) => Res | Promise<Res>) =>
    unary(method, async (request: Req) => {
      try {
        return await handle(request);
      } catch (thrown) {
        throw toStoreError(thrown);
      }
    });

  async function* watch(
    request: WatchSolutionVersionRequest,
    context: CallContext,
  ): AsyncGenerator<WatchSolutionVersionResponse> {
    let last = "";
    while (!context.signal.aborted) {
      await parts.catalog.refresh();
      const solutionVersion = await control.version(request.datasetGroup, request.solution, request.versionId);
      const state = `${solutionVersion.status}|${solutionVersion.progress?.reportedAtMs}|${solutionVersion.checkpoints}`;
      if (state !== last) yield { solutionVersion };
      last = state;
      if (ENDED.includes(solutionVersion.status)) return;
      await new Promise((resolve) => setTimeout(resolve, WATCH_EVERY_MS));
    }
  }

  async function* exportModel(request: ExportModelRequest): AsyncGenerator<ExportModelResponse> {
    const { key, checkpoint } = control.model(request.datasetGroup, request.solution, request.versionId);
    const { sha256, content } = await parts.store.openRaw(key, checkpoint);
    let first = true;
    for await (const data of content) {
      yield { data: Buffer.from(data), sha256: first ? sha256 : "" };
      first = false;
    }
  }

  const implementation: RecipeServiceServer = {
    listRecipes: stored("ListRecipes", () => ({
      recipes: parts.recipes.map((recipe) => recipeMessage(recipe.descriptor, parts.name)),
    })),
    createSolution: stored("CreateSolution", async (request) => ({ solution: await control.createSolution(request) })),
    getSolution: stored("GetSolution", (request) => ({
      solution: control.solution(request.datasetGroup, request.name),
    })),
    listSolutions: stored("ListSolutions", (request) => {
      const { rows, nextPageToken } = page(
        control.solutions(request.datasetGroup),
        (row) => row.name,
        request.pageSize,
        request.pageToken,
      );
      return { solutions: rows, nextPageToken };
    }),
    deleteSolution: stored("DeleteSolution", async (request) => {
      await control.deleteSolution(request.datasetGroup, request.name);
      return {};
    }),
    createSolutionVersion: stored("CreateSolutionVersion", async (request) => ({
      solutionVersion: await control.createVersion(request),
    })),
    getSolutionVersion: stored("GetSolutionVersion", async (request) => ({
      solutionVersion: await control.version(request.datasetGroup, request.solution, request.versionId),
    })),
    getSolutionVersionReport: stored("GetSolutionVersionReport", async (request) => {
      const version = await control.version(request.datasetGroup, request.solution, request.versionId);
      const recipe = parts.recipes.find(({ descriptor }) => descriptor.name === version.recipe);
      return { html: versionReport(version, recipe?.descriptor) };
    }),
    listSolutionVersions: stored("ListSolutionVersions", async (request) => {
      const all = await control.versions(request.datasetGroup, request.solution);
      const { rows, nextPageToken } = page(all, (row) => row.versionId, request.pageSize, request.pageToken);
      return { solutionVersions: rows, nextPageToken };
    }),
    stopSolutionVersionCreation: stored("StopSolutionVersionCreation", async (request) => ({
      solutionVersion: await control.stopVersion(request.datasetGroup, request.solution, request.versionId),
    })),
    watchSolutionVersion: serverStream("WatchSolutionVersion", watch),
    createCampaign: stored("CreateCampaign", async (request) => ({ campaign: await control.createCampaign(request) })),
    getCampaign: stored("GetCampaign", (request) => ({
      campaign: control.campaign(request.datasetGroup, request.name),
    })),
    listCampaigns: stored("ListCampaigns", (request) => {
      const all = control.campaigns(request.datasetGroup);
      const { rows, nextPageToken } = page(
        all,
        (row) => `${row.datasetGroup}|${row.name}`,
        request.pageSize,
        request.pageToken,
      );
      return { campaigns: rows, nextPageToken };
    }),
    updateCampaign: stored("UpdateCampaign", async (request) => ({
      campaign: await control.updateCampaign(request),
    })),
    deleteCampaign: stored("DeleteCampaign", async (request) => {
      await control.deleteCampaign(request.datasetGroup, request.name);
      return {};
    }),
    exportModel: serverStream("ExportModel", exportModel),
    ...batchHandlers(parts.batch, stored, serverStream),
  };
  return {
    name: "palate.recipe.v1.RecipeService",
    definition: RecipeServiceService,
    implementation,
  };
}

/** What tells which model a request is for, and which filters that model has to know. */
interface ServingRequest {
  readonly datasetGroup: string;
  readonly campaign: string;
  readonly filter: string;
  readonly promotions?: readonly { readonly filter: string }[];
}

/** The RecommendationService of one recipe service. */
export function recommendationService(parts: ServiceParts): ServedService {
  const { unary, serverStream } = handlersFor(parts.logger);
  const mask = new ExclusionMask();
  const batches = new QueryBatches();
  const { getRecommendations, getPersonalizedRanking, explainFilter: explaining } = RecommendationServiceService;
  const { getSegment, listSegments, listKeyphrases, getActionRecommendations } = RecommendationServiceService;
  const serving = ({ datasetGroup, campaign }: { datasetGroup: string; campaign: string }) =>
    parts.hub.serving(datasetGroup, campaign);
  const now = () => Math.floor(Date.now() / 1000);
  /** Answers at once, unless the request names a filter that nobody has told of yet. */
  const answer = <R extends ServingRequest, T>(
    request: R,
    use: (loaded: LoadedModel) => T | Promise<T>,
  ): T | Promise<T> => {
    const loaded = serving(request);
    const names = [request.filter, ...(request.promotions ?? []).map(({ filter }) => filter)];
    if (knowsFilters(names, loaded.replica)) return use(loaded);
    return awaitFilters(names, () => serving(request).replica).then(() => use(serving(request)));
  };
  async function* segmentOf(request: GetSegmentRequest, signal: AbortSignal): AsyncGenerator<GetSegmentResponse> {
    yield* await answer(request, (loaded) => segment(request, loaded, now(), signal));
  }
  return {
    name: "palate.recipe.v1.RecommendationService",
    definition: {
      getRecommendations,
      getPersonalizedRanking,
      getActionRecommendations,
      explainFilter: explaining,
      getSegment,
      listSegments,
      listKeyphrases,
    },
    implementation: {
      getRecommendations: unary(
        "GetRecommendations",
        (request: ReturnType<typeof getRecommendations.requestDeserialize>) =>
          answer(request, (loaded) =>
            batches.answer(
              loaded,
              () => momentOf(request, loaded, now()),
              () => {
                const response = recommend(request, loaded, mask, now());
                logPropensities(request, response, parts.logger);
                return response;
              },
            ),
          ),
      ),
      getPersonalizedRanking: unary("GetPersonalizedRanking", (request: GetPersonalizedRankingRequest) =>
        answer(request, (loaded) =>
          withAllowed(request, loaded.replica, mask, now(), (allowed) => rank(request, loaded, now(), allowed)),
        ),
      ),
      getActionRecommendations: unary("GetActionRecommendations", (request: GetActionRecommendationsRequest) =>
        answer(request, (loaded) => recommendActions(request, loaded, mask, now())),
      ),
      explainFilter: unary("ExplainFilter", (request: ExplainFilterRequest) =>
        answer(request, (loaded) => explainFilter(request, loaded, now())),
      ),
      getSegment: serverStream("GetSegment", (request: GetSegmentRequest, { signal }) => segmentOf(request, signal)),
      listSegments: unary("ListSegments", (request: ListSegmentsRequest, { signal }) =>
        segments(serving(request), signal),
      ),
      listKeyphrases: unary("ListKeyphrases", (request: ListKeyphrasesRequest) =>
        keyphrases(request, serving(request)),
      ),
    },
  };
}
