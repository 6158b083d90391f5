import type { Artifact } from "../contract/artifact.js";
import type { Metrics } from "../contract/metrics.js";
import type { Query } from "../contract/query.js";
import type { RankedItems } from "../contract/ranked-items.js";
import type { ItemRecipe } from "../contract/recipe.js";
import { replayOf } from "../data/replay-replica.js";
import type { TrainingData } from "../data/training-data.js";
import { popularityTrendAccuracy, trendPredictionAccuracy } from "./trend-accuracy.js";

/** A model that at each query knows what had happened by then; queries must come in order of time. */
export function onReplay(
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
 * Amazon Personalize's `trend_prediction_accuracy` of a model that says what rises, and of popularity. Nothing has to be
 * held out for it: the model is asked on a replay, so that it knows nothing that happened after the moment of asking, and
 * a hole in the newest interactions would look like a fall.
 * @param data everything, in which the newest tenth is what is asked about
 * @returns no metrics for a recipe that does not say what rises
 */
export function trendMetrics(
  recipe: Pick<ItemRecipe, "load" | "trendInterval">,
  artifact: Artifact,
  data: TrainingData,
): { readonly metrics: Metrics; readonly baseline: Metrics } {
  const interval = recipe.trendInterval?.(artifact);
  if (interval === undefined) return { metrics: {}, baseline: {} };
  const recommend = onReplay(recipe, artifact, data);
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
