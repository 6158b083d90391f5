import type { Artifact } from "../contract/artifact.js";
import type { Metrics } from "../contract/metrics.js";
import type { Query } from "../contract/query.js";
import type { RankedItems } from "../contract/ranked-items.js";
import type { ItemRecipe } from "../contract/recipe.js";
import { replayOf } from "../data/replay-replica.js";
import type { TrainingData } from "../data/training-data.js";
import { popularityTrendAccuracy, trendPredictionAccuracy } from "./trend-accuracy.js";

/**
 * Asks the model on replayed history: at each query it has seen only what had happened by then. Queries must come in time
 * order.
 */
export function recommendOnReplay(
  recipe: Pick<ItemRecipe, "load">,
  artifact: Artifact,
  data: TrainingData,
): (query: Query) => RankedItems {
  const replay = replayOf(data);
  const model = recipe.load(artifact, replay);
  return (query) => {
    replay.advance(query.timestamp);
    return model.recommend(query);
  };
}

/**
 * Amazon Personalize's `trend_prediction_accuracy` of a model that detects trends, and of popularity. Nothing has to be
 * held out for it: the model is asked on a replay, so that it knows nothing that happened after the moment of asking, and
 * a gap in the newest interactions would look like a drop.
 * @param data all interactions; the newest tenth is predicted
 * @returns no metrics for a recipe that does not detect trends
 */
export function trendMetrics(
  recipe: Pick<ItemRecipe, "load" | "trendInterval">,
  artifact: Artifact,
  data: TrainingData,
): { readonly metrics: Metrics; readonly baseline: Metrics } {
  const interval = recipe.trendInterval?.(artifact);
  if (interval === undefined) return { metrics: {}, baseline: {} };
  const recommend = recommendOnReplay(recipe, artifact, data);
  const excluded = new Uint8Array(data.itemIds.length);
  const accuracy = trendPredictionAccuracy(
    data,
    interval,
    (timestamp, limit) => recommend({ user: -1, item: -1, limit, excluded, timestamp }).items,
  );
  return {
    metrics: { trend_prediction_accuracy: accuracy },
    baseline: { trend_prediction_accuracy: popularityTrendAccuracy(data, interval) },
  };
}
