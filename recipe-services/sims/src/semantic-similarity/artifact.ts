import { TextModel } from "@palate/features";
import { invalidArgument } from "@palate/host";
import { textsOf, textTensors, fromFloat16, tensorOf, toFloat16 } from "@palate/numeric";
import type { Artifact } from "@palate/recipe";
import type { SemanticVectors, WeighedEmbedding } from "./model.js";

/** Weights of popularity and freshness in the score, in addition to the similarity of texts. */
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
 * items × dimensions), "fingerprints" (I32), "influences" (F32: popularity, freshness, half-life in days); where an embedding
 * model made the vectors, "embedding.*" (texts: its name and fingerprint) and "columnWeights" (F32).
 */
export function toArtifact(model: SemanticModel): Artifact {
  const { itemIds, columns, text, vectors, dimensions, embedding, fingerprints, influences } = model;
  const { popularity, freshness, freshnessHalfLifeDays } = influences;
  const data = Float32Array.of(popularity, freshness, freshnessHalfLifeDays);
  const tensors = new Map([
    ...textTensors("itemIds", itemIds),
    ...textTensors("columns", columns),
    ...text.toTensors("text"),
  ]);
  tensors.set("vectors", { dtype: "F16", shape: [itemIds.length, dimensions], data: toFloat16(vectors) });
  tensors.set("fingerprints", { dtype: "I32", shape: [fingerprints.length], data: fingerprints });
  tensors.set("influences", { dtype: "F32", shape: [3], data });
  if (embedding !== null) {
    const { name, fingerprint, columnWeights } = embedding;
    for (const [tensor, value] of textTensors("embedding", [name, fingerprint])) tensors.set(tensor, value);
    tensors.set("columnWeights", { dtype: "F32", shape: [columns.length], data: columnWeights });
  }
  return { tensors, metadata: {} };
}

function embeddingOf(tensors: Artifact["tensors"]): WeighedEmbedding {
  const [name = "", fingerprint = ""] = textsOf(tensors, "embedding");
  return { name, fingerprint, columnWeights: tensorOf(tensors, "columnWeights", "F32").data };
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
    const { shape, data } = tensorOf(tensors, "vectors", "F16");
    const vectors = fromFloat16(data);
    const dimensions = shape[1]!;
    const fingerprints = tensorOf(tensors, "fingerprints", "I32").data;
    const [popularity, freshness, freshnessHalfLifeDays] = tensorOf(tensors, "influences", "F32").data;
    if (vectors.length !== itemIds.length * dimensions || fingerprints.length !== itemIds.length)
      throw new Error(`The model has ${itemIds.length} items, but ${fingerprints.length} fingerprints.`);
    const influences = {
      popularity: popularity ?? 0,
      freshness: freshness ?? 0,
      freshnessHalfLifeDays: freshnessHalfLifeDays ?? 30,
    };
    const embedding = tensors.has("columnWeights") ? embeddingOf(tensors) : null;
    if ((embedding?.columnWeights.length ?? columns.length) !== columns.length)
      throw new Error(`The model has ${columns.length} columns, but not as many weights.`);
    if (embedding === null && dimensions !== text.dimensions)
      throw new Error(`The model's vectors have ${dimensions} numbers, those of its texts ${text.dimensions}.`);
    return { itemIds, columns, text, vectors, dimensions, embedding, fingerprints, influences };
  } catch (error) {
    throw invalidArgument(error instanceof Error ? error.message : String(error));
  }
}
