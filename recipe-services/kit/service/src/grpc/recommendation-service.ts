import { handlersFor, type ServedService } from "@palate/host";
import {
  RecommendationServiceService,
  type ExplainFilterRequest,
  type GetActionRecommendationsRequest,
  type GetPersonalizedRankingRequest,
  type GetSegmentRequest,
  type GetSegmentResponse,
  type ListKeyphrasesRequest,
  type ListSegmentsRequest,
} from "@palate/proto/recipe";
import { keepingSpan } from "@palate/telemetry";
import { recommendActions } from "../answers/action-recommendations.js";
import { explainFilter } from "../answers/explain-filter.js";
import { keyphrases } from "../answers/keyphrases.js";
import { rank } from "../answers/rank.js";
import { queryContextOf, recommend } from "../answers/recommend.js";
import { segment, segments } from "../answers/segment.js";
import { observeAnswer } from "../observing/observe-answers.js";
import { ExclusionMask } from "../serving/exclusion-mask.js";
import { awaitFilters, knowsFilters, withAllowed } from "../serving/filters.js";
import { logPropensities } from "../serving/log-propensities.js";
import { QueryBatches } from "../serving/query-batches.js";
import type { LoadedModel, ServingHub } from "../serving/serving-hub.js";
import type { ServiceParts } from "./service-parts.js";

/** What tells which model a request is for, and which filters that model has to know. */
interface ServingRequest {
  readonly datasetGroup: string;
  readonly campaign: string;
  readonly filter?: string | undefined;
  readonly promotions?: readonly { readonly filter?: string | undefined }[];
}

type CampaignFields = Pick<ServingRequest, "datasetGroup" | "campaign">;

function servingOf(hub: ServingHub, { datasetGroup, campaign }: CampaignFields): LoadedModel {
  return hub.serving(datasetGroup, campaign);
}

/** Answers at once, unless the request names a filter that the replica has not been told of yet. */
function answer<T>(
  hub: ServingHub,
  request: ServingRequest,
  use: (loaded: LoadedModel) => T | Promise<T>,
): T | Promise<T> {
  const loaded = servingOf(hub, request);
  const names = [request, ...(request.promotions ?? [])].flatMap(({ filter }) => filter || []);
  if (knowsFilters(names, loaded.replica)) return use(loaded);
  return awaitFilters(names, () => servingOf(hub, request).replica).then(() => use(servingOf(hub, request)));
}

const itemsOf = ({ itemIds }: { readonly itemIds: readonly string[] }) => itemIds;
const actionsOf = ({ actionIds }: { readonly actionIds: readonly string[] }) => actionIds;

/** Unix time in seconds. */
function now(): number {
  return Math.floor(Date.now() / 1000);
}

async function* segmentOf(
  hub: ServingHub,
  request: GetSegmentRequest,
  signal: AbortSignal,
): AsyncGenerator<GetSegmentResponse> {
  yield* await answer(hub, request, (loaded) => segment(request, loaded, now(), signal));
}

/** The RecommendationService of one recipe service. */
export function recommendationService({ hub, clicks, logger }: ServiceParts): ServedService {
  const { unary, serverStream } = handlersFor(logger);
  const mask = new ExclusionMask();
  const batches = new QueryBatches();
  const { getRecommendations, getPersonalizedRanking, explainFilter: explaining } = RecommendationServiceService;
  const { getSegment, listSegments, listKeyphrases, getActionRecommendations } = RecommendationServiceService;
  const definition = {
    ...{ getRecommendations, getPersonalizedRanking, getActionRecommendations, explainFilter: explaining },
    ...{ getSegment, listSegments, listKeyphrases },
  };
  const implementation = {
    getRecommendations: unary(
      "GetRecommendations",
      (request: ReturnType<typeof getRecommendations.requestDeserialize>) =>
        answer(hub, request, (loaded) =>
          batches.answer(
            loaded,
            () => queryContextOf(request, loaded, now()),
            keepingSpan(() => {
              const respond = () => recommend(request, loaded, mask, now());
              const response = observeAnswer(request, "recommendations", itemsOf, respond);
              logPropensities(request, response, logger);
              clicks.answered(response.recommendationId, request);
              return response;
            }),
          ),
        ),
    ),
    getPersonalizedRanking: unary("GetPersonalizedRanking", (request: GetPersonalizedRankingRequest) =>
      answer(hub, request, (loaded) =>
        observeAnswer(request, "ranking", itemsOf, () =>
          withAllowed(request, loaded.replica, mask, now(), (allowed) => rank(request, loaded, now(), allowed)),
        ),
      ),
    ),
    getActionRecommendations: unary("GetActionRecommendations", (request: GetActionRecommendationsRequest) =>
      answer(hub, request, (loaded) =>
        observeAnswer(request, "actions", actionsOf, () => recommendActions(request, loaded, mask, now())),
      ),
    ),
    explainFilter: unary("ExplainFilter", (request: ExplainFilterRequest) =>
      answer(hub, request, (loaded) => explainFilter(request, loaded, now())),
    ),
    getSegment: serverStream("GetSegment", (request: GetSegmentRequest, { signal }) => segmentOf(hub, request, signal)),
    listSegments: unary("ListSegments", (request: ListSegmentsRequest, { signal }) =>
      segments(servingOf(hub, request), signal),
    ),
    listKeyphrases: unary("ListKeyphrases", (request: ListKeyphrasesRequest) =>
      keyphrases(request, servingOf(hub, request)),
    ),
  };
  return { name: "palate.recipe.v1.RecommendationService", definition, implementation };
}
