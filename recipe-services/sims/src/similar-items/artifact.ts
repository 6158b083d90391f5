import { ContentEncoder, ContentMap, featureWeights } from "@palate/features";
import { invalidArgument } from "@palate/host";
import { textsOf, textTensors, fromFloat16, tensorOf, toFloat16, type NamedTensors } from "@palate/numeric";
import type { Artifact } from "@palate/recipe";
import { EmbeddedTexts } from "../embedding/embedded-texts.js";
import type { UsedEmbedding } from "../embedding/used-embedding.js";
import { fromArtifact as listsOf, toArtifact as listsToArtifact, type SimsModel } from "../sims/artifact.js";
import { dimensionsOf, type ItemSpace } from "./item-space.js";
import type { Blend } from "./model.js";

/** The embedding model for texts, and its dimensions. */
export interface StoredEmbedding extends UsedEmbedding {
  readonly dimensions: number;
}

/** A trained model with the external ids of its items. */
export interface SimilarItemsModel {
  readonly lists: SimsModel;
  /** Interactions by item. */
  readonly counts: Int32Array;
  /** Item embeddings: items × idDimensions, row-major. */
  readonly learned: Float32Array;
  /** items × `dimensionsOf(space)`, row-major: the vectors that items are compared by. */
  readonly vectors: Float32Array;
  /** Fingerprint of each item's metadata, to notice a change by. */
  readonly fingerprints: Int32Array;
  readonly space: ItemSpace;
  readonly blend: Blend;
  /** The embedding model for texts; null for the built-in text model. */
  readonly embedding: StoredEmbedding | null;
}

/** A model that was read back. */
export interface LoadedSimilarItems extends SimilarItemsModel {
  /** Cache in which the encoder looks up texts that the embedding model has embedded; null without an embedding model. */
  readonly texts: EmbeddedTexts | null;
}

/**
 * The model as an artefact: the tensors of `aws-sims`, and "counts" (I32), "learned" and "vectors" (F16, items × dimensions), "fingerprints"
 * (I32), "content.*"
 * (the encoder), "content.rarity" (F32), "content.projection" (F32), "map.*" (the content map, where there is one) and
 * "blend" (F32: counts, share of metadata, expansion, interactions of a cold item); where an embedding model embeds texts,
 * "embedding.*" (texts: its name, its fingerprint, the length of its vectors).
 */
export function toArtifact({
  lists,
  counts,
  learned,
  vectors,
  fingerprints,
  space,
  blend,
  embedding,
}: SimilarItemsModel): Artifact {
  const { encoder, rarity, projection, contentDimensions, map, idDimensions, coldInteractions } = space;
  const tensors: NamedTensors = new Map([
    ...listsToArtifact(lists).tensors,
    ...encoder.toTensors("content"),
    ...(map?.toTensors("map") ?? []),
  ]);
  tensors.set("counts", { dtype: "I32", shape: [counts.length], data: counts });
  tensors.set("learned", { dtype: "F16", shape: [counts.length, idDimensions], data: toFloat16(learned) });
  const width = dimensionsOf(space);
  tensors.set("vectors", { dtype: "F16", shape: [counts.length, width], data: toFloat16(vectors) });
  tensors.set("fingerprints", { dtype: "I32", shape: [fingerprints.length], data: fingerprints });
  tensors.set("content.rarity", { dtype: "F32", shape: [rarity.length], data: rarity });
  const shape = [encoder.width, contentDimensions];
  tensors.set("content.projection", { dtype: "F32", shape, data: projection });
  const data = Float32Array.of(blend.counts, blend.contentShare, blend.expansion, coldInteractions);
  tensors.set("blend", { dtype: "F32", shape: [4], data });
  if (embedding !== null) {
    const { name, fingerprint, dimensions } = embedding;
    for (const [tensor, value] of textTensors("embedding", [name, fingerprint, String(dimensions)]))
      tensors.set(tensor, value);
  }
  return { tensors, metadata: {} };
}

function embeddingOf(tensors: Artifact["tensors"]): StoredEmbedding | null {
  if (!tensors.has("embedding.offsets")) return null;
  const [name = "", fingerprint = "", dimensions] = textsOf(tensors, "embedding");
  return { name, fingerprint, dimensions: Number(dimensions) };
}

/**
 * Reads a model back.
 * @throws PalateError `invalid_argument` when a tensor is missing or does not fit the others
 */
export function fromArtifact(artifact: Artifact): LoadedSimilarItems {
  const { tensors } = artifact;
  const lists = listsOf(artifact);
  const embedding = embeddingOf(tensors);
  const texts = embedding === null ? null : new EmbeddedTexts(embedding.dimensions);
  const encoder = ContentEncoder.fromTensors(tensors, "content", texts ?? undefined);
  const map = tensors.has("map.weights") ? ContentMap.fromTensors(tensors, "map") : null;
  try {
    const learned = tensorOf(tensors, "learned", "F16");
    const vectors = fromFloat16(tensorOf(tensors, "vectors", "F16").data);
    const fingerprints = tensorOf(tensors, "fingerprints", "I32").data;
    const projection = tensorOf(tensors, "content.projection", "F32");
    const counts = tensorOf(tensors, "counts", "I32").data;
    const [countsShare = 1, contentShare = 0, expansion = 0, coldInteractions = 0] = tensorOf(
      tensors,
      "blend",
      "F32",
    ).data;
    const idDimensions = learned.shape[1]!;
    if (counts.length !== lists.itemIds.length || learned.data.length !== counts.length * idDimensions)
      throw new Error(`The model has ${lists.itemIds.length} items, but ${counts.length} counts.`);
    if (projection.shape[0] !== encoder.width || (map !== null && map.width !== encoder.width))
      throw new Error(`The model's parts disagree on the number of content features, which is ${encoder.width}.`);
    const space: ItemSpace = {
      encoder,
      rarity: featureWeights(tensors, "content.rarity"),
      projection: projection.data,
      contentDimensions: projection.shape[1]!,
      map,
      idDimensions,
      contentShare,
      expansion,
      coldInteractions,
    };
    if (vectors.length !== counts.length * dimensionsOf(space) || fingerprints.length !== counts.length)
      throw new Error(`The model has ${counts.length} items, but their vectors have ${vectors.length} numbers.`);
    return {
      lists,
      counts,
      vectors,
      fingerprints,
      learned: fromFloat16(learned.data),
      space,
      blend: { counts: countsShare, contentShare, expansion },
      embedding,
      texts,
    };
  } catch (error) {
    throw invalidArgument(error instanceof Error ? error.message : String(error));
  }
}
