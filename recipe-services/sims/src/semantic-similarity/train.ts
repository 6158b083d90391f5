import type { Embedders } from "@palate/features";
import { failedPrecondition } from "@palate/host";
import type { TrainingInput, TrainingResult } from "@palate/recipe";
import { NO_MODELS } from "../embedding/model-folders.js";
import { inSlices } from "../train-in-slices.js";
import { toArtifact } from "./artifact.js";
import { embedCatalogue } from "./embed-catalogue.js";
import { fitSemantics } from "./model.js";
import { semanticOptions } from "./recipe.js";

/**
 * Fits the text model and embeds the catalogue, once: the model does not depend on interactions, so the measured model is the
 * deployed one.
 * @param embedders the available embedding models
 * @throws PalateError `failed_precondition` when there are no items at all, or the requested embedding model is missing; the
 *   signal's reason when aborted
 */
export async function train(input: TrainingInput, embedders: Embedders = NO_MODELS): Promise<TrainingResult> {
  const { everything, hyperparameters, seed, signal } = input;
  signal.throwIfAborted();
  if (everything.itemIds.length === 0)
    throw failedPrecondition("There are no items and no interactions; import items with names and descriptions first.");
  const options = semanticOptions(hyperparameters);
  const { embeddingModel, nameWeight } = options;
  const embedder = embeddingModel === "" ? null : await embedders.open(embeddingModel);
  // With an embedding model the text model is only needed for inverse document frequencies.
  const used = embedder === null ? options : { ...options, dimensions: 0 };
  const read = await inSlices(fitSemantics(everything, used, seed), input, (share) => ({
    phase: "fitting",
    fraction: (embedder === null ? 0.9 : 0.1) * share,
    message: "Reading names and descriptions.",
  }));
  const weights = Float32Array.from(read.columns, (_, column) => (column === 0 ? nameWeight : 1));
  const fitted = embedder === null ? read : await embedCatalogue(read, embedder, embeddingModel, weights, input);
  const { popularityInfluence: popularity, freshnessInfluence: freshness, freshnessHalfLifeDays } = options;
  const influences = { popularity, freshness, freshnessHalfLifeDays };
  const artifact = toArtifact({ ...fitted, itemIds: everything.itemIds, influences });
  await input.publish({ deployed: artifact, evaluation: artifact });
  const message =
    fitted.columns.length > 0
      ? `Texts of ${everything.itemIds.length} items are read, from ${fitted.columns.join(", ")}.`
      : "The items have no text column, so all answers are popular items.";
  input.report({ phase: "storing", fraction: 1, message });
  return { backend: "none" };
}
