import { invalidArgument } from "@palate/host";
import { textsOf, textTensors } from "@palate/numeric";
import type { Artifact } from "@palate/recipe";
import type { SimilarItems } from "./similarity.js";

/** A trained model with the external ids of its items. */
export interface SimsModel extends SimilarItems {
  readonly itemIds: readonly string[];
}

/**
 * The model as an artefact: tensors "itemIds.*" (texts), "similar.offsets" and "similar.items" (I32),
 * "similar.scores" (F32).
 */
export function toArtifact({ itemIds, offsets, items, scores }: SimsModel): Artifact {
  const tensors = new Map(textTensors("itemIds", itemIds));
  tensors.set("similar.offsets", { dtype: "I32", shape: [offsets.length], data: offsets });
  tensors.set("similar.items", { dtype: "I32", shape: [items.length], data: items });
  tensors.set("similar.scores", { dtype: "F32", shape: [scores.length], data: scores });
  return { tensors, metadata: {} };
}

/**
 * Reads a model back.
 * @throws PalateError `invalid_argument` when a tensor is missing or does not fit the others
 */
export function fromArtifact({ tensors }: Artifact): SimsModel {
  const itemIds = textsOf(tensors, "itemIds");
  const offsets = tensors.get("similar.offsets")?.data;
  const items = tensors.get("similar.items")?.data;
  const scores = tensors.get("similar.scores")?.data;
  if (!(offsets instanceof Int32Array && items instanceof Int32Array && scores instanceof Float32Array))
    throw invalidArgument(
      'The model needs tensors "similar.offsets" (I32), "similar.items" (I32) and "similar.scores" (F32).',
    );
  if (offsets.length !== itemIds.length + 1 || offsets.at(-1) !== items.length || scores.length !== items.length)
    throw invalidArgument(
      `The model's lists do not fit together: ${itemIds.length} items, ${offsets.length} offsets up to ` +
        `${offsets.at(-1)}, ${items.length} similar items, ${scores.length} scores.`,
    );
  return { itemIds, offsets, items, scores };
}
