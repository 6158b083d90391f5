import {
  Reason as ReasonMessage,
  type GetRecommendationsRequest,
  type GetRecommendationsResponse,
} from "@palate/proto/recipe";
import type { ItemSource } from "@palate/recipe";
import { metadataOf } from "../serving/metadata.js";
import { explanationMessages } from "./explain.js";
import { encodePageToken } from "./page-token.js";
import { questionOf, type RecommendationRequest } from "./recommendation-request.js";
import type { RecommendationPage } from "./recommendation-stages.js";

/** Reasons as the API says them. */
export const REASONS: Readonly<Record<ItemSource, ReasonMessage>> = {
  model: ReasonMessage.REASON_UNSPECIFIED,
  popular: ReasonMessage.REASON_POPULAR,
  exploration: ReasonMessage.REASON_EXPLORATION,
  promoted: ReasonMessage.REASON_PROMOTED,
  new: ReasonMessage.REASON_NEW,
  seen: ReasonMessage.REASON_SEEN,
};

/**
 * A page of recommendations as the API carries it.
 * @param message the request as it came, which the page token is for
 * @param propensities how probable it was that an item would be in the answer; undefined where no chance played a part
 * @throws PalateError `invalid_argument` on a metadata column that items do not have
 */
export function toResponse(
  message: GetRecommendationsRequest,
  { loaded, recommendationId, historyLength, metadataColumns, pageToken }: RecommendationRequest,
  { items, scores, reasons, promotions, hasMore, explanations }: RecommendationPage,
  propensities: ReadonlyMap<number, number> | undefined,
): GetRecommendationsResponse {
  const { replica, versionId, checkpoint } = loaded;
  const itemIds = Array.from(items, (item) => replica.itemId(item));
  return {
    itemIds,
    scores: scores ? Array.from(scores) : [],
    reasons: reasons?.some((reason) => reason !== "model") ? reasons.map((reason) => REASONS[reason]) : [],
    metadata: metadataOf(metadataColumns, replica, items),
    recommendationId,
    versionId,
    checkpoint,
    dataAgeMs: Math.round(replica.dataAgeMs()),
    hasMore,
    historyLength,
    promotions: promotions?.some((name) => name !== "") ? [...promotions] : [],
    explanations: explanationMessages(explanations, replica, metadataColumns),
    propensities: propensities?.size ? Array.from(items, (item) => propensities.get(item) ?? 1) : [],
    nextPageToken: pageToken
      ? encodePageToken(questionOf(message), { ...pageToken, shown: [...pageToken.shown, ...itemIds] })
      : "",
  };
}
