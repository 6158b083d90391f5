import type { Logger } from "@palate/host";
import { Reason, type GetRecommendationsRequest, type GetRecommendationsResponse } from "@palate/proto/recipe";

/**
 * Logs the propensities of an answer: with what probability each item was in it, so that later events can be weighted by them
 * (inverse propensity scoring). Answers without exploration are not logged, and the user never is.
 */
export function logPropensities(
  { datasetGroup, campaign }: GetRecommendationsRequest,
  { recommendationId, itemIds, propensities, reasons, versionId }: GetRecommendationsResponse,
  logger: Logger,
): void {
  if (propensities.length === 0) return;
  const explored = itemIds.filter((_, rank) => reasons[rank] === Reason.REASON_EXPLORATION);
  logger.info({ datasetGroup, campaign, versionId, recommendationId, itemIds, propensities, explored }, "explored");
}
