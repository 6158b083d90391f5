import { invalidArgument } from "@palate/host";
import { textsOf, textTensors } from "@palate/numeric";
import type { Artifact } from "@palate/recipe";

/** The counts at training, for reference and export. Serving counts live. */
export interface PopularityCounts {
  /** External ids of the items. */
  readonly itemIds: readonly string[];
  /** Number of distinct users of each item. */
  readonly users: Int32Array;
}

/** The counts as an artefact: tensors "itemIds.*" (texts) and "users" (I32, one for each item). */
export function toArtifact({ itemIds, users }: PopularityCounts): Artifact {
  const tensors = new Map(textTensors("itemIds", itemIds));
  tensors.set("users", { dtype: "I32", shape: [users.length], data: users });
  return { tensors, metadata: {} };
}

/**
 * Reads the counts back.
 * @throws PalateError `invalid_argument` when a tensor is missing or does not fit the others
 */
export function fromArtifact({ tensors }: Artifact): PopularityCounts {
  const itemIds = textsOf(tensors, "itemIds");
  const users = tensors.get("users")?.data;
  if (!(users instanceof Int32Array) || users.length !== itemIds.length)
    throw invalidArgument(
      `The model needs a tensor "users" (I32) with one count for each of its ${itemIds.length} items.`,
    );
  return { itemIds, users };
}
