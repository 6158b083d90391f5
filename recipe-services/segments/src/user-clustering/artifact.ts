import { invalidArgument } from "@palate/host";
import { textsOf, textTensors } from "@palate/numeric";
import type { Artifact } from "@palate/recipe";
import type { Clusters } from "./model.js";
import type { ClusterDescription } from "./traits.js";

/** Clusters with the external ids of the items, and what sets each cluster apart. */
export interface ClusteringModel extends Clusters {
  readonly itemIds: readonly string[];
  /** One for each centre. */
  readonly descriptions: readonly ClusterDescription[];
}

/**
 * The model as an artefact: tensors "itemIds.*" (texts), "item.vectors" (F32, items × dimensions) and "centers" (F32,
 * clusters × dimensions); metadata "clusters" with a label and traits for each centre.
 */
export function toArtifact({ itemIds, itemVectors, centers, dimensions, descriptions }: ClusteringModel): Artifact {
  const tensors = new Map(textTensors("itemIds", itemIds));
  tensors.set("item.vectors", { dtype: "F32", shape: [itemIds.length, dimensions], data: itemVectors });
  tensors.set("centers", { dtype: "F32", shape: [centers.length / dimensions, dimensions], data: centers });
  return { tensors, metadata: { clusters: descriptions } };
}

/**
 * Reads the model back.
 * @throws PalateError `invalid_argument` when something is missing or does not fit
 */
export function fromArtifact({ tensors, metadata }: Artifact): ClusteringModel {
  const itemIds = textsOf(tensors, "itemIds");
  const vectors = tensors.get("item.vectors");
  const centers = tensors.get("centers");
  if (vectors?.dtype !== "F32" || centers?.dtype !== "F32")
    throw invalidArgument('The model needs tensors "item.vectors" and "centers" (F32).');
  const dimensions = centers.shape[1] ?? 0;
  const descriptions = metadata["clusters"] as readonly ClusterDescription[] | undefined;
  if (
    !(dimensions > 0) ||
    vectors.data.length !== itemIds.length * dimensions ||
    descriptions?.length !== centers.data.length / dimensions
  )
    throw invalidArgument(
      `The model's parts do not fit together: ${itemIds.length} items, ${vectors.data.length} numbers of item vectors, ` +
        `centres of shape ${centers.shape.join(" × ")}, ${descriptions?.length ?? 0} descriptions.`,
    );
  return { itemIds, itemVectors: vectors.data, centers: centers.data, dimensions, descriptions };
}
