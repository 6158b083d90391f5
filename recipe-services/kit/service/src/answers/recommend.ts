import type { GetRecommendationsRequest, GetRecommendationsResponse } from "@palate/proto/recipe";
import type { QueryContext } from "@palate/recipe";
import type { ExclusionMask } from "../serving/exclusion-mask.js";
import type { LoadedModel } from "../serving/serving-hub.js";
import { recommendationRequest } from "./recommendation-request.js";
import { toResponse } from "./recommendation-response.js";
import {
  Candidates,
  complete,
  diversify,
  explainPage,
  pageOf,
  promote,
  unshown,
  withExclusions,
} from "./recommendation-stages.js";

/** What a model may be told of a request before it is asked. */
export function queryContextOf(
  request: GetRecommendationsRequest,
  { replica }: LoadedModel,
  now: number,
): QueryContext {
  const { userId, timestamp, context } = request;
  return { user: userId === "" ? -1 : replica.userIndex(userId), timestamp: timestamp || now, context };
}

/**
 * Answers one request from memory, in stages: the recipe's candidates without what the filter excludes and, where that is
 * asked for, without what the user has seen; diversified; completed where they are too few; without what earlier pages
 * showed; with promoted items among them; the page; its explanation.
 * @param now Unix time in seconds, used when the request names none
 * @throws PalateError `invalid_argument` naming every field that is wrong; `unimplemented` when the recipe recommends no items;
 *   `not_found` for an unknown filter
 */
export function recommend(
  message: GetRecommendationsRequest,
  loaded: LoadedModel,
  mask: ExclusionMask,
  now: number,
): GetRecommendationsResponse {
  const request = recommendationRequest(message, loaded, now);
  return withExclusions(request, request.filter, mask, (excluded) => {
    const candidates = new Candidates(request, excluded);
    const ordinary = unshown(request, complete(request, diversify(request, candidates), excluded, mask));
    const list = promote(request, ordinary, mask);
    const page = explainPage(request, pageOf(request, list), excluded);
    return toResponse(message, request, page, candidates.propensities);
  });
}
