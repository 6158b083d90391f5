import { failedPrecondition } from "@palate/kit/errors";
import type { TrainingInput, TrainingResult } from "@palate/kit/recipe";
import { inSlices } from "../train-in-slices.js";
import { toArtifact } from "./artifact.js";
import { fitSemantics } from "./model.js";
import { semanticOptions } from "./recipe.js";

/**
 * Fits the text model and encodes the catalogue, once: held-out interactions play no part in it, so what is measured is
 * what is deployed.
 * @throws PalateError `failed_precondition` when there are no items at all; the signal's reason when aborted
 */
export async function train(input: TrainingInput): Promise<TrainingResult> {
  const { everything, hyperparameters, seed, signal } = input;
  signal.throwIfAborted();
  if (everything.itemIds.length === 0)
    throw failedPrecondition("There are no items and no interactions; import items with names and descriptions first.");
  const options = semanticOptions(hyperparameters);
  const fitted = await inSlices(fitSemantics(everything, options, seed), input, (share) => ({
    phase: "fitting",
    fraction: 0.9 * share,
    message: "Reading names and descriptions.",
  }));
  const { popularityInfluence: popularity, freshnessInfluence: freshness, freshnessHalfLifeDays } = options;
  const influences = { popularity, freshness, freshnessHalfLifeDays };
  const artifact = toArtifact({ ...fitted, itemIds: everything.itemIds, influences });
  await input.publish({ deployed: artifact, evaluation: artifact });
  const message =
    fitted.columns.length > 0
      ? `Texts of ${everything.itemIds.length} items are read, from ${fitted.columns.join(", ")}.`
      : "The items have no text column, so that popular items are all there is to say.";
  input.report({ phase: "storing", fraction: 1, message });
  return { backend: "none" };
}
