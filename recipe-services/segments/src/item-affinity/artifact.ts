import { invalidArgument } from "@palate/host";
import { textsOf, textTensors } from "@palate/numeric";
import type { Artifact } from "@palate/recipe";
import type { AffinityOptions } from "./model.js";

/** What serving needs in addition to the live histories, and a record of the training data. */
export interface AffinityModel {
  /** How affinities are computed. */
  readonly options: AffinityOptions;
  /** External ids of the items at training. */
  readonly itemIds: readonly string[];
  /** Number of distinct users of each. */
  readonly users: Int32Array;
}

const OPTIONS = ["halfLife", "floor", "activityExponent", "historyDiscount", "popularityDiscount"] as const;

/** The model as an artefact: tensors "itemIds.*" (texts) and "users" (I32); metadata "options". */
export function toArtifact({ options, itemIds, users }: AffinityModel): Artifact {
  const tensors = new Map(textTensors("itemIds", itemIds));
  tensors.set("users", { dtype: "I32", shape: [users.length], data: users });
  return { tensors, metadata: { options } };
}

/**
 * Reads the model back.
 * @throws PalateError `invalid_argument` when something is missing or does not fit
 */
export function fromArtifact({ tensors, metadata }: Artifact): AffinityModel {
  const itemIds = textsOf(tensors, "itemIds");
  const users = tensors.get("users")?.data;
  if (!(users instanceof Int32Array) || users.length !== itemIds.length)
    throw invalidArgument(
      `The model needs a tensor "users" (I32) with a count for each of its ${itemIds.length} items.`,
    );
  const options = metadata["options"] as AffinityOptions | undefined;
  const missing = OPTIONS.filter((name) => !Number.isFinite(options?.[name]));
  if (options === undefined || missing.length > 0)
    throw invalidArgument(`The model's options lack ${missing.join(", ")}; each must be a number.`);
  return { options, itemIds, users };
}
