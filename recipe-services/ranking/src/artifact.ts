import { invalidArgument } from "@palate/host";
import type { Artifact } from "@palate/recipe";
import { FEATURES } from "./features.js";

/** Weight of each of {@link FEATURES}. */
export type ListWeights = Readonly<Record<(typeof FEATURES)[number], number>>;

/** A sequence model's artefact with the weights that make rankings of its scores. */
export function withWeights({ tensors, metadata }: Artifact, weights: ListWeights): Artifact {
  return { tensors, metadata: { ...metadata, listWeights: weights } };
}

/**
 * The weights of an artefact.
 * @throws PalateError `invalid_argument` when it has none, or not one for each feature
 */
export function weightsOf({ metadata }: Artifact): ListWeights {
  const weights = metadata["listWeights"] as Partial<ListWeights> | undefined;
  const missing = FEATURES.filter((feature) => !Number.isFinite(weights?.[feature]));
  if (weights === undefined || missing.length > 0)
    throw invalidArgument(`The model's metadata "listWeights" lacks ${missing.join(", ")}.`);
  return weights as ListWeights;
}
