import { invalidArgument } from "@palate/kit/errors";
import { textsOf, textTensors } from "@palate/kit/models";
import type { Artifact } from "@palate/kit/recipe";
import { fromFloat16, tensorOf, toFloat16 } from "@palate/kit/tensor";
import { TextModel } from "@palate/kit/text";
import type { SemanticVectors } from "./model.js";

/** What ranks beside likeness of text. */
export interface Influences {
  readonly popularity: number;
  readonly freshness: number;
  readonly freshnessHalfLifeDays: number;
}

/** A trained model with the external ids of its items. */
export interface SemanticModel extends SemanticVectors {
  readonly itemIds: readonly string[];
  readonly influences: Influences;
}

/**
 * The model as an artefact: tensors "itemIds.*" and "columns.*" (texts), "text.*" (the text model), "vectors" (F16,
 * items × dimensions), "fingerprints" (I32), "influences" (F32: popularity, freshness, half-life in days).
 */
export function toArtifact({ itemIds, columns, text, vectors, fingerprints, influences }: SemanticModel): Artifact {
  const { popularity, freshness, freshnessHalfLifeDays } = influences;
  const data = Float32Array.of(popularity, freshness, freshnessHalfLifeDays);
  const tensors = new Map([
    ...textTensors("itemIds", itemIds),
    ...textTensors("columns", columns),
    ...text.toTensors("text"),
  ]);
  tensors.set("vectors", { dtype: "F16", shape: [itemIds.length, text.dimensions], data: toFloat16(vectors) });
  tensors.set("fingerprints", { dtype: "I32", shape: [fingerprints.length], data: fingerprints });
  tensors.set("influences", { dtype: "F32", shape: [3], data });
  return { tensors, metadata: {} };
}

/**
 * Reads a model back.
 * @throws PalateError `invalid_argument` when a tensor is missing or does not fit the others
 */
export function fromArtifact({ tensors }: Artifact): SemanticModel {
  const itemIds = textsOf(tensors, "itemIds");
  const columns = textsOf(tensors, "columns");
  const text = TextModel.fromTensors(tensors, "text");
  try {
    const vectors = fromFloat16(tensorOf(tensors, "vectors", "F16").data);
    const fingerprints = tensorOf(tensors, "fingerprints", "I32").data;
    const [popularity, freshness, freshnessHalfLifeDays] = tensorOf(tensors, "influences", "F32").data;
    if (vectors.length !== itemIds.length * text.dimensions || fingerprints.length !== itemIds.length)
      throw new Error(`The model has ${itemIds.length} items, but ${fingerprints.length} fingerprints.`);
    const influences = {
      popularity: popularity ?? 0,
      freshness: freshness ?? 0,
      freshnessHalfLifeDays: freshnessHalfLifeDays ?? 30,
    };
    return { itemIds, columns, text, vectors, fingerprints, influences };
  } catch (error) {
    throw invalidArgument(error instanceof Error ? error.message : String(error));
  }
}
