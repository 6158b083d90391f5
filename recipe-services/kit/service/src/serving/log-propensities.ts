import type { Logger } from "@palate/host";
import { Reason, type GetRecommendationsRequest, type GetRecommendationsResponse } from "@palate/proto/recipe";

/**
 * Logs what an answer left to chance: with what probability each item was in it, so that what follows from the answer can
 * be weighed by it (inverse propensity scoring). Says nothing of answers without exploration, nor who asked.
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
